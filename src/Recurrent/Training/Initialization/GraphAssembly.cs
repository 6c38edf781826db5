using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// A graph's layers in the form of a definition. A dropout that only one layer reads, alone, becomes the dropout in front of that
/// layer; another one stays a layer that changes nothing, so that all its readers see the same elements dropped.
/// </summary>
internal sealed class GraphAssembly
{
    private readonly IReadOnlyList<GraphEntry> _entries;
    private readonly List<GraphValue> _inputs;
    private readonly Dictionary<GraphEntry, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly List<GraphEntry> _kept = [];

    public GraphAssembly(
        IReadOnlyList<GraphValue> inputs, IReadOnlyList<GraphEntry> entries, IReadOnlyList<GraphValue> outputs)
    {
        _inputs = [.. inputs];
        _entries = entries;
        HashSet<GraphEntry> folded = new(
            entries.Where(entry => entry.IsDropout && IsFolded(entry, outputs)), ReferenceEqualityComparer.Instance);
        foreach (GraphEntry entry in entries.Where(entry => !folded.Contains(entry)))
        {
            _places[entry] = inputs.Count + _kept.Count;
            _kept.Add(entry);
        }

        Nodes = [.. _kept.Select(entry => new LayerNode(entry.Layer, [.. entry.Reads.Select(NumberOf)]))];
        Dropout = [.. _kept.Select(DropoutOf)];
    }

    public IReadOnlyList<LayerNode> Nodes { get; }

    public IReadOnlyList<LayerDropout> Dropout { get; }

    public IReadOnlyList<LayerRegularizers> Regularizers => [.. _kept.Select(entry => entry.Regularizers)];

    /// <summary>Whether a block is a table that is updated sparsely.</summary>
    public bool IsSparse(ParameterBlock block) =>
        block.Role == ParameterRole.Table && _kept[block.Layer].IsSparse;

    /// <summary>The number of a value; of a dropout in front of one layer, that of what it drops from.</summary>
    public int NumberOf(GraphValue value) => value.Entry is not { } entry ? _inputs.IndexOf(value)
        : _places.TryGetValue(entry, out int place) ? place
        : NumberOf(entry.Reads[0]);

    private LayerDropout DropoutOf(GraphEntry entry) =>
        entry.Reads.Count == 1 && entry.Reads[0].Entry is { IsDropout: true } dropout && !_places.ContainsKey(dropout)
            ? entry.Dropout with { Elements = dropout.Dropout.Elements }
            : entry.Dropout;

    private bool IsFolded(GraphEntry dropout, IReadOnlyList<GraphValue> outputs)
    {
        GraphEntry[] readers = [.. _entries.Where(entry => entry.Reads.Any(value => value.Entry == dropout))];
        return readers.Length == 1
            && readers[0] is { Reads.Count: 1, Dropout.Elements: 0 }
            && readers[0].Layer is RecurrentLayer or DenseLayer or ActivationLayer or SoftmaxLayer or ScaleLayer
                or ConvolutionLayer or LayerNormalizationLayer or LogSoftmaxLayer
            && outputs.All(output => output.Entry != dropout);
    }
}
