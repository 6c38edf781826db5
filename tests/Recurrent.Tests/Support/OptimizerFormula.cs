using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>The optimizers as their papers and PyTorch have them, one parameter at a time, in double.</summary>
internal sealed class OptimizerFormula(int count)
{
    public double[] First { get; } = new double[count];

    public double[] Second { get; } = new double[count];

    public double Move(int i, double p, double gradient, in OptimizerStep step)
    {
        double g = gradient * step.GradientScale;
        g = step.GradientBound > 0 ? Math.Clamp(g, -step.GradientBound, step.GradientBound) : g;
        switch (step.Kind)
        {
            case OptimizerKind.Sgd when step.Momentum == 0:
                return p - (step.Rate * g);
            case OptimizerKind.Sgd:
                First[i] = (step.Momentum * First[i]) + g;
                return p - (step.Rate * (step.Nesterov ? g + (step.Momentum * First[i]) : First[i]));
            case OptimizerKind.RmsProp:
                Second[i] = (step.Decay2 * Second[i]) + ((1 - step.Decay2) * g * g);
                double move = g / (Math.Sqrt(Second[i]) + step.Epsilon);
                First[i] = step.Momentum == 0 ? 0 : (step.Momentum * First[i]) + move;
                return p - (step.Rate * (step.Momentum == 0 ? move : First[i]));
            default:
                p -= step.Kind == OptimizerKind.AdamW ? step.Rate * step.WeightDecay * p : 0;
                First[i] = (step.Decay1 * First[i]) + ((1 - step.Decay1) * g);
                Second[i] = (step.Decay2 * Second[i]) + ((1 - step.Decay2) * g * g);
                double mean = First[i] / (1 - Math.Pow(step.Decay1, step.Step));
                double square = Second[i] / (1 - Math.Pow(step.Decay2, step.Step));
                return p - (step.Rate * mean / (Math.Sqrt(square) + step.Epsilon));
        }
    }
}
