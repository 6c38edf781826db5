using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>The native optimizers against their formulas, and what they remember.</summary>
public sealed class UpdateParityTests
{
    public static TheoryData<InstructionSet, OptimizerCase> Optimizers =>
        InstructionSets.With(OptimizerCase.All.Select(row => row.Data));

    // Sizes that leave a remainder in every vector, and blocks that begin anywhere.
    private static SequenceCase Small => new()
    {
        Seed = 11,
        InputSize = 3,
        Batch = 5,
        Time = 6,
        Layers =
        [
            new LayerCase { Cell = CellKind.Lstm, Size = 7, Peephole = true, TrainedState = true },
            new LayerCase { Cell = CellKind.Dense, Size = 3 },
        ],
    };

    /// <summary>One step at a time from the native session's own numbers: a few roundings of each.</summary>
    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Updates_are_those_of_the_formulas(InstructionSet isa, OptimizerCase optimizer)
    {
        Support.InstructionSets.Use(isa);
        GradientData data = new(Small);
        using GradientSession session = data.Open(isa);
        int count = session.ParameterCount;
        float[] before = new float[count];
        float[] after = new float[count];
        float[] moments = new float[2 * count];
        for (int step = 1; step <= 4; step++)
        {
            session.ZeroGradients();
            float[] gradients = data.Compute(session).Parameters;
            session.GetParameters(before);
            session.GetMoments(moments);
            OptimizerFormula formula = new(count);
            for (int i = 0; i < count; i++)
            {
                (formula.First[i], formula.Second[i]) = (moments[i], moments[count + i]);
            }

            session.Update(optimizer.Step(step));
            session.GetParameters(after);
            session.GetMoments(moments);
            for (int i = 0; i < count; i++)
            {
                double mean = formula.First[i];
                double expected = formula.Move(i, before[i], gradients[i], optimizer.Step(step));
                // The parameter's own rounding, and a few of how far it moves and of what a moment is made of.
                double move = Math.Abs(expected - before[i]);
                double terms = Math.Abs(mean) + Math.Abs(formula.First[i]);
                RequireNear(expected, after[i], (1.2e-7 * Math.Abs(expected)) + (1e-6 * move), $"parameter {i}, step {step}");
                RequireNear(formula.First[i], moments[i], 3e-7 * terms, $"mean {i}, step {step}");
                RequireNear(formula.Second[i], moments[count + i], 5e-7 * formula.Second[i], $"square {i}, step {step}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_session_with_the_same_parameters_and_moments_goes_on_with_the_same_bits(
        InstructionSet isa, OptimizerCase optimizer)
    {
        Support.InstructionSets.Use(isa);
        GradientData data = new(Small);
        using GradientSession first = data.Open(isa);
        using GradientSession second = data.Open(isa, threads: 2);
        Train(first, 1, 3);
        float[] parameters = new float[first.ParameterCount];
        float[] moments = new float[2 * first.ParameterCount];
        first.GetParameters(parameters);
        first.GetMoments(moments);
        second.SetParameters(parameters);
        second.SetMoments(moments);
        Train(first, 4, 6);
        Train(second, 4, 6);

        Bits.RequireSame(Parameters(first), Parameters(second), "parameters", 1);
        Assert.NotEqual(parameters, Parameters(first));

        void Train(GradientSession session, int from, int to)
        {
            for (int step = from; step <= to; step++)
            {
                session.ZeroGradients();
                data.Compute(session);
                session.Update(optimizer.Step(step));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Blocks_that_are_not_trained_stay(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        GradientData data = new(Small);
        using GradientSession session = data.Open(isa);
        data.Compute(session);
        float[] before = Parameters(session);
        OptimizerStep step = new OptimizerCase(OptimizerKind.Adam).Step(1);
        session.Update(step with { Trained = [.. session.Blocks.Select(block => block.Role != ParameterRole.RecurrentBias)] });
        float[] after = Parameters(session);

        Assert.All(session.Blocks, block => Assert.Equal(
            block.Role == ParameterRole.RecurrentBias,
            before.AsSpan(block.Offset, block.Length).SequenceEqual(after.AsSpan(block.Offset, block.Length))));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Penalties_and_norms_are_those_of_the_reference(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        GradientData data = new(Small);
        using GradientSession session = data.Open(isa);
        Recurrent.Reference.ReferenceGradientSession<double> reference =
            Recurrent.Reference.ReferenceGradientSession<double>.Open(data.Definition);
        for (int block = 0; block < session.Blocks.Count; block++)
        {
            double expected = reference.Regularize(block, 0.125, 0.25);
            Assert.Equal(expected, session.Regularize(block, 0.125, 0.25), 1e-6 * expected);
            Assert.Equal(reference.GradientNorm(block), session.GradientNorm(block), 1e-6);
        }

        Assert.Equal(reference.GradientNorm(), session.GradientNorm(), 1e-6);
    }

    public static TheoryData<InstructionSet> Sets => Support.InstructionSets.All;

    private static float[] Parameters(GradientSession session)
    {
        float[] parameters = new float[session.ParameterCount];
        session.GetParameters(parameters);
        return parameters;
    }

    private static void RequireNear(double expected, float actual, double tolerance, string what)
    {
        if (!(Math.Abs(expected - actual) <= tolerance))
        {
            Assert.Fail($"{what}: expected {expected:R}, found {actual:R}, allowed {tolerance:E1}.");
        }
    }
}
