using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>An optimizer with its numbers, as tests name it.</summary>
public sealed record OptimizerCase(
    OptimizerKind Kind, double Momentum = 0, bool Nesterov = false, double Bound = 0, double Scale = 1)
{
    public static TheoryData<OptimizerCase> All => new(
        new OptimizerCase(OptimizerKind.Sgd),
        new OptimizerCase(OptimizerKind.Sgd, Momentum: 0.9),
        new OptimizerCase(OptimizerKind.Sgd, Momentum: 0.9, Nesterov: true),
        new OptimizerCase(OptimizerKind.Sgd, Bound: 0.05),
        new OptimizerCase(OptimizerKind.RmsProp),
        new OptimizerCase(OptimizerKind.RmsProp, Momentum: 0.5, Scale: 0.3),
        new OptimizerCase(OptimizerKind.Adam),
        new OptimizerCase(OptimizerKind.Adam, Bound: 0.05, Scale: 2),
        new OptimizerCase(OptimizerKind.AdamW));

    public OptimizerStep Step(long step) => new()
    {
        Kind = Kind,
        Rate = 0.01,
        Step = step,
        Momentum = Momentum,
        Nesterov = Nesterov,
        Decay1 = 0.9,
        Decay2 = 0.99,
        Epsilon = 1e-7,
        WeightDecay = 0.1,
        GradientScale = Scale,
        GradientBound = Bound,
    };
}
