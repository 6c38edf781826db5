using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>A layer over sequences. Immutable.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal abstract class LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>What the layer is.</summary>
    public abstract LayerSpecification Specification { get; }

    /// <summary>Runs a batch of sequences through the layer.</summary>
    /// <param name="input">What the layer reads.</param>
    /// <param name="y">Output <c>[time, batch, OutputSize]</c>, zero at entry; steps past a row's end stay so.</param>
    /// <param name="extent">The lengths.</param>
    /// <param name="states">One for each direction, forward first; none for a layer without state.</param>
    public abstract void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states);

    /// <summary>The states that <see cref="Run"/> needs, as a sequence starts from them.</summary>
    public virtual DirectionState<T>[] CreateStates(int batch) => [];
}
