using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>What finite differences do not tell: conventions, optimizers, penalties, refusals.</summary>
public sealed class ReferenceGradientTests
{
    public static TheoryData<OptimizerCase> Optimizers => OptimizerCase.All;

    private static SequenceCase Small => new()
    {
        Seed = 3,
        InputSize = 2,
        Batch = 3,
        Time = 4,
        Layers = [new LayerCase { Cell = CellKind.Lstm, Size = 3 }, new LayerCase { Cell = CellKind.Dense, Size = 2 }],
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Updates_are_those_of_the_formulas(OptimizerCase optimizer)
    {
        GradientData data = new(Small);
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(data.Definition);
        double[] expected = new double[session.ParameterCount];
        double[] moments = new double[2 * session.ParameterCount];
        OptimizerFormula formula = new(session.ParameterCount);
        session.GetParameters(expected);
        for (int step = 1; step <= 5; step++)
        {
            session.ZeroGradients();
            double[] gradients = data.ComputeReference(session).Parameters;
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] = formula.Move(i, expected[i], gradients[i], optimizer.Step(step));
            }

            session.Update(optimizer.Step(step));
        }

        double[] actual = new double[session.ParameterCount];
        session.GetParameters(actual);
        session.GetMoments(moments);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
        Assert.All(formula.First.Concat(formula.Second).Zip(moments), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
    }

    [Fact]
    public void Blocks_that_are_not_trained_stay()
    {
        GradientData data = new(Small);
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(data.Definition);
        double[] before = new double[session.ParameterCount];
        double[] after = new double[session.ParameterCount];
        session.GetParameters(before);
        data.ComputeReference(session);
        OptimizerStep step = new OptimizerCase(OptimizerKind.Adam).Step(1);
        session.Update(step with { Trained = [.. session.Blocks.Select(block => block.Role != ParameterRole.RecurrentBias)] });
        session.GetParameters(after);

        Assert.Contains(session.Blocks, block => block.Role == ParameterRole.RecurrentBias);
        Assert.All(session.Blocks, block => Assert.Equal(
            block.Role == ParameterRole.RecurrentBias,
            before.AsSpan(block.Offset, block.Length).SequenceEqual(after.AsSpan(block.Offset, block.Length))));
    }

    [Fact]
    public void A_penalty_and_its_gradient_are_those_of_keras()
    {
        DenseLayer layer = new(
            new DenseSpecification { InputSize = 2, OutputSize = 1 }, new DenseWeights([3f, -2f], [0f]));
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(new ModelDefinition([layer]));

        double penalty = session.Regularize(0, 0.5, 0.25) + session.Regularize(1, 0.5, 0.25);

        double[] gradients = new double[3];
        session.GetGradients(gradients);
        Assert.Equal((0.5 * 5) + (0.25 * 13), penalty);
        Assert.Equal([0.5 + (0.5 * 3), -0.5 - (0.5 * 2), 0], gradients);
        Assert.Equal(Math.Sqrt(4 + 2.25), session.GradientNorm(), 1e-15);
        Assert.Equal(0, session.GradientNorm(1));
    }

    [Theory]
    [InlineData(ActivationKind.Relu, 0, 0, 0f, 0)]
    [InlineData(ActivationKind.LeakyRelu, 0.25f, 0, 0f, 0.25)]
    [InlineData(ActivationKind.ThresholdedRelu, 0.5f, 0, 0.5f, 1)]
    [InlineData(ActivationKind.HardSigmoid, 0.5f, 0.5f, 1f, 0)]
    [InlineData(ActivationKind.HardSigmoid, 0.5f, 0.5f, -1f, 0)]
    [InlineData(ActivationKind.Elu, 0.5f, 0, 0f, 0.5)]
    public void Slopes_at_kinks_are_as_documented(ActivationKind kind, float alpha, float beta, float at, double slope)
    {
        ActivationLayer layer = new(1, new Activation(kind, alpha, beta));
        Assert.Equal(slope, InputGradient(layer, at));
    }

    [Theory]
    [InlineData(1f, true)]
    [InlineData(1.0000001f, false)]
    [InlineData(-1f, true)]
    public void The_bound_of_a_clip_is_inside(float at, bool passes)
    {
        RecurrentLayer layer = new(
            new SimpleRnnSpecification { InputSize = 1, HiddenSize = 1, Clip = 1, Activation = Activation.Identity },
            new CellWeights([1f], [0f]));
        Assert.Equal(passes ? 1 : 0, InputGradient(layer, at));
    }

    /// <summary>The two biases of a gate, but not of the candidate of a reset-after GRU.</summary>
    [Fact]
    public void Both_biases_have_the_same_gradient()
    {
        GradientData data = new(Small with { Layers = [new LayerCase { Cell = CellKind.Gru, Size = 4 }] });
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(data.Definition);
        double[] gradients = data.ComputeReference(session).Parameters;
        double[] input = Of(ParameterRole.InputBias);
        double[] state = Of(ParameterRole.RecurrentBias);

        Assert.Equal(input[..8], state[..8]);
        Assert.NotEqual(input[8..], state[8..]);

        double[] Of(ParameterRole role)
        {
            ParameterBlock block = session.Blocks.Single(block => block.Role == role);
            return gradients.AsSpan(block.Offset, block.Length).ToArray();
        }
    }

    [Fact]
    public void A_definition_of_the_parameters_is_the_model()
    {
        Property.Check(SequenceCases.Arbitrary(20_000, models: true), 50, @case =>
        {
            GradientData data = new(@case);
            ReferenceGradientSession<float> session = ReferenceGradientSession<float>.Open(data.Definition);
            float[] parameters = new float[session.ParameterCount];
            session.GetParameters(parameters);
            ReferenceGradientSession<float> copy = ReferenceGradientSession<float>.Open(session.ToDefinition());
            float[] copied = new float[copy.ParameterCount];
            copy.GetParameters(copied);

            Assert.Equal(session.Blocks, copy.Blocks);
            Bits.RequireSame(parameters, copied, $"{@case}", 1);
            data.Data.RequireSame(
                data.Forward(session, drops: false), data.Forward(copy, drops: false), $"{@case}");
        });
    }

    /// <summary>The formula of docs/numerics.md, written once more.</summary>
    [Fact]
    public void Dropout_is_a_function_of_seed_and_place()
    {
        DropoutMask half = new(1234567, 0, DropoutPurpose.Elements, isReverse: false, 0.5f);
        double[] kept = [.. Enumerable.Range(0, 100_000).Select(e => half.Apply(1.0, e))];

        Assert.All(kept, value => Assert.True(value is 0 or 2));
        Assert.Equal(1, kept.Average(), 0.02);
        Assert.Equal(Expected(1234567, 1), Enumerable.Range(0, 64).Select(e => half.Apply(1.0, e) == 0));
        DropoutMask reverse = new(9, 2, DropoutPurpose.State, isReverse: true, 0.5f);
        Assert.Equal(Expected(9, 1 + 16 + 4 + 1), Enumerable.Range(0, 64).Select(e => reverse.Apply(1.0, e) == 0));

        static bool[] Expected(ulong seed, ulong stream)
        {
            ulong key = SplitMix(seed + (0x9E3779B97F4A7C15 * stream));
            return [.. Enumerable.Range(1, 64).Select(
                e => SplitMix(key + (0x9E3779B97F4A7C15 * (ulong)e)) >> 40 < 1 << 23)];
        }

        static ulong SplitMix(ulong z)
        {
            z ^= z >> 30;
            z *= 0xBF58476D1CE4E5B9;
            z ^= z >> 27;
            z *= 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    [Fact]
    public void Nothing_is_dropped_without_a_seed()
    {
        GradientData data = new(Small);
        LayerDropout[] rates = [new(0.5f, 0.5f, 0.5f), new(0.5f)];
        ReferenceGradientSession<float> session = ReferenceGradientSession<float>.Open(data.Definition, rates);
        Outcome expected = data.Data.RunReference();

        data.Data.RequireSame(expected, data.Forward(session), "no seed");
    }

    [Fact]
    public void Gradients_of_steps_that_are_not_there_are_ignored()
    {
        GradientData data = new(Small with { Ragged = true });
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(data.Definition);
        double[] dy = new double[data.OutputLength];
        for (int step = 0; step < data.OutputLength / 2; step++)
        {
            bool isThere = step / data.Case.Batch < data.Data.Lengths[step % data.Case.Batch];
            dy.AsSpan(step * 2, 2).Fill(isThere ? 1 : double.NaN);
        }

        session.Forward(data.Batch(data.X<double>(), []), new double[data.OutputLength]);
        session.Backward(dy);

        Assert.Contains(dy, double.IsNaN);
        Assert.True(double.IsFinite(session.GradientNorm()));
    }

    [Fact]
    public void A_pass_is_gone_back_through_once()
    {
        GradientData data = new(Small);
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(data.Definition);
        double[] dy = new double[data.OutputLength];
        Assert.Throws<InvalidOperationException>(() => session.Backward(dy));
        data.ComputeReference(session);
        Assert.Throws<InvalidOperationException>(() => session.Backward(dy));
        data.Loss(session, data.X<double>(), []);
        session.Update(new OptimizerCase(OptimizerKind.Sgd).Step(1));
        Assert.Throws<InvalidOperationException>(() => session.Backward(dy));
    }

    private static double InputGradient(Layer layer, float x)
    {
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(new ModelDefinition([layer]));
        double[] dx = new double[1];
        session.Forward(new GradientBatch<double> { X = [x], Time = 1, Batch = 1 }, new double[1]);
        session.Backward([1], dx: dx);
        return dx[0];
    }
}
