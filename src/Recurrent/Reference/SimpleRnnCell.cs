using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>h' = f(b + W x + R h)</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class SimpleRnnCell<T, TArithmetic> : Cell<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly DirectionWeights<T> _weights;
    private readonly ActivationFunction<T, TArithmetic> _activation;

    public SimpleRnnCell(SimpleRnnSpecification specification, Direction direction, DirectionWeights<T> weights)
    {
        _weights = weights;
        _activation = new(specification.GetActivations(direction).Candidate, specification.Clip);
    }

    public override int ScratchSize => _weights.HiddenSize;

    public override void Step(ReadOnlySpan<T> x, Span<T> hidden, Span<T> cell, Span<T> scratch)
    {
        Span<T> next = scratch[.._weights.HiddenSize];
        for (int unit = 0; unit < next.Length; unit++)
        {
            next[unit] = TArithmetic.Flush(_activation.Of(_weights.GateChain(unit, x, hidden)));
        }

        next.CopyTo(hidden);
    }
}
