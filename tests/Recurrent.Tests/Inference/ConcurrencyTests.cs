using System.Collections.Concurrent;
using System.Diagnostics;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>A model is for every thread, a session for one at a time; what happens otherwise is defined.</summary>
public sealed class ConcurrencyTests
{
    private const int Time = 400;

    [Fact]
    public void Threads_with_sessions_of_their_own_get_what_one_alone_gets()
    {
        SequenceData data = new(new SequenceCase
        {
            Seed = 4,
            InputSize = 20,
            Batch = 3,
            Time = 30,
            Layers = [new LayerCase { Cell = CellKind.Lstm, Size = 50 }],
        });
        using RecurrentModel model = RecurrentModel.Create(data.Layers);
        Outcome expected = data.RunNative(model);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            data.RequireSame(expected, data.RunNative(model, threads: 1 + (i % 3)), $"session {i}"));
    }

    [Fact]
    public void Two_threads_in_one_session_are_refused_and_the_running_call_goes_on()
    {
        using RecurrentModel model = Models.Slow();
        float[] x = new RandomFloats(1).Inputs(Time * 256);
        float[] expected = new float[x.Length];
        using (Session alone = model.OpenSession())
        {
            alone.Run(x, expected, Time);
        }

        // The other thread may finish before this one gets the processor: then again.
        bool refused = false;
        for (var watch = Stopwatch.StartNew(); !refused && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            using Session session = model.OpenSession();
            float[] y = new float[x.Length];
            Worker running = new(() => session.Run(x, y, Time));
            SpinWait.SpinUntil(() => session.IsBusy || !running.IsRunning);
            try
            {
                session.Step(x.AsSpan(0, 256), new float[256]);
            }
            catch (InvalidOperationException exception) when (exception is not ObjectDisposedException)
            {
                refused = true;
                Assert.Contains("one caller at a time", exception.Message, StringComparison.Ordinal);
            }

            running.Join();
            Bits.RequireSame(expected, y, "the running call", 256);
        }

        Assert.True(refused);
    }

    [Fact]
    public void Threads_that_fight_for_a_session_get_it_or_are_refused()
    {
        using RecurrentModel model = Models.Slow();
        float[] x = new RandomFloats(1).Inputs(256);
        int refused = 0;

        // The threads may have taken turns by chance: then again.
        for (var watch = Stopwatch.StartNew(); refused == 0 && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            using Session session = model.OpenSession();
            ConcurrentBag<float[]> outputs = [];
            Worker[] workers = [.. Enumerable.Range(0, 4).Select(_ => new Worker(() =>
            {
                float[] y = new float[256];
                for (int i = 0; i < 100; i++)
                {
                    try
                    {
                        session.Step(x, y);
                        outputs.Add([.. y]);
                    }
                    catch (InvalidOperationException exception)
                    {
                        Assert.Contains("one caller at a time", exception.Message, StringComparison.Ordinal);
                        Interlocked.Increment(ref refused);
                    }
                }
            }))];
            Array.ForEach(workers, worker => worker.Join());

            // Those who got it have made the steps of one caller, each of them once.
            using Session alone = model.OpenSession();
            List<float[]> left = [.. outputs];
            float[] expected = new float[256];
            while (left.Count > 0)
            {
                alone.Step(x, expected);
                int found = left.FindIndex(y => y.AsSpan().SequenceEqual(expected));
                Assert.True(found >= 0, $"No thread got the output of step {outputs.Count - left.Count}.");
                left.RemoveAt(found);
            }

            Assert.NotEmpty(outputs);
        }

        Assert.True(refused > 0, "No thread was refused.");
    }

    [Fact]
    public void A_second_Dispose_returns_when_the_session_is_closed_too()
    {
        using RecurrentModel model = Models.Slow();
        float[] x = new float[Time * 256];
        bool met = false;
        // On a busy machine the threads need a moment to get a processor.
        var watch = Stopwatch.StartNew();
        while (!met && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            Session session = model.OpenSession();
            Worker running = new(() => session.Run(x, [], Time));
            SpinWait.SpinUntil(() => session.IsBusy || !running.IsRunning);
            Worker first = new(session.Dispose);
            SpinWait.SpinUntil(() => IsDisposed(session));
            met = running.IsRunning && !session.IsClosed;
            session.Dispose();
            Assert.True(session.IsClosed, "The second Dispose has returned before the session was closed.");
            first.Join();
            running.Join();
        }

        Assert.True(met, "No call was running.");
    }

    [Fact]
    public void Dispose_waits_for_the_running_call()
    {
        using RecurrentModel model = Models.Slow();
        float[] x = new RandomFloats(1).Inputs(Time * 256);
        float[] expected = new float[x.Length];
        using (Session alone = model.OpenSession())
        {
            alone.Run(x, expected, Time);
        }

        for (int attempt = 0; attempt < 3; attempt++)
        {
            Session session = model.OpenSession(new SessionOptions { Threads = 1 + attempt });
            float[] y = new float[x.Length];
            Worker running = new(() => session.Run(x, y, Time));
            SpinWait.SpinUntil(() => session.IsBusy || !running.IsRunning);
            session.Dispose();
            running.Join();
            Bits.RequireSame(expected, y, "the call that was running", 256);
            Assert.Throws<ObjectDisposedException>(() => session.Step(new float[256], new float[256]));
        }
    }

    private static bool IsDisposed(Session session)
    {
        try
        {
            session.Step([], []);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        catch (ArgumentException)
        {
            // Still open: what is refused is the length.
        }

        return false;
    }

    [Fact]
    public void Dispose_in_the_middle_of_anything_ends_with_ObjectDisposedException()
    {
        using RecurrentModel model = Models.Lstm();
        for (int attempt = 0; attempt < 100; attempt++)
        {
            Session session = model.OpenSession();
            using Barrier barrier = new(4);
            Worker[] workers = [.. Enumerable.Range(0, 3).Select(_ => new Worker(() =>
            {
                float[] y = new float[3];
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                while (true)
                {
                    try
                    {
                        session.Step([1, 2], y);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                    catch (InvalidOperationException)
                    {
                        // One of the other two has it.
                    }
                }
            }))];
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            session.Dispose();
            Array.ForEach(workers, worker => worker.Join());
        }
    }

    [Fact]
    public void A_model_may_be_disposed_while_sessions_are_opened()
    {
        for (int attempt = 0; attempt < 50; attempt++)
        {
            RecurrentModel model = Models.Lstm();
            using Barrier barrier = new(3);
            Worker[] workers = [.. Enumerable.Range(0, 2).Select(_ => new Worker(() =>
            {
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                for (int i = 0; i < 20; i++)
                {
                    try
                    {
                        using Session session = model.OpenSession();
                        session.Step([1, 2], new float[3]);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            }))];
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            model.Dispose();
            Array.ForEach(workers, worker => worker.Join());
        }
    }
}
