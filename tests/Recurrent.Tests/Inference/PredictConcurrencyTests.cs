using System.Diagnostics;
using Recurrent.Interop;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>Predict from many threads at once, and a model that is disposed meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class PredictConcurrencyTests
{
    private const int Threads = 8;
    private const int Time = 2000;

    [Fact]
    public void Many_threads_get_what_one_gets_from_as_many_sessions_at_most()
    {
        int before = CountOfOthers();
        using (RecurrentModel model = Models.Lstm())
        {
            float[] x = new RandomFloats(1).Inputs(40 * 7 * 2);
            float[][] expected = [.. Enumerable.Range(0, 40).Select(i => model.Predict(x.AsSpan(0, (i + 1) * 14), i + 1, 7))];
            Assert.Equal(before + 1, SessionHandle.LiveCount);
            using Barrier barrier = new(Threads);
            Worker[] workers = [.. Enumerable.Range(0, Threads).Select(thread => new Worker(() =>
            {
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                for (int i = 0; i < 400; i++)
                {
                    int rows = 1 + (((thread * 11) + i) % 40);
                    float[] y = model.Predict(x.AsSpan(0, rows * 14), rows, 7);
                    Bits.RequireSame(expected[rows - 1], y, $"{rows} rows on thread {thread}", 3);
                }
            }))];
            Array.ForEach(workers, worker => worker.Join());
            Assert.InRange(SessionHandle.LiveCount - before, 1, Threads);
        }

        Assert.Equal(before, SessionHandle.LiveCount);
    }

    [Fact]
    public void Calls_that_run_at_once_have_sessions_of_their_own_and_leave_them_to_later_ones()
    {
        int before = CountOfOthers();
        using RecurrentModel model = Models.Slow();
        float[] x = new float[Time * 256];
        bool met = false;
        for (var watch = Stopwatch.StartNew(); !met && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            Worker[] workers =
                [.. Enumerable.Range(0, 3).Select(_ => new Worker(() => model.Predict(x, 1, Time, new float[x.Length])))];
            Array.ForEach(workers, worker => worker.Join());
            met = SessionHandle.LiveCount - before > 1;
        }

        Assert.True(met, "No two calls ran at once.");
        int kept = SessionHandle.LiveCount;
        for (int i = 0; i < 5; i++)
        {
            model.Predict(x.AsSpan(0, 256), 1, 1);
        }

        Assert.Equal(kept, SessionHandle.LiveCount);
    }

    [Fact]
    public void Dispose_waits_for_the_running_calls()
    {
        float[] x = new RandomFloats(1).Inputs(Time * 256);
        float[] expected;
        using (RecurrentModel other = Models.Slow())
        {
            expected = other.Predict(x, 1, Time);
        }

        bool met = false;
        for (var watch = Stopwatch.StartNew(); !met && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            int before = SessionHandle.LiveCount;
            RecurrentModel model = Models.Slow();
            float[] y = new float[x.Length];
            Worker running = new(() =>
            {
                try
                {
                    model.Predict(x, 1, Time, y);
                }
                catch (ObjectDisposedException)
                {
                    // It had not begun.
                    expected.CopyTo(y, 0);
                }
            });
            using ManualResetEventSlim begun = new();
            Worker second = new(() =>
            {
                begun.Wait(TestContext.Current.CancellationToken);
                model.Dispose();
                Assert.Equal(before, SessionHandle.LiveCount);
            });
            SpinWait.SpinUntil(() => SessionHandle.LiveCount > before || !running.IsRunning);
            met = running.IsRunning;
            begun.Set();
            model.Dispose();
            Assert.Equal(before, SessionHandle.LiveCount);
            Bits.RequireSame(expected, y, "the call that was running", 256);
            Assert.Throws<ObjectDisposedException>(() => model.Predict(x, 1, Time));
            second.Join();
            running.Join();
        }

        Assert.True(met, "No call was running.");
    }

    [Fact]
    public void Dispose_in_the_middle_of_anything_ends_with_ObjectDisposedException()
    {
        int before = SessionHandle.LiveCount;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            RecurrentModel model = Models.Lstm();
            float[] expected = model.Predict([1, 2], 1, 1);
            using Barrier barrier = new(4);
            Worker[] workers = [.. Enumerable.Range(0, 3).Select(_ => new Worker(() =>
            {
                float[] y = new float[3];
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                try
                {
                    while (true)
                    {
                        model.Predict([1, 2], 1, 1, y);
                        Assert.Equal(expected, y);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What it ends with.
                }
            }))];
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            model.Dispose();
            Assert.Equal(before, SessionHandle.LiveCount);
            Array.ForEach(workers, worker => worker.Join());
        }
    }

    [Fact]
    public void A_session_that_cannot_be_opened_is_no_running_call()
    {
        using RecurrentModel model = Models.Lstm();
        bool fails = true;
        SessionPool pool = new(
            () => fails ? throw new InsufficientMemoryException() : model.OpenSession(0), model);
        Assert.Throws<InsufficientMemoryException>(pool.Rent);
        fails = false;
        Session session = pool.Rent();
        pool.Return(session);
        Assert.Same(session, pool.Rent());
        pool.Return(session);
        using ModelHandle handle = new();
        pool.Close(handle);
        Assert.True(session.IsClosed);
        Assert.Throws<ObjectDisposedException>(pool.Rent);
    }

    // Sessions of other tests that nobody has disposed of would be counted, and then not.
    private static int CountOfOthers()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return SessionHandle.LiveCount;
    }
}
