using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>h' = (1 - z) n + z h</c>, gates r z n, the reset gate after or before the recurrent product.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class GruCell<T, TArithmetic> : Cell<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly DirectionWeights<T> _weights;
    private readonly bool _resetAfter;
    private readonly ActivationFunction<T, TArithmetic> _gate;
    private readonly ActivationFunction<T, TArithmetic> _candidate;

    public GruCell(GruSpecification specification, Direction direction, DirectionWeights<T> weights)
    {
        CellActivations activations = specification.GetActivations(direction);
        _weights = weights;
        _resetAfter = specification.ResetAfter;
        _gate = new(activations.Gate, specification.Clip);
        _candidate = new(activations.Candidate, specification.Clip);
    }

    /// <summary>The reset gate or what it leaves of the state, and the new state.</summary>
    public override int ScratchSize => 2 * _weights.HiddenSize;

    public override void Step(ReadOnlySpan<T> x, Span<T> hidden, Span<T> cell, Span<T> scratch)
    {
        int size = _weights.HiddenSize;
        Span<T> reset = scratch[..size];
        Span<T> next = scratch.Slice(size, size);
        for (int unit = 0; unit < size; unit++)
        {
            T r = _gate.Of(_weights.GateChain(unit, x, hidden));
            reset[unit] = _resetAfter ? r : r * hidden[unit];
        }

        for (int unit = 0; unit < size; unit++)
        {
            T z = _gate.Of(_weights.GateChain(size + unit, x, hidden));
            T n = _candidate.Of(
                _resetAfter ? ResetAfter(unit, x, hidden, reset[unit]) : ResetBefore(unit, x, reset));
            next[unit] = TArithmetic.Flush(T.FusedMultiplyAdd(z, hidden[unit], (T.One - z) * n));
        }

        next.CopyTo(hidden);
    }

    /// <summary><c>b_in + W_n x + r (b_hn + R_n h)</c>.</summary>
    private T ResetAfter(int unit, ReadOnlySpan<T> x, ReadOnlySpan<T> hidden, T r)
    {
        int row = (2 * _weights.HiddenSize) + unit;
        T p = _weights.InputChain(row, x);
        T q = _weights.StateChain(_weights.CandidateStateBias[unit], row, hidden);
        return T.FusedMultiplyAdd(r, q, p);
    }

    /// <summary><c>b_n + W_n x + R_n s</c> with <c>s = r h</c>.</summary>
    private T ResetBefore(int unit, ReadOnlySpan<T> x, ReadOnlySpan<T> s) =>
        _weights.GateChain((2 * _weights.HiddenSize) + unit, x, s);
}
