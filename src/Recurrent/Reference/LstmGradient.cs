using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The way back over <c>c' = f c + i g</c>, <c>h' = o * output(c')</c>, gates i f g o; peepholes, coupling and projection
/// where asked for.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class LstmGradient<T, TArithmetic> : CellGradient<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly GateCoupling _coupling;
    private readonly bool _outputSeesNewCell;
    private readonly ActivationFunction<T, TArithmetic> _gate;
    private readonly ActivationFunction<T, TArithmetic> _candidate;
    private readonly ActivationFunction<T, TArithmetic> _output;
    private readonly ActivationGradient _gateSlope;
    private readonly ActivationGradient _candidateSlope;
    private readonly ActivationGradient _outputSlope;
    private readonly Memory<double> _peephole;
    private readonly Memory<double> _projection;

    public LstmGradient(
        LstmSpecification specification,
        DirectionWeights<T> weights,
        LayerParameters<double> gradients,
        Direction direction)
        : base(weights, gradients, direction)
    {
        CellActivations activations = specification.GetActivations(direction);
        _coupling = specification.Coupling;
        _outputSeesNewCell = specification.OutputPeephole == OutputPeephole.NewCell;
        _gate = new(activations.Gate, specification.Clip);
        _candidate = new(activations.Candidate, specification.Clip);
        _output = new(activations.Output);
        _gateSlope = new(activations.Gate, specification.Clip);
        _candidateSlope = new(activations.Candidate, specification.Clip);
        _outputSlope = new(activations.Output);
        _peephole = gradients.Part(ParameterRole.Peephole, direction);
        _projection = gradients.Part(ParameterRole.Projection, direction);
    }

    private enum Gates
    {
        Input = 0,
        Forget = 1,
        Candidate = 2,
        Output = 3,
    }

    private enum Peepholes
    {
        Input = 0,
        Forget = 1,
        Output = 2,
    }

    private int Size => Weights.HiddenSize;

    public override void Step(in CellStep<T> step)
    {
        StepValues[] values = new StepValues[Size];
        T[] h = new T[Size];
        for (int unit = 0; unit < Size; unit++)
        {
            values[unit] = Compute(unit, step);
            h[unit] = TArithmetic.Flush(values[unit].O * _output.Of(values[unit].NewCell));
        }

        double[] dh = _projection.IsEmpty ? step.HiddenGradient.ToArray() : Project(h, step.HiddenGradient);
        step.HiddenGradient.Clear();
        for (int unit = 0; unit < Size; unit++)
        {
            Unit(unit, values[unit], dh[unit], step);
        }
    }

    /// <summary>What a step computed for a unit.</summary>
    private StepValues Compute(int unit, in CellStep<T> step)
    {
        T c = step.CellState[unit];
        StepValues values = default;
        values.AInput = Preactivation(Gates.Input, Peepholes.Input, unit, step, c);
        values.AForget = Preactivation(Gates.Forget, Peepholes.Forget, unit, step, c);
        values.ACandidate = Weights.GateChain(Row(Gates.Candidate, unit), step.X, step.Hidden);
        values.I = _gate.Of(values.AInput);
        values.F = _gate.Of(values.AForget);
        values.I = _coupling == GateCoupling.InputFromForget ? T.One - values.F : values.I;
        values.F = _coupling == GateCoupling.ForgetFromInput ? T.One - values.I : values.F;
        values.G = _candidate.Of(values.ACandidate);
        values.NewCell = TArithmetic.Flush(T.FusedMultiplyAdd(values.F, c, values.I * values.G));
        values.AOutput = Preactivation(
            Gates.Output, Peepholes.Output, unit, step, _outputSeesNewCell ? values.NewCell : c);
        values.O = _gate.Of(values.AOutput);
        return values;
    }

    /// <summary>From the gradient of <c>m' = P h'</c> to that of <c>h'</c>.</summary>
    private double[] Project(ReadOnlySpan<T> h, ReadOnlySpan<double> dm)
    {
        double[] dh = new double[Size];
        for (int j = 0; j < dm.Length; j++)
        {
            Product.Gather(dm[j], h, Product.Row(_projection, j, Size));
            Product.Gather(dm[j], Weights.Projection.Row(j), dh);
        }

        return dh;
    }

    private void Unit(int unit, in StepValues values, double dh, in CellStep<T> step)
    {
        T c = step.CellState[unit];
        double dNewCell = step.CellGradient[unit] + (dh * Wide(values.O) * _outputSlope.At(values.NewCell));
        double daOutput = dh * Wide(_output.Of(values.NewCell)) * _gateSlope.At(values.AOutput);
        double seen = Gate(
            Gates.Output, Peepholes.Output, unit, daOutput, step, _outputSeesNewCell ? values.NewCell : c);
        dNewCell += _outputSeesNewCell ? seen : 0;

        double dc = (dNewCell * Wide(values.F)) + (_outputSeesNewCell ? 0 : seen);
        double di = dNewCell * Wide(values.G);
        double df = dNewCell * Wide(c);
        if (_coupling != GateCoupling.InputFromForget)
        {
            double d = _coupling == GateCoupling.ForgetFromInput ? di - df : di;
            dc += Gate(Gates.Input, Peepholes.Input, unit, d * _gateSlope.At(values.AInput), step, c);
        }

        if (_coupling != GateCoupling.ForgetFromInput)
        {
            double d = _coupling == GateCoupling.InputFromForget ? df - di : df;
            dc += Gate(Gates.Forget, Peepholes.Forget, unit, d * _gateSlope.At(values.AForget), step, c);
        }

        double daCandidate = dNewCell * Wide(values.I) * _candidateSlope.At(values.ACandidate);
        Gate(Row(Gates.Candidate, unit), daCandidate, step, step.Hidden, step.HiddenGradient);
        step.CellGradient[unit] = dc;
    }

    /// <summary>From the gradient of a gate's pre-activation; gives that of the cell state it sees.</summary>
    private double Gate(Gates gate, Peepholes peephole, int unit, double gradient, in CellStep<T> step, T seen)
    {
        Gate(Row(gate, unit), gradient, step, step.Hidden, step.HiddenGradient);
        if (_peephole.IsEmpty)
        {
            return 0;
        }

        int place = ((int)peephole * Size) + unit;
        _peephole.Span[place] += gradient * Wide(seen);
        return gradient * Wide(Weights.Peephole[place]);
    }

    private T Preactivation(Gates gate, Peepholes peephole, int unit, in CellStep<T> step, T seen)
    {
        T a = Weights.GateChain(Row(gate, unit), step.X, step.Hidden);
        return Weights.Peephole.Length == 0
            ? a
            : T.FusedMultiplyAdd(Weights.Peephole[((int)peephole * Size) + unit], seen, a);
    }

    private int Row(Gates gate, int unit) => ((int)gate * Size) + unit;

    /// <summary>Pre-activations (A…), gates and the new cell state of a unit.</summary>
    private struct StepValues
    {
        public T AInput;
        public T AForget;
        public T ACandidate;
        public T AOutput;
        public T I;
        public T F;
        public T G;
        public T O;
        public T NewCell;
    }
}
