using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The final states, hidden or of cells, of the recurrent layer whose value is read.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class FinalStateRunner<T>(LayerSpecification specification) : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states) =>
        FinalStates.Of(input[0].States, extent.Batch, FinalStates.KindOf(Specification)).CopyTo(y);
}
