using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// <c>c' = f c + i g</c>, <c>h' = o * output(c')</c>, gates i f g o; peepholes, coupling and projection where asked
/// for.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class LstmCell<T, TArithmetic> : Cell<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly DirectionWeights<T> _weights;
    private readonly GateCoupling _coupling;
    private readonly bool _outputSeesNewCell;
    private readonly ActivationFunction<T, TArithmetic> _gate;
    private readonly ActivationFunction<T, TArithmetic> _candidate;
    private readonly ActivationFunction<T, TArithmetic> _output;

    public LstmCell(LstmSpecification specification, Direction direction, DirectionWeights<T> weights)
    {
        CellActivations activations = specification.GetActivations(direction);
        _weights = weights;
        _coupling = specification.Coupling;
        _outputSeesNewCell = specification.OutputPeephole == OutputPeephole.NewCell;
        _gate = new(activations.Gate, specification.Clip);
        _candidate = new(activations.Candidate, specification.Clip);
        _output = new(activations.Output);
    }

    private enum Gate
    {
        Input = 0,
        Forget = 1,
        Candidate = 2,
        Output = 3,
    }

    private enum Peephole
    {
        Input = 0,
        Forget = 1,
        Output = 2,
    }

    public override int ScratchSize => _weights.HiddenSize;

    public override void Step(ReadOnlySpan<T> x, Span<T> hidden, Span<T> cell, Span<T> scratch)
    {
        Span<T> next = scratch[.._weights.HiddenSize];
        for (int unit = 0; unit < next.Length; unit++)
        {
            T c = cell[unit];
            (T i, T f) = InputAndForget(unit, x, hidden, c);
            T g = _candidate.Of(Preactivation(Gate.Candidate, unit, x, hidden));
            T newCell = TArithmetic.Flush(T.FusedMultiplyAdd(f, c, i * g));
            T o = GateValue(Gate.Output, Peephole.Output, unit, x, hidden, _outputSeesNewCell ? newCell : c);
            next[unit] = TArithmetic.Flush(o * _output.Of(newCell));
            cell[unit] = newCell;
        }

        if (_weights.Projection.IsEmpty)
        {
            next.CopyTo(hidden);
        }
        else
        {
            Project(next, hidden);
        }
    }

    private (T Input, T Forget) InputAndForget(int unit, ReadOnlySpan<T> x, ReadOnlySpan<T> hidden, T c)
    {
        switch (_coupling)
        {
            case GateCoupling.ForgetFromInput:
                T i = GateValue(Gate.Input, Peephole.Input, unit, x, hidden, c);
                return (i, T.One - i);
            case GateCoupling.InputFromForget:
                T f = GateValue(Gate.Forget, Peephole.Forget, unit, x, hidden, c);
                return (T.One - f, f);
            default:
                return (
                    GateValue(Gate.Input, Peephole.Input, unit, x, hidden, c),
                    GateValue(Gate.Forget, Peephole.Forget, unit, x, hidden, c));
        }
    }

    private T GateValue(Gate gate, Peephole peephole, int unit, ReadOnlySpan<T> x, ReadOnlySpan<T> hidden, T seen)
    {
        T a = Preactivation(gate, unit, x, hidden);
        if (_weights.Peephole.Length != 0)
        {
            a = T.FusedMultiplyAdd(_weights.Peephole[((int)peephole * _weights.HiddenSize) + unit], seen, a);
        }

        return _gate.Of(a);
    }

    private T Preactivation(Gate gate, int unit, ReadOnlySpan<T> x, ReadOnlySpan<T> hidden) =>
        _weights.GateChain(((int)gate * _weights.HiddenSize) + unit, x, hidden);

    private void Project(ReadOnlySpan<T> next, Span<T> hidden)
    {
        for (int j = 0; j < hidden.Length; j++)
        {
            hidden[j] = TArithmetic.Flush(_weights.Projection.Chain(T.Zero, j, next));
        }
    }
}
