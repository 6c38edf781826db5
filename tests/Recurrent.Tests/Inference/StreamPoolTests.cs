using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>Streams of a pool against sessions of their own.</summary>
public sealed class StreamPoolTests
{
    private const int Input = StreamModels.Input;

    public static TheoryData<WeightFormat> Formats => new(Enum.GetValues<WeightFormat>());

    [Theory]
    [MemberData(nameof(Formats))]
    public void Streams_give_the_bits_of_sessions(WeightFormat format)
    {
        using RecurrentModel model = StreamModels.Create(1, format);
        using StreamPool pool = model.OpenPool(200);
        Dictionary<StreamId, Session> streams = [];
        Random random = new(3);
        for (int round = 0; round < 60; round++)
        {
            for (int opened = random.Next(8); opened > 0 && streams.Count < pool.Capacity; opened--)
            {
                streams.Add(pool.Open(), model.OpenSession());
            }

            StreamId[] chosen = [.. streams.Keys.Where(_ => random.Next(3) > 0).OrderBy(_ => random.Next())];
            int[] steps = Array.ConvertAll(chosen, _ => round % 3 == 0 ? 1 : round % 3 == 1 ? 3 : random.Next(4));
            float[] x = StreamModels.Values(random, steps.Sum() * Input);
            float[] y = new float[steps.Sum() * model.OutputSize];
            if (round % 3 == 0)
            {
                pool.Step(chosen, x, y);
            }
            else
            {
                pool.Run(chosen, steps, x, y);
            }

            float[] expected = new float[y.Length];
            int first = 0;
            for (int i = 0; i < chosen.Length; first += steps[i++])
            {
                streams[chosen[i]].Run(
                    x.AsSpan(first * Input, steps[i] * Input),
                    expected.AsSpan(first * model.OutputSize, steps[i] * model.OutputSize),
                    steps[i]);
            }

            Bits.RequireSame(expected, y, $"{format}, round {round}", model.OutputSize);
            if (chosen.Length > 0)
            {
                pool.Close(chosen[0]);
                streams[chosen[0]].Dispose();
                _ = streams.Remove(chosen[0]);
            }

            Assert.Equal(streams.Count, pool.Count);
        }

        foreach (Session session in streams.Values)
        {
            session.Dispose();
        }
    }

    [Fact]
    public void States_move_between_pools_and_sessions()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool from = model.OpenPool(2);
        using StreamPool to = model.OpenPool(2);
        using Session session = model.OpenSession();
        StreamId first = from.Open();
        StreamId second = to.Open();
        float[] x = StreamModels.Values(new Random(1), Input);
        float[] y = new float[model.OutputSize];
        from.Step([first], x, y);
        float[] states = new float[model.StateSize];
        from.SaveState([first], states);
        to.LoadState([second], states);
        session.LoadState(states);
        float[] expected = new float[y.Length];
        session.Step(x, expected);
        to.Step([second], x, y);
        Bits.RequireSame(expected, y, "moved", y.Length);
        to.Reset(second);
        to.Step([second], x, y);
        session.Reset();
        session.Step(x, expected);
        Bits.RequireSame(expected, y, "reset", y.Length);
    }

    [Fact]
    public void Another_model_goes_on_with_the_states()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using RecurrentModel better = StreamModels.Create(2);
        using RecurrentModel wider = StreamModels.Create(2, units: 24);
        using StreamPool pool = model.OpenPool(2);
        StreamId stream = pool.Open();
        float[] x = StreamModels.Values(new Random(1), Input);
        float[] y = new float[model.OutputSize];
        pool.Step([stream], x, y);
        float[] states = new float[model.StateSize];
        pool.SaveState([stream], states);
        pool.Replace(better);
        Assert.Same(better, pool.Model);
        pool.Step([stream], x, y);
        using Session session = better.OpenSession();
        session.LoadState(states);
        float[] expected = new float[y.Length];
        session.Step(x, expected);
        Bits.RequireSame(expected, y, "replaced", y.Length);
        ArgumentException error = Assert.Throws<ArgumentException>(() => pool.Replace(wider));
        Assert.Equal("model", error.ParamName);
        Assert.Same(better, pool.Model);
    }

    [Fact]
    public void Streams_that_are_not_open_are_refused_with_nothing_changed()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        using StreamPool other = model.OpenPool(2);
        StreamId stream = pool.Open();
        StreamId foreign = other.Open();
        StreamId stale = pool.Open();
        pool.Close(stale);
        float[] x = new float[2 * Input];
        float[] y = new float[2 * model.OutputSize];
        float[] before = new float[model.StateSize];
        pool.SaveState([stream], before);
        foreach (StreamId wrong in new[] { stream, foreign, stale, default, new StreamId(-7), new StreamId(long.MaxValue) })
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => pool.Step([stream, wrong], x, y));
            Assert.Equal("streams", error.ParamName);
            Assert.StartsWith("streams[1]: expected ", error.Message, StringComparison.Ordinal);
        }

        float[] after = new float[model.StateSize];
        pool.SaveState([stream], after);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Lengths_and_overlaps_are_refused_by_the_name_of_the_argument()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        StreamId[] streams = [pool.Open(), pool.Open()];
        float[] x = new float[2 * Input];
        float[] y = new float[2 * model.OutputSize];
        Require("x", () => pool.Step(streams, x.AsSpan(1), y));
        Require("y", () => pool.Step(streams, x, y.AsSpan(1)));
        Require("steps", () => pool.Run(streams, [1], x, y));
        Require("steps", () => pool.Run(streams, [3, -1], new float[3 * Input], []));
        Require("x", () => pool.Run(streams, [1, 2], x, []));
        Require("x", () => pool.Run(streams, [1, 1], default, y));
        Require("y", () => pool.Run(streams, [1, 1], x, y.AsSpan(1)));
        Require("present", () => pool.Run(streams, [1, 1], x, y, [true, false]));
        Require("indices", () => pool.StepIndices(streams, [1, 2], y));
        Require("capacity", () => model.OpenPool(0));
        float[] both = new float[2 * model.OutputSize + 2 * Input];
        Require("y", () => pool.Step(streams, both.AsSpan(0, 2 * Input), both.AsSpan(Input, 2 * model.OutputSize)));

        static void Require(string name, Action call)
        {
            ArgumentException error = Assert.ThrowsAny<ArgumentException>(call);
            Assert.Equal(name, error.ParamName);
        }
    }

    [Fact]
    public void A_full_pool_says_so()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(1);
        _ = pool.Open();
        Assert.False(pool.TryOpen(out StreamId none));
        Assert.Equal(default, none);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => pool.Open());
        Assert.Contains("All 1 streams", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_need_whole_sequences_are_refused()
    {
        using RecurrentModel model = Models.Lstm(Direction.Bidirectional);
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => model.OpenPool(4));
        Assert.Contains("reverse", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(100);
        StreamId[] streams = [.. Enumerable.Range(0, 100).Select(_ => pool.Open())];
        float[] x = new float[streams.Length * Input];
        float[] y = new float[streams.Length * model.OutputSize];
        pool.Step(streams, x, y);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            pool.Step(streams, x, y);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Disposal_lets_running_calls_end()
    {
        using RecurrentModel model = StreamModels.Create(1);
        StreamPool pool = model.OpenPool(8);
        using Barrier begun = new(5);
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ =>
        {
            StreamId[] mine = [pool.Open(), pool.Open()];
            float[] x = new float[2 * Input];
            float[] y = new float[2 * model.OutputSize];
            Thread thread = new(() =>
            {
                begun.SignalAndWait(TestContext.Current.CancellationToken);
                Assert.Throws<ObjectDisposedException>(StepForEver);
            });
            thread.Start();
            return thread;

            void StepForEver()
            {
                while (true)
                {
                    pool.Step(mine, x, y);
                }
            }
        })];
        begun.SignalAndWait(TestContext.Current.CancellationToken);
        pool.Dispose();
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Throws<ObjectDisposedException>(() => pool.Open());
        Assert.Throws<ObjectDisposedException>(() => pool.Count);
    }
}
