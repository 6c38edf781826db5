using System.Collections.Concurrent;
using System.Diagnostics;
using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>A gradient session is for one thread at a time; what happens otherwise, and after an error, is defined.</summary>
public sealed class GradientConcurrencyTests
{
    private static GradientData Data => new(new SequenceCase
    {
        Seed = 4,
        InputSize = 20,
        Batch = 6,
        Time = 30,
        Layers = [new LayerCase { Cell = CellKind.Lstm, Size = 50 }, new LayerCase { Cell = CellKind.Dense, Size = 3 }],
    });

    [Fact]
    public void Threads_with_sessions_of_their_own_get_what_one_alone_gets()
    {
        GradientData data = Data;
        using GradientSession alone = data.Open();
        float[] expected = data.Compute(alone).Parameters;
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using GradientSession session = data.Open(threads: 1 + (i % 3));
            Bits.RequireSame(expected, data.Compute(session).Parameters, $"session {i}", 1);
        });
    }

    [Fact]
    public void Threads_that_fight_for_a_session_get_it_or_are_refused()
    {
        GradientData data = Data;
        using GradientSession session = data.Open(threads: 2);
        ConcurrentBag<Exception> refusals = [];
        OptimizerCase adam = new(OptimizerKind.Adam);

        // The threads may have taken turns by chance: then again.
        for (var watch = Stopwatch.StartNew(); refusals.IsEmpty && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            Worker[] workers = [.. Enumerable.Range(0, 4).Select(_ => new Worker(() =>
            {
                for (int i = 0; i < 50; i++)
                {
                    Try(() => data.Forward(session));
                    Try(() => session.Backward(data.OutputWeights));
                    Try(() => session.Update(adam.Step(1)));
                    Try(() => session.GradientNorm());
                }
            }))];
            Array.ForEach(workers, worker => worker.Join());
        }

        Assert.Contains(refusals, e => e.Message.Contains("one caller at a time", StringComparison.Ordinal));
        data.Compute(session);
        Assert.True(double.IsFinite(session.GradientNorm()));

        void Try(Action call)
        {
            try
            {
                call();
            }
            catch (InvalidOperationException exception)
            {
                refusals.Add(exception);
            }
        }
    }

    [Fact]
    public void A_session_is_disposed_while_others_use_it()
    {
        GradientData data = Data;
        for (int attempt = 0; attempt < 10; attempt++)
        {
            GradientSession session = data.Open(threads: 1 + (attempt % 2));
            Worker[] workers = [.. Enumerable.Range(0, 2).Select(_ => new Worker(() =>
            {
                while (true)
                {
                    try
                    {
                        data.Compute(session);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                    catch (InvalidOperationException)
                    {
                        // Another thread was faster.
                    }
                }
            }))];
            Thread.Sleep(attempt);
            session.Dispose();
            Array.ForEach(workers, worker => worker.Join());
        }
    }

    [Fact]
    public void A_session_goes_on_after_what_it_has_refused()
    {
        GradientData data = Data;
        using GradientSession session = data.Open();
        float[] expected = data.Compute(session).Parameters;
        float[] x = data.Data.X;
        float[] y = new float[data.OutputLength];
        OptimizerCase sgd = new(OptimizerKind.Sgd);
        Refused("lengths", () => Forward(new int[] { 1, 2, 3, 4, 5, 31 }));
        Refused("lengths", () => Forward(new int[] { -1, 2, 3, 4, 5, 6 }));
        Refused("lengths", () => Forward(new int[] { 1 }));
        Refused("step.Rate", () => session.Update(sgd.Step(1) with { Rate = double.NaN }));
        Refused("step.Rate", () => session.Update(sgd.Step(1) with { Rate = -1 }));
        Refused("step.Momentum", () => session.Update(sgd.Step(1) with { Momentum = 1.5 }));
        Refused("step.Kind", () => session.Update(sgd.Step(1) with { Kind = (OptimizerKind)9 }));
        Refused("step.GradientScale", () => session.Update(sgd.Step(1) with { GradientScale = double.PositiveInfinity }));
        Refused("l2", () => session.Regularize(0, 0, double.NaN));
        session.ZeroGradients();
        Bits.RequireSame(expected, data.Compute(session).Parameters, "afterwards", 1);

        void Forward(int[] lengths) => session.Forward(
            new GradientBatch<float> { X = x, Time = 30, Batch = 6, Lengths = lengths }, y);
    }

    [Fact]
    public void Indices_out_of_range_are_refused()
    {
        EmbeddingLayer layer = new(new EmbeddingSpecification { InputSize = 3, OutputSize = 1 }, [1, 2, 3]);
        using GradientSession session = GradientSession.Open(new ModelDefinition([layer]));
        foreach (int index in new[] { -1, 3, int.MaxValue, int.MinValue })
        {
            Refused("indices", () => session.Forward(
                new GradientBatch<float> { Indices = [0, index], Time = 2, Batch = 1 }, new float[2]));
        }

        float[] y = new float[2];
        session.Forward(new GradientBatch<float> { Indices = [2, 2], Time = 2, Batch = 1 }, y);
        session.Backward([1, 10]);
        float[] gradients = new float[3];
        session.GetGradients(gradients);
        Assert.Equal([3, 3], y);
        Assert.Equal([0, 0, 11], gradients);
    }

    /// <summary>What has to be kept: input, four gates, state and cell of each step; little more.</summary>
    [Fact]
    public void The_tape_has_what_must_be_kept()
    {
        const int Size = 64;
        const int Steps = 20 * 8;
        using GradientSession session = GradientSession.Open(new ModelDefinition(
            [new LayerCase { Cell = CellKind.Lstm, Size = Size }.Create(Size, new RandomFloats(1))]));
        session.Forward(
            new GradientBatch<float> { X = new float[Steps * Size], Time = 20, Batch = 8 }, new float[Steps * Size]);
        Assert.InRange(session.TapeBytes, 4L * Steps * Size * 7, (long)(4L * Steps * Size * 7 * 1.1));
    }

    private static void Refused(string argument, Action action)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Contains(argument, exception.Message, StringComparison.OrdinalIgnoreCase);
    }
}
