using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>A layer of a graph that is being built.</summary>
/// <param name="Layer">The layer; of a dropout one that changes nothing.</param>
/// <param name="Reads">What it reads.</param>
/// <param name="Dropout">What is dropped in front of it.</param>
/// <param name="Regularizers">Its penalties.</param>
/// <param name="IsDropout">Whether it is there for what is dropped in front of it.</param>
/// <param name="IsSparse">Whether its table is updated sparsely.</param>
internal sealed record GraphEntry(
    Layer Layer,
    IReadOnlyList<GraphValue> Reads,
    LayerDropout Dropout,
    LayerRegularizers Regularizers,
    bool IsDropout,
    bool IsSparse);
