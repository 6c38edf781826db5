using System.Diagnostics;
using Recurrent.Serving;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Serving;

/// <summary>Streams of a server that outlast it, or their place in the pool.</summary>
public sealed class StreamServerStoreTests
{
    private const int Input = StreamModels.Input;
    private static readonly TimeSpan Forever = TimeSpan.FromHours(1);

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_goes_on_in_the_next_server()
    {
        MemoryStreamStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using Session session = model.OpenSession();
        float[] x = StreamModels.Values(new Random(1), 30 * Input);
        float[] y = new float[30 * model.OutputSize];
        float[] expected = new float[y.Length];
        session.Run(x, expected, 30);
        for (int life = 0; life < 3; life++)
        {
            using StreamPool pool = model.OpenPool(1);
            await using StreamServer server = new(pool, new StreamServerOptions { Store = store, CheckpointEvery = Forever });
            await using LiveStream stream = await server.OpenAsync("stream", Patience);
            Assert.Equal(10 * life, stream.Sequence);
            Assert.Equal(10 * life, stream.Persisted);
            for (int i = 10 * life; i < 10 * (life + 1); i++)
            {
                await stream.StepAsync(
                    x.AsMemory(i * Input, Input), y.AsMemory(i * model.OutputSize, model.OutputSize), Patience);
            }

            if (life == 0)
            {
                InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
                    async () => await server.OpenAsync("stream", Patience));
                Assert.Contains("open already", error.Message, StringComparison.Ordinal);
                await stream.CloseAsync(Patience);
                await stream.CloseAsync(Patience);
                Assert.Equal(10, stream.Persisted);
                await Assert.ThrowsAsync<ObjectDisposedException>(
                    async () => await stream.StepAsync(x.AsMemory(0, Input), default, Patience));
            }
            else if (life == 1)
            {
                await server.DisposeAsync(); // writes what is left
                Assert.Equal(20, stream.Persisted);
                await Assert.ThrowsAsync<ObjectDisposedException>(
                    async () => await stream.StepAsync(x.AsMemory(0, Input), default, Patience));
            }
        }

        Bits.RequireSame(expected, y, "three lives", model.OutputSize);
    }

    [Fact]
    public async Task States_are_written_in_time_while_streams_advance_and_when_they_rest()
    {
        FaultyStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(64);
        await using StreamServer server = new(
            pool, new StreamServerOptions { Store = store, CheckpointEvery = TimeSpan.FromMilliseconds(50), StatesPerWrite = 8 });
        LiveStream[] streams = await OpenAsync(server, 64);
        await Task.WhenAll(streams.Select(stream => Task.Run(
            async () =>
            {
                while (stream.Persisted == 0)
                {
                    await stream.StepAsync(new float[Input], default, Patience);
                }
            },
            Patience)));
        Assert.InRange(store.LargestWrite, 1, 8);
        while (streams.Any(stream => stream.Persisted < stream.Sequence))
        {
            await Task.Delay(5, Patience); // they rest
        }

        Assert.Equal(64, store.Inner.Count);
        Assert.Equal(TimeSpan.Zero, await LagAsync(server, lag => lag == TimeSpan.Zero));
        Assert.Equal(0, server.Statistics.Unwritten);
    }

    [Fact]
    public async Task Checkpoint_writes_all_that_was_computed()
    {
        MemoryStreamStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(20);
        await using StreamServer server = new(
            pool, new StreamServerOptions { Store = store, CheckpointEvery = Forever, MaxUnwritten = 2, StatesPerWrite = 3 });
        LiveStream[] streams = await OpenAsync(server, 20);
        await Task.WhenAll(streams.Select(stream => stream.RunAsync(new float[50 * Input], default, Patience).AsTask()));
        await server.CheckpointAsync(Patience);
        Assert.All(streams, stream => Assert.Equal(50, stream.Persisted));
        Assert.Equal(20, server.Statistics.Written);
    }

    [Fact]
    public async Task Streams_that_rest_give_their_place_up_and_come_back_with_their_bits()
    {
        MemoryStreamStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(8);
        await using StreamServer server = new(
            pool,
            new StreamServerOptions
            {
                Store = store,
                CheckpointEvery = TimeSpan.FromMilliseconds(10),
                IdleAfter = TimeSpan.FromMilliseconds(20),
                Workers = 2,
            });
        await Task.WhenAll(Enumerable.Range(0, 24).Select(seed => Task.Run(
            async () =>
            {
                Random random = new(seed);
                // More of them than there is room for.
                LiveStream stream = await OpenWhenThereIsRoomAsync(server, seed);
                using Session session = model.OpenSession();
                float[] y = new float[model.OutputSize];
                float[] expected = new float[y.Length];
                for (int i = 0; i < 30; i++)
                {
                    float[] x = StreamModels.Values(random, Input);
                    session.Step(x, expected);
                    await WhenThereIsRoomAsync(() => stream.StepAsync(x, y, Patience));
                    Bits.RequireSame(expected, y, $"stream {seed}, step {i}", y.Length);
                    await Task.Delay(random.Next(60), Patience);
                }

                Assert.Equal(30, stream.Sequence);
                await stream.CloseAsync(Patience);
            },
            Patience)));
        Assert.InRange(server.Statistics.Evictions, 24, long.MaxValue);
        Assert.InRange(server.Statistics.Restores, 16, long.MaxValue);
        Assert.Equal(0, server.Statistics.Resident);
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public async Task A_full_pool_makes_room_by_who_has_rested_longest()
    {
        MemoryStreamStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        await using StreamServer server = new(pool, new StreamServerOptions { Store = store, CheckpointEvery = Forever });
        LiveStream first = await server.OpenAsync("first", Patience);
        await first.StepAsync(new float[Input], default, Patience);
        LiveStream second = server.Open();
        LiveStream third = await server.OpenAsync("third", Patience);
        Assert.False(first.IsResident);
        Assert.Equal(1, first.Persisted);
        // One that has not begun is not in the store, and comes back all the same.
        await first.StepAsync(new float[Input], default, Patience);
        Assert.False(third.IsResident);
        await second.StepAsync(new float[Input], default, Patience);
        await third.StepAsync(new float[Input], default, Patience);
        Assert.Equal([2L, 1, 1], new[] { first, second, third }.Select(stream => stream.Sequence));
        using Blocked blocked = new(Input);
        Task running = third.StepAsync(blocked.Memory, default, Patience).AsTask();
        blocked.WaitUntilReached();
        StreamServerBusyException full = await Assert.ThrowsAsync<StreamServerBusyException>(
            async () => await server.OpenAsync("fourth", Patience));
        Assert.Equal(StreamServerBusyReason.NoRoom, full.Reason);
        blocked.Open();
        await running;
    }

    [Fact]
    public async Task A_store_that_is_down_costs_no_step_and_bounds_what_can_be_lost()
    {
        FaultyStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(12);
        await using StreamServer server = new(
            pool,
            new StreamServerOptions
            {
                Store = store,
                CheckpointEvery = TimeSpan.FromMilliseconds(10),
                MaxCheckpointLag = TimeSpan.FromMilliseconds(300),
                MaxUnwritten = 4,
                StatesPerWrite = 4,
            });
        LiveStream[] streams = await OpenAsync(server, 10);
        LiveStream own = server.Open();
        store.IsDown = true;
        long[] done = new long[streams.Length];
        StreamServerBusyException[] errors = await Task.WhenAll(streams.Select((stream, i) => Task.Run(
            async () =>
            {
                while (true)
                {
                    try
                    {
                        await stream.StepAsync(new float[Input], default, Patience);
                        done[i]++;
                    }
                    catch (StreamServerBusyException exception)
                    {
                        return exception;
                    }
                }
            },
            Patience)));
        Assert.All(errors, error => Assert.Equal(StreamServerBusyReason.StoreBehind, error.Reason));
        Assert.Contains(errors, error => error.Message.Contains("the store is down", StringComparison.Ordinal));
        Assert.Equal(done, streams.Select(stream => stream.Sequence));
        Assert.InRange(server.Statistics.Unwritten, 1, 4);
        Assert.InRange(await LagAsync(server, lag => lag > TimeSpan.Zero), TimeSpan.FromMilliseconds(1), Forever);
        await own.StepAsync(new float[Input], default, Patience); // has nothing to do with the store
        // A store that is not there refuses to open, and leaves no key behind.
        await Assert.ThrowsAsync<IOException>(async () => await server.OpenAsync("late", Patience));
        using CancellationTokenSource impatient = new(30);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await server.CheckpointAsync(impatient.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await streams[0].CloseAsync(impatient.Token));

        store.IsDown = false;
        await server.CheckpointAsync(Patience);
        Assert.Equal(done, streams.Select(stream => stream.Persisted));
        foreach (LiveStream stream in streams)
        {
            await stream.StepAsync(new float[Input], default, Patience);
        }

        await (await server.OpenAsync("late", Patience)).CloseAsync(Patience);
        Assert.InRange(server.Statistics.StoreFailures, 1, long.MaxValue);
    }

    [Fact]
    public async Task One_state_that_the_store_refuses_does_not_hold_the_others_up()
    {
        FaultyStore store = new() { BadKey = "stream 5" };
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(20);
        await using StreamServer server = new(
            pool,
            new StreamServerOptions
            {
                Store = store,
                CheckpointEvery = TimeSpan.FromMilliseconds(10),
                MaxCheckpointLag = TimeSpan.FromMilliseconds(500),
            });
        LiveStream[] streams = await OpenAsync(server, 20);
        StreamServerBusyException? refused = null;
        while (refused is null || streams.Any(stream => stream.Key != store.BadKey && stream.Persisted < 100))
        {
            foreach (LiveStream stream in streams)
            {
                try
                {
                    await stream.StepAsync(new float[Input], default, Patience);
                }
                catch (StreamServerBusyException exception) when (stream.Key == store.BadKey)
                {
                    refused = exception;
                }
                catch (StreamServerBusyException)
                {
                    // While it is found out which one it is.
                }
            }

            await Task.Delay(1, Patience);
        }

        Assert.Contains("'stream 5' is damaged", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, streams[5].Persisted);
        store.BadKey = null;
        await server.CheckpointAsync(Patience);
        Assert.Equal(streams[5].Sequence, streams[5].Persisted);
        await streams[5].StepAsync(new float[Input], default, Patience);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_hangs_is_asked_again(bool ignoresTokens)
    {
        FaultyStore store = new() { IgnoresTokens = ignoresTokens };
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        await using StreamServer server = new(
            pool,
            new StreamServerOptions
            {
                Store = store,
                CheckpointEvery = TimeSpan.FromMilliseconds(10),
                StoreTimeout = TimeSpan.FromMilliseconds(100),
            });
        LiveStream stream = await server.OpenAsync("stream", Patience);
        store.Hang();
        await stream.StepAsync(new float[Input], default, Patience);
        await Assert.ThrowsAsync<IOException>(async () => await server.OpenAsync("other", Patience));
        while (server.Statistics.StoreFailures < 3)
        {
            await Task.Delay(5, Patience);
        }

        Assert.Equal(0, stream.Persisted);
        store.GoOn();
        await server.CheckpointAsync(Patience);
        Assert.Equal(1, stream.Persisted);
    }

    [Fact]
    public async Task A_stream_that_is_closed_while_its_state_is_read_keeps_no_place()
    {
        FaultyStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(1);
        await using StreamServer server = new(pool, new StreamServerOptions { Store = store, CheckpointEvery = Forever });
        LiveStream stream = await server.OpenAsync("stream", Patience);
        await stream.StepAsync(new float[Input], default, Patience);
        await (await server.OpenAsync("other", Patience)).CloseAsync(Patience);
        Assert.False(stream.IsResident);
        store.Hang();
        using CancellationTokenSource source = new();
        ValueTask step = stream.StepAsync(new float[Input], default, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await step);
        await stream.CloseAsync(Patience);
        store.GoOn();
        while (server.Statistics.Pending > 0)
        {
            await Task.Delay(1, Patience);
        }

        Assert.Equal(0, pool.Count);
        Assert.Equal(0, server.Statistics.Resident);
    }

    [Fact]
    public async Task The_end_says_what_a_store_did_not_take()
    {
        FaultyStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(3);
        StreamServer server = new(
            pool,
            new StreamServerOptions { Store = store, CheckpointEvery = Forever, StoreTimeout = TimeSpan.FromMilliseconds(100) });
        LiveStream[] streams = await OpenAsync(server, 3);
        await streams[1].StepAsync(new float[Input], default, Patience);
        await streams[2].StepAsync(new float[Input], default, Patience);
        store.IsDown = true;
        Task closing = streams[2].CloseAsync(Patience).AsTask();
        IOException error = await Assert.ThrowsAsync<IOException>(async () => await server.DisposeAsync());
        Assert.Contains("2 streams", error.Message, StringComparison.Ordinal);
        Assert.Equal("the store is down", error.InnerException?.Message);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => closing);
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public async Task A_stream_that_another_process_has_gone_on_with_is_refused()
    {
        MemoryStreamStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        using StreamPool otherPool = model.OpenPool(2);
        await using StreamServer server = new(pool, new StreamServerOptions { Store = store, CheckpointEvery = Forever });
        await using StreamServer other = new(otherPool, new StreamServerOptions { Store = store, CheckpointEvery = Forever });
        LiveStream mine = await server.OpenAsync("stream", Patience);
        LiveStream resting = await server.OpenAsync("resting", Patience);
        await resting.StepAsync(new float[Input], default, Patience);
        await server.CheckpointAsync(Patience);
        LiveStream[] theirs = [await other.OpenAsync("stream", Patience), await other.OpenAsync("resting", Patience)];
        foreach (LiveStream stream in theirs)
        {
            await stream.RunAsync(new float[3 * Input], default, Patience);
        }

        await other.CheckpointAsync(Patience);
        await mine.StepAsync(new float[Input], default, Patience);
        await server.CheckpointAsync(Patience);
        StreamFencedException error = await Assert.ThrowsAsync<StreamFencedException>(
            async () => await mine.StepAsync(new float[Input], default, Patience));
        Assert.Contains("'stream'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, mine.Persisted);
        await Assert.ThrowsAsync<StreamFencedException>(async () => await mine.CloseAsync(Patience));
        await mine.CloseAsync(Patience);

        // Its place was given up, and what comes back is not its own.
        LiveStream[] room = [server.Open(), await server.OpenAsync("room", Patience)];
        Assert.False(resting.IsResident);
        await room[0].CloseAsync(Patience);
        await Assert.ThrowsAsync<StreamFencedException>(async () => await resting.StepAsync(new float[Input], default, Patience));
        await resting.DisposeAsync();
        await theirs[0].CloseAsync(Patience);
        Assert.Equal(3, (await server.OpenAsync("stream", Patience)).Sequence);
    }

    [Fact]
    public async Task Foreign_damaged_and_lost_states_are_refused()
    {
        MemoryStreamStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using RecurrentModel better = StreamModels.Create(2);
        using StreamPool pool = model.OpenPool(1);
        using StreamPool betterPool = better.OpenPool(1);
        StreamServerOptions options = new() { Store = store, CheckpointEvery = Forever };
        await using StreamServer server = new(pool, options);
        await using StreamServer strict = new(betterPool, options);
        await using StreamServer lenient = new(betterPool, options with { Match = StateMatch.Layout });
        LiveStream stream = await server.OpenAsync("stream", Patience);
        await stream.StepAsync(new float[Input], default, Patience);
        await stream.CloseAsync(Patience);
        await Assert.ThrowsAsync<StreamStateException>(async () => await strict.OpenAsync("stream", Patience));
        Assert.Equal(0, betterPool.Count);
        await using (LiveStream improved = await lenient.OpenAsync("stream", Patience))
        {
            Assert.Equal(1, improved.Sequence);
        }

        byte[] bytes = (await store.ReadAsync("stream", Patience))!;
        bytes[^1] ^= 1;
        await store.RemoveAsync("stream", Patience);
        await store.WriteAsync(new[] { new StoredState("stream", 1, bytes) }, new StoreOutcome[1], Patience);
        await Assert.ThrowsAsync<StreamStateException>(async () => await server.OpenAsync("stream", Patience));
        Assert.Equal(0, pool.Count);

        LiveStream lost = await server.OpenAsync("lost", Patience);
        await lost.StepAsync(new float[Input], default, Patience);
        LiveStream other = await server.OpenAsync("other", Patience);
        await other.CloseAsync(Patience);
        Assert.False(lost.IsResident);
        await store.RemoveAsync("lost", Patience);
        IOException error = await Assert.ThrowsAsync<IOException>(
            async () => await lost.StepAsync(new float[Input], default, Patience));
        Assert.Contains("the store has none", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, pool.Count);
        Assert.Equal(1, lost.Sequence);
    }

    [Fact]
    public async Task Weights_may_be_replaced_while_streams_advance()
    {
        MemoryStreamStore store = new();
        using RecurrentModel model = StreamModels.Create(1);
        using RecurrentModel better = StreamModels.Create(2);
        using StreamPool pool = model.OpenPool(1);
        await using StreamServer server = new(
            pool, new StreamServerOptions { Store = store, CheckpointEvery = Forever, Match = StateMatch.Layout });
        LiveStream stream = await server.OpenAsync("stream", Patience);
        await stream.StepAsync(new float[Input], default, Patience);
        pool.Replace(better);
        LiveStream other = await server.OpenAsync("other", Patience);
        Assert.False(stream.IsResident);
        float[] y = new float[model.OutputSize];
        await stream.StepAsync(new float[Input], y, Patience);
        using Session session = model.OpenSession();
        using Session next = better.OpenSession();
        float[] expected = new float[y.Length];
        float[] states = new float[model.StateSize];
        session.Step(new float[Input], expected);
        session.SaveState(states);
        next.LoadState(states);
        next.Step(new float[Input], expected);
        Bits.RequireSame(expected, y, "replaced", y.Length);
        await other.CloseAsync(Patience);
    }

    private static async Task<LiveStream[]> OpenAsync(StreamServer server, int count)
    {
        LiveStream[] streams = new LiveStream[count];
        for (int i = 0; i < count; i++)
        {
            streams[i] = await server.OpenAsync($"stream {i}", Patience);
        }

        return streams;
    }

    private static async Task<LiveStream> OpenWhenThereIsRoomAsync(StreamServer server, int seed)
    {
        LiveStream? stream = null;
        await WhenThereIsRoomAsync(async () => stream = await server.OpenAsync($"stream {seed}", Patience));
        return stream!;
    }

    private static async Task WhenThereIsRoomAsync(Func<ValueTask> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (StreamServerBusyException exception) when (exception.Reason == StreamServerBusyReason.NoRoom)
            {
                await Task.Delay(1, Patience);
            }
        }
    }

    // The lag is taken in rounds.
    private static async Task<TimeSpan> LagAsync(StreamServer server, Func<TimeSpan, bool> isRight)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!isRight(server.Statistics.CheckpointLag) && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(2, Patience);
        }

        return server.Statistics.CheckpointLag;
    }
}
