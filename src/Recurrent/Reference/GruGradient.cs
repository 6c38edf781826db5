using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The way back over <c>h' = (1 - z) n + z h</c>, gates r z n, the reset gate after or before the recurrent product.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class GruGradient<T, TArithmetic> : CellGradient<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly bool _resetAfter;
    private readonly ActivationFunction<T, TArithmetic> _gate;
    private readonly ActivationFunction<T, TArithmetic> _candidate;
    private readonly ActivationGradient _gateSlope;
    private readonly ActivationGradient _candidateSlope;

    public GruGradient(
        GruSpecification specification,
        DirectionWeights<T> weights,
        LayerParameters<double> gradients,
        Direction direction)
        : base(weights, gradients, direction)
    {
        CellActivations activations = specification.GetActivations(direction);
        _resetAfter = specification.ResetAfter;
        _gate = new(activations.Gate, specification.Clip);
        _candidate = new(activations.Candidate, specification.Clip);
        _gateSlope = new(activations.Gate, specification.Clip);
        _candidateSlope = new(activations.Candidate, specification.Clip);
    }

    private int Size => Weights.HiddenSize;

    public override void Step(in CellStep<T> step)
    {
        double[] dh = step.HiddenGradient.ToArray();
        step.HiddenGradient.Clear();
        T[] r = new T[Size];
        T[] s = new T[Size];
        for (int unit = 0; unit < Size; unit++)
        {
            r[unit] = _gate.Of(Weights.GateChain(unit, step.X, step.Hidden));
            s[unit] = r[unit] * step.Hidden[unit];
        }

        double[] dr = new double[Size];
        double[] ds = new double[Size];
        for (int unit = 0; unit < Size; unit++)
        {
            T aUpdate = Weights.GateChain(Size + unit, step.X, step.Hidden);
            double z = Wide(_gate.Of(aUpdate));
            double dn = dh[unit] * (1 - z);
            double n = _resetAfter ? ResetAfter(unit, step, r[unit], dn, out dr[unit]) : ResetBefore(unit, step, s, dn, ds);
            double dz = dh[unit] * (Wide(step.Hidden[unit]) - n);
            step.HiddenGradient[unit] += dh[unit] * z;
            Gate(Size + unit, dz * _gateSlope.At(aUpdate), step, step.Hidden, step.HiddenGradient);
        }

        for (int unit = 0; unit < Size; unit++)
        {
            if (!_resetAfter)
            {
                dr[unit] = ds[unit] * Wide(step.Hidden[unit]);
                step.HiddenGradient[unit] += ds[unit] * Wide(r[unit]);
            }

            double da = dr[unit] * _gateSlope.At(Weights.GateChain(unit, step.X, step.Hidden));
            Gate(unit, da, step, step.Hidden, step.HiddenGradient);
        }
    }

    /// <summary><c>n = candidate(b_in + W_n x + r q)</c>, <c>q = b_hn + R_n h</c>; gives <c>n</c>.</summary>
    private double ResetAfter(int unit, in CellStep<T> step, T r, double dn, out double dr)
    {
        int row = (2 * Size) + unit;
        T q = Weights.StateChain(Weights.CandidateStateBias[unit], row, step.Hidden);
        T a = T.FusedMultiplyAdd(r, q, Weights.InputChain(row, step.X));
        double da = dn * _candidateSlope.At(a);
        InputPart(row, da, step);
        StatePart(row, da * Wide(r), step.Hidden, step.HiddenGradient);
        dr = da * Wide(q);
        return Wide(_candidate.Of(a));
    }

    /// <summary><c>n = candidate(b_n + W_n x + R_n s)</c>, <c>s = r h</c>; gives <c>n</c>.</summary>
    private double ResetBefore(
        int unit, in CellStep<T> step, ReadOnlySpan<T> s, double dn, Span<double> ds)
    {
        int row = (2 * Size) + unit;
        T a = Weights.GateChain(row, step.X, s);
        Gate(row, dn * _candidateSlope.At(a), step, s, ds);
        return Wide(_candidate.Of(a));
    }
}
