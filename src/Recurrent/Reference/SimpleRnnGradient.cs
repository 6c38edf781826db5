using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The way back over <c>h' = f(a)</c>, <c>a = b + W x + R h</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SimpleRnnGradient<T>(
    SimpleRnnSpecification specification,
    DirectionWeights<T> weights,
    LayerParameters<double> gradients,
    Direction direction) : CellGradient<T>(weights, gradients, direction)
    where T : IFloatingPointIeee754<T>
{
    private readonly ActivationGradient _slope =
        new(specification.GetActivations(direction).Candidate, specification.Clip);

    public override void Step(in CellStep<T> step)
    {
        double[] dh = step.HiddenGradient.ToArray();
        step.HiddenGradient.Clear();
        for (int unit = 0; unit < dh.Length; unit++)
        {
            double da = dh[unit] * _slope.At(Weights.GateChain(unit, step.X, step.Hidden));
            Gate(unit, da, step, step.Hidden, step.HiddenGradient);
        }
    }
}
