using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>Misuse of a gradient session is refused with a reason; use allocates nothing.</summary>
public sealed class GradientSessionTests
{
    private static ModelDefinition Model => new(
    [
        new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(2, new RandomFloats(1)),
        new LayerCase { Cell = CellKind.Dense, Size = 1 }.Create(3, new RandomFloats(2)),
    ]);

    [Fact]
    public void Passes_and_updates_allocate_nothing()
    {
        using GradientSession session = GradientSession.Open(Model);
        float[] x = new float[20];
        float[] y = new float[10];
        int[] lengths = [5, 3];
        OptimizerCase adam = new(OptimizerKind.Adam);
        Step(5);
        Step(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
        {
            Step(5);
            Step(3);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int time)
        {
            session.ZeroGradients();
            session.Forward(
                new GradientBatch<float>
                {
                    X = x.AsSpan(0, time * 4),
                    Time = time,
                    Batch = 2,
                    Lengths = time == 5 ? lengths : default(ReadOnlySpan<int>),
                },
                y.AsSpan(0, time * 2));
            session.Backward(y.AsSpan(0, time * 2));
            session.Regularize(0, 0, 0.1);
            session.GradientNorm();
            session.Update(adam.Step(1));
        }
    }

    [Fact]
    public void Sizes_are_told()
    {
        using GradientSession session = GradientSession.Open(Model);
        Assert.Equal((4 * 3 * 2) + (4 * 3 * 3) + (2 * 12) + 3 + 1, session.ParameterCount);
        Assert.Equal(6, session.StateSize);
        Assert.Equal(ParameterRole.InputWeights, session.Blocks[0].Role);
        session.Forward(new GradientBatch<float> { X = new float[4], Time = 2, Batch = 1 }, new float[2]);
        Assert.True(session.TapeBytes > 0);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        using GradientSession session = GradientSession.Open(Model);
        Refused("batch.Time", () => session.Forward(new GradientBatch<float> { X = [], Time = 0, Batch = 1 }, new float[2]));
        Refused("batch.Batch", () => session.Forward(new GradientBatch<float> { X = [], Time = 1, Batch = 0 }, new float[2]));
        Refused("x", () => session.Forward(new GradientBatch<float> { X = [1], Time = 1, Batch = 1 }, new float[1]));
        Refused("y", () => session.Forward(new GradientBatch<float> { X = [1, 2], Time = 1, Batch = 1 }, []));
        Refused("batch.Indices", () => session.Forward(
            new GradientBatch<float> { X = [1, 2], Indices = [1], Time = 1, Batch = 1 }, new float[1]));
        Refused("batch.InitialStates", () => session.Forward(
            new GradientBatch<float> { X = [1, 2], InitialStates = [1], Time = 1, Batch = 1 }, new float[1]));
        Refused("finalStates", () => session.Forward(
            new GradientBatch<float> { X = [1, 2], Time = 1, Batch = 1 }, new float[1], new float[5]));
        Refused("values", () => session.SetParameters(new float[3]));
        Refused("values", () => session.GetMoments(new float[session.ParameterCount]));
        Refused("block", () => session.Regularize(99, 0, 0));
        Refused("block", () => session.GradientNorm(-2));
        Refused("step.Trained", () => session.Update(
            new OptimizerCase(OptimizerKind.Sgd).Step(1) with { Trained = [true] }));
        Refused("step.Step", () => session.Update(new OptimizerCase(OptimizerKind.Sgd).Step(0)));
        session.Forward(new GradientBatch<float> { X = [1, 2], Time = 1, Batch = 1 }, new float[1]);
        Refused("dy", () => session.Backward(new float[2]));
        Refused("dx", () => session.Backward(new float[1], dx: new float[1]));
        session.Backward(new float[1]);

        static void Refused(string argument, Action action)
        {
            ArgumentException e = Assert.ThrowsAny<ArgumentException>(action);
            Assert.StartsWith($"{argument}", e.Message);
        }
    }

    [Fact]
    public void Dropout_that_a_layer_cannot_have_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Open(new LayerDropout()));
        Assert.Throws<ArgumentException>(() => Open(default, new LayerDropout(State: 0.5f)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(new LayerDropout(1), default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(new LayerDropout(float.NaN), default));

        static void Open(params LayerDropout[] rates) =>
            GradientSession.Open(Model, new GradientSessionOptions { Dropout = rates }).Dispose();
    }

    [Fact]
    public void A_pass_is_gone_back_through_once()
    {
        using GradientSession session = GradientSession.Open(Model);
        Assert.Throws<InvalidOperationException>(() => session.Backward(new float[1]));
        session.Forward(new GradientBatch<float> { X = [1, 2], Time = 1, Batch = 1 }, new float[1]);
        session.Backward(new float[1]);
        Assert.Throws<InvalidOperationException>(() => session.Backward(new float[1]));
        session.Forward(new GradientBatch<float> { X = [1, 2], Time = 1, Batch = 1 }, new float[1]);
        session.Update(new OptimizerCase(OptimizerKind.Sgd).Step(1));
        Assert.Throws<InvalidOperationException>(() => session.Backward(new float[1]));
    }

    [Fact]
    public void A_disposed_session_says_so()
    {
        GradientSession session = GradientSession.Open(Model);
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(session.ZeroGradients);
        Assert.Throws<ObjectDisposedException>(
            () => session.Forward(new GradientBatch<float> { X = [1, 2], Time = 1, Batch = 1 }, new float[1]));
        Assert.Throws<ObjectDisposedException>(() => session.Backward(new float[1]));
    }

    /// <summary>The parameters that training made are those of a model that computes the same.</summary>
    [Fact]
    public void A_definition_of_the_parameters_is_the_model()
    {
        using GradientSession session = GradientSession.Open(Model);
        float[] x = [1, -2, 0.5f, 3];
        float[] y = new float[2];
        session.Forward(new GradientBatch<float> { X = x, Time = 2, Batch = 1 }, y);
        session.Backward([1, 1]);
        session.Update(new OptimizerCase(OptimizerKind.Sgd).Step(1));
        session.Forward(new GradientBatch<float> { X = x, Time = 2, Batch = 1 }, y);
        float[] expected = new float[2];
        using RecurrentModel model = RecurrentModel.Create(session.ToDefinition());
        using Session inference = model.OpenSession(1);
        inference.Run(x, expected, 2);

        Bits.RequireSame(expected, y, "after an update", 1);
    }
}
