using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Recurrent.Layers;
using Recurrent.Serving;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Serving;

/// <summary>Streams of a server against sessions of their own, and what it refuses.</summary>
public sealed class StreamServerTests
{
    private const int Input = StreamModels.Input;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 48)]
    public async Task Streams_give_the_bits_of_sessions(int workers, int maxRows)
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(100);
        await using StreamServer server = new(pool, new StreamServerOptions { Workers = workers, MaxRows = maxRows });
        long steps = 0;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(seed => Task.Run(
            async () =>
            {
                Random random = new(seed);
                await using LiveStream stream = server.Open();
                using Session session = model.OpenSession();
                for (int round = 0; round < 40; round++)
                {
                    bool isStep = random.Next(3) > 0;
                    int count = isStep ? 1 : random.Next(1, 60);
                    float[] x = StreamModels.Values(random, count * Input);
                    float[] y = new float[count * model.OutputSize];
                    float[] expected = new float[y.Length];
                    session.Run(x, expected, count);
                    await (isStep ? stream.StepAsync(x, y, Patience) : stream.RunAsync(x, y, Patience));
                    Bits.RequireSame(expected, y, $"stream {seed}, round {round}", model.OutputSize);
                    Interlocked.Add(ref steps, count);
                }
            },
            Patience)));
        Assert.Equal(steps, server.Statistics.Steps);
        Assert.Equal(0, server.Statistics.Streams);
        Assert.Equal(0, server.Statistics.Pending);
        Assert.Equal(0, pool.Count);
        Assert.InRange(server.Statistics.Calls, 1, steps);
    }

    [Fact]
    public async Task Models_of_indices_of_several_values_and_of_one_output_are_served()
    {
        using RecurrentModel words = RecurrentModel.Create(
            new EmbeddingLayer(new() { InputSize = 7, OutputSize = 3 }, new RandomFloats(2).Inputs(21)),
            new LayerCase { Cell = CellKind.Gru, Size = 4 }.Create(3, new RandomFloats(1)));
        using StreamPool pool = words.OpenPool(3);
        await using StreamServer server = new(pool, new StreamServerOptions { MaxRows = 4 });
        await using LiveStream stream = server.Open();
        using Session session = words.OpenSession();
        int[] indices = [.. Enumerable.Range(0, 50).Select(i => i * i % 7)];
        float[] expected = new float[50 * 4];
        session.RunIndices(indices, expected, 50);
        float[] y = new float[expected.Length];
        await stream.StepAsync(indices[0], y.AsMemory(0, 4), Patience);
        await stream.RunAsync(indices.AsMemory(1), y.AsMemory(4), Patience);
        Bits.RequireSame(expected, y, "indices", 4);
        await Assert.ThrowsAsync<ArgumentException>("index", async () => await stream.StepAsync(7, default, Patience));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await stream.StepAsync(new float[1], default, Patience));

        ModelDefinition several = new(
            [ModelInput.Sequence("x", 3), ModelInput.Row("static", 2)],
            [
                new(new LayerCase { Cell = CellKind.Lstm, Size = 4 }.Create(3, new RandomFloats(1)), 0),
                new(new LastStepLayer(4), 2),
                new(new ConcatenationLayer(6), 3, 1),
            ],
            [new NamedOutput("h", 2), new NamedOutput("both", 4)]);
        using RecurrentModel graph = RecurrentModel.Create(several);
        using StreamPool graphPool = graph.OpenPool(3);
        await using StreamServer graphServer = new(graphPool);
        await using LiveStream first = graphServer.Open();
        await using LiveStream second = graphServer.Open();
        using Session both = graph.OpenSession(2);
        float[] x = StreamModels.Values(new Random(1), 2 * 3);
        float[] rows = StreamModels.Values(new Random(2), 2 * 2);
        float[] h = new float[2 * 4];
        float[] joined = new float[2 * 6];
        float[][] found = [new float[10], new float[10]];
        for (int step = 0; step < 3; step++)
        {
            both.Step([x, rows], [h, joined]);
            Task one = first.StepAsync((float[])[.. x[..3], .. rows[..2]], found[0], Patience).AsTask();
            Task two = second.RunAsync((float[])[.. x[3..], .. rows[2..]], found[1], Patience).AsTask();
            await one;
            await two;
            Bits.RequireSame((float[])[.. h[..4], .. joined[..6]], found[0], "first", 10);
            Bits.RequireSame((float[])[.. h[4..], .. joined[6..]], found[1], "second", 10);
        }

        using RecurrentModel last = RecurrentModel.Create(new ModelDefinition(
            [new LayerCase { Cell = CellKind.Lstm, Size = 4 }.Create(3, new RandomFloats(1))], ModelOutput.LastStep));
        using StreamPool lastPool = last.OpenPool(3);
        await using StreamServer lastServer = new(lastPool);
        LiveStream[] lastStreams = [.. Enumerable.Range(0, 3).Select(_ => lastServer.Open())];
        float[] many = StreamModels.Values(new Random(3), 40 * 3);
        float[] lastOutput = new float[2 * 4];
        float[] lastExpected = new float[2 * 4];
        using Blocked blocked = new(3);
        Task held = lastStreams[0].StepAsync(blocked.Memory, default, Patience).AsTask();
        blocked.WaitUntilReached();
        // In one call: 40 steps of one, 5 of the other.
        Task longRun = lastStreams[1].RunAsync(many, lastOutput.AsMemory(0, 4), Patience).AsTask();
        Task shortRun = lastStreams[2].RunAsync(many.AsMemory(0, 15), lastOutput.AsMemory(4), Patience).AsTask();
        blocked.Open();
        await Task.WhenAll(held, longRun, shortRun);
        using Session reference = last.OpenSession();
        reference.Run(many, lastExpected.AsSpan(0, 4), 40);
        reference.Reset();
        reference.Run(many.AsSpan(0, 15), lastExpected.AsSpan(4), 5);
        Bits.RequireSame(lastExpected, lastOutput, "last step", 4);
    }

    [Fact]
    public async Task Wrong_calls_are_refused_by_the_name_of_the_argument_and_change_nothing()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(1);
        await using StreamServer server = new(pool);
        await using LiveStream stream = server.Open();
        float[] x = new float[2 * Input];
        float[] y = new float[2 * model.OutputSize];
        await Assert.ThrowsAsync<ArgumentException>("x", async () => await stream.StepAsync(x, y, Patience));
        await Assert.ThrowsAsync<ArgumentException>("y", async () => await stream.StepAsync(x.AsMemory(Input), y, Patience));
        await Assert.ThrowsAsync<ArgumentException>("x", async () => await stream.RunAsync(x.AsMemory(1), y, Patience));
        await Assert.ThrowsAsync<ArgumentException>("x", async () => await stream.RunAsync(ReadOnlyMemory<float>.Empty, default, Patience));
        await Assert.ThrowsAsync<ArgumentException>("y", async () => await stream.RunAsync(x, y.AsMemory(1), Patience));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await stream.StepAsync(1, default, Patience));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await stream.RunAsync(new int[2], default, Patience));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.OpenAsync("key", Patience));
        await Assert.ThrowsAsync<ArgumentException>("key", async () => await server.OpenAsync(string.Empty, Patience));
        await Assert.ThrowsAsync<ArgumentException>("key", async () => await server.OpenAsync(new string('k', 257), Patience));
        StreamServerBusyException full = Assert.Throws<StreamServerBusyException>(server.Open);
        Assert.Equal(StreamServerBusyReason.NoRoom, full.Reason);
        Assert.Equal(0, stream.Sequence);
        await stream.RunAsync(x, y, Patience);
        Assert.Equal(2, stream.Sequence);
        Assert.Throws<ArgumentException>(() => new StreamServer(pool, new StreamServerOptions { IdleAfter = TimeSpan.FromSeconds(1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamServerOptions { Workers = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamServerOptions { MaxRows = 4097 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamServerOptions { MaxWait = TimeSpan.FromSeconds(2) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamServerOptions { CheckpointEvery = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamServerOptions { IdleAfter = TimeSpan.FromDays(60) });
        Assert.Throws<ArgumentException>(() => new StreamServerOptions { Name = string.Empty });
    }

    [Fact]
    public async Task One_step_at_a_time_and_those_that_wait_keep_their_order()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(20);
        await using StreamServer server = new(pool, new StreamServerOptions { MaxRows = 1, MaxPending = 20 });
        LiveStream[] streams = [.. Enumerable.Range(0, 20).Select(_ => server.Open())];
        using Blocked blocked = new(Input);
        Task first = streams[0].StepAsync(blocked.Memory, default, Patience).AsTask();
        blocked.WaitUntilReached();
        InvalidOperationException error =
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await streams[0].StepAsync(new float[Input], default, Patience));
        Assert.Contains("Await it", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await streams[0].CloseAsync(Patience));

        // A run of 40 steps takes turns with the others. What looks at the memory for the output is the worker.
        ConcurrentQueue<int> order = new();
        Task[] waiting = [.. Enumerable.Range(1, 18).Select(i =>
        {
            int steps = i == 3 ? 40 : 1;
            Called output = new(steps * model.OutputSize, () => order.Enqueue(i));
            return streams[i].RunAsync(new float[steps * Input], output.Memory, Patience).AsTask();
        })];
        // And the one that the worker has in its hands.
        Assert.Equal(19, server.Statistics.Pending);
        Task full = streams[19].StepAsync(new float[Input], default, Patience).AsTask();
        blocked.Open();
        await first;
        await Task.WhenAll(waiting);
        await full;
        Assert.Equal([.. Enumerable.Range(1, 18), .. Enumerable.Repeat(3, 39)], order);
        Assert.Equal(server.Statistics.Steps, server.Statistics.Calls);
    }

    [Fact]
    public async Task More_steps_than_may_wait_are_refused()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(20);
        await using StreamServer server = new(pool, new StreamServerOptions { MaxPending = 4 });
        LiveStream[] streams = [.. Enumerable.Range(0, 6).Select(_ => server.Open())];
        using Blocked blocked = new(Input);
        Task first = streams[0].StepAsync(blocked.Memory, default, Patience).AsTask();
        blocked.WaitUntilReached();
        Task[] waiting = [.. streams[2..5].Select(stream => stream.StepAsync(new float[Input], default, Patience).AsTask())];
        StreamServerBusyException error = await Assert.ThrowsAsync<StreamServerBusyException>(
            async () => await streams[5].StepAsync(new float[Input], default, Patience));
        Assert.Equal(StreamServerBusyReason.TooManyPending, error.Reason);
        Assert.Contains("MaxPending", error.Message, StringComparison.Ordinal);
        blocked.Open();
        await first;
        await Task.WhenAll(waiting);
        await streams[5].StepAsync(new float[Input], default, Patience);
        Assert.Equal(1, streams[5].Sequence);
        Assert.Equal(1, server.Statistics.Refusals);
    }

    [Fact]
    public async Task A_step_is_taken_back_before_it_is_gathered_and_not_later()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        await using StreamServer server = new(pool);
        LiveStream busy = server.Open();
        LiveStream stream = server.Open();
        using Blocked blocked = new(Input);
        using CancellationTokenSource late = new();
        Task first = busy.StepAsync(blocked.Memory, default, late.Token).AsTask();
        blocked.WaitUntilReached();
        using CancellationTokenSource source = new();
        float[] x = StreamModels.Values(new Random(1), Input);
        ValueTask taken = stream.StepAsync(x, default, source.Token);
        await source.CancelAsync();
        await late.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAsync<OperationCanceledException>(async () => await taken);
        Assert.Equal(source.Token, error.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.StepAsync(x, default, source.Token));
        // Its old entry is still in the queue.
        float[] y = new float[model.OutputSize];
        ValueTask again = stream.StepAsync(x, y, Patience);
        blocked.Open();
        await first;
        await again;
        using Session session = model.OpenSession();
        float[] expected = new float[y.Length];
        session.Step(x, expected);
        Bits.RequireSame(expected, y, "after a step was taken back", y.Length);
        Assert.Equal(1, stream.Sequence);
    }

    [Fact]
    public async Task Steps_that_are_taken_back_at_any_moment_leave_no_trace()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(16);
        await using StreamServer server = new(pool, new StreamServerOptions { Workers = 2, MaxRows = 4 });
        int cancelled = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(
            async () =>
            {
                Random random = new(seed);
                await using LiveStream stream = server.Open();
                using Session session = model.OpenSession();
                float[] y = new float[model.OutputSize];
                float[] expected = new float[y.Length];
                for (int i = 0; i < 400; i++)
                {
                    float[] x = StreamModels.Values(random, Input);
                    using CancellationTokenSource source = new();
                    ValueTask step = stream.StepAsync(x, y, source.Token);
                    if (random.Next(2) == 0)
                    {
                        Thread.SpinWait(random.Next(200));
                        source.Cancel();
                    }

                    try
                    {
                        await step;
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                        continue;
                    }

                    session.Step(x, expected);
                    Bits.RequireSame(expected, y, $"stream {seed}, step {i}", y.Length);
                }
            },
            Patience)));
        Assert.NotEqual(0, cancelled);
        while (server.Statistics.Pending > 0)
        {
            await Task.Delay(1, Patience); // the entries of the last ones
        }
    }

    [Fact]
    public async Task What_follows_runs_on_the_thread_pool_and_a_worker_cannot_end_the_server()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        await using StreamServer server = new(pool, new StreamServerOptions { Name = "ears" });
        LiveStream stream = server.Open();
        for (int i = 0; i < 20; i++)
        {
            await stream.StepAsync(new float[Input], default, Patience);
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
        }

        string? name = null;
        Exception? refused = null;
        using Called called = new(Input, () =>
        {
            name = Thread.CurrentThread.Name;
            refused = Record.Exception(server.Dispose);
        });
        await stream.StepAsync(called.Memory, default, Patience);
        Assert.Equal("ears 0", name);
        Assert.Contains("own threads", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
        await stream.StepAsync(new float[Input], default, Patience);
    }

    [Fact]
    public async Task Memory_that_is_gone_fails_its_own_step_only()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(4);
        await using StreamServer server = new(pool);
        LiveStream[] streams = [.. Enumerable.Range(0, 4).Select(_ => server.Open())];
        using Blocked blocked = new(Input);
        using Called gone = new(Input, () => throw new ObjectDisposedException("buffer"));
        using Called goneOutput = new(model.OutputSize, () => throw new ObjectDisposedException("buffer"));
        Task first = streams[0].StepAsync(blocked.Memory, default, Patience).AsTask();
        blocked.WaitUntilReached();
        Task second = streams[1].StepAsync(gone.Memory, default, Patience).AsTask();
        Task third = streams[2].StepAsync(new float[Input], goneOutput.Memory, Patience).AsTask();
        // Closed beside the server: the call of all of them is refused, and then each is made alone.
        float[] y = new float[model.OutputSize];
        Task fourth = streams[3].StepAsync(new float[Input], y, Patience).AsTask();
        blocked.Open();
        await first;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => third);
        await fourth;
        Assert.Equal([1L, 0, 1, 1], streams.Select(stream => stream.Sequence));
        pool.Close(streams[3].Id);
        using Blocked again = new(Input);
        first = streams[0].StepAsync(again.Memory, default, Patience).AsTask();
        again.WaitUntilReached();
        float[] x = StreamModels.Values(new Random(1), Input);
        fourth = streams[3].RunAsync(new float[2 * Input], default, Patience).AsTask();
        second = streams[1].StepAsync(x, y, Patience).AsTask();
        again.Open();
        await first;
        await second;
        await Assert.ThrowsAsync<ArgumentException>(() => fourth);
        await streams[3].CloseAsync(Patience);
        using Session session = model.OpenSession();
        float[] expected = new float[y.Length];
        session.Step(x, expected);
        Bits.RequireSame(expected, y, "beside a failure", y.Length);
    }

    [Fact]
    public async Task The_end_computes_what_waits_and_refuses_the_rest()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(30);
        StreamServer server = new(pool, new StreamServerOptions { Workers = 2 });
        LiveStream[] streams = [.. Enumerable.Range(0, 30).Select(_ => server.Open())];
        int refused = 0;
        Task[] users = [.. streams.Select(stream => Task.Run(
            async () =>
            {
                long done = 0;
                try
                {
                    while (true)
                    {
                        await stream.StepAsync(new float[Input], default, Patience);
                        done++;
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                    Assert.Equal(done, stream.Sequence);
                }
            },
            Patience))];
        await Task.Delay(50, Patience);
        await server.DisposeAsync();
        await Task.WhenAll(users);
        Assert.Equal(30, refused);
        Assert.Equal(0, pool.Count);
        Assert.Throws<ObjectDisposedException>(server.Open);
        await server.DisposeAsync();
        server.Dispose();
    }

    [Fact]
    public void Nothing_is_allocated_per_step() => ChildProcess.Run(GetType(), "RECURRENT_ALONE", "1", () =>
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(8);
        using StreamServer server = new(pool);
        LiveStream[] streams = [.. Enumerable.Range(0, 8).Select(_ => server.Open())];
        Run(2_000);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Run(20_000);
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        // Tasks and the machinery of the thread pool, and not 24 bytes for each of 160,000 steps.
        Assert.InRange(bytes, 0, 200_000);

        void Run(int steps) => Task.WaitAll([.. streams.Select(stream => Task.Run(async () =>
        {
            float[] x = new float[Input];
            float[] y = new float[model.OutputSize];
            for (int i = 0; i < steps; i++)
            {
                await stream.StepAsync(x, y, Patience);
            }
        }))]);
    });

    [Fact]
    public async Task The_meter_tells_what_happens()
    {
        string name = Guid.NewGuid().ToString();
        ConcurrentDictionary<string, double> sums = new();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Recurrent")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        await using StreamServer server = new(pool, new StreamServerOptions { Name = name });
        LiveStream stream = server.Open();
        for (int i = 0; i < 10; i++)
        {
            await stream.StepAsync(new float[Input], default, Patience);
        }

        _ = server.Open();
        Assert.Throws<StreamServerBusyException>(server.Open);
        listener.RecordObservableInstruments();
        Assert.Equal(10, sums["recurrent.steps"]);
        Assert.Equal(10, sums["recurrent.calls"]);
        Assert.Equal(10, sums["recurrent.rows_per_call"]);
        Assert.Equal(2, sums["recurrent.streams"]);
        Assert.Equal(2, sums["recurrent.streams.resident"]);
        Assert.Equal(1, sums["recurrent.refusals"]);
        Assert.Equal(0, sums["recurrent.steps.pending"]);
        Assert.Equal(0, sums["recurrent.checkpoint.lag"]);
        Assert.InRange(sums["recurrent.queue.duration"], 1e-9, 60);
        Assert.InRange(sums["recurrent.step.duration"], 1e-9, 60);

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == "recurrent.server" && tag.Value is string server && server == name)
                {
                    sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
                }
            }
        }
    }

    [Fact]
    public async Task A_listener_that_throws_and_a_context_that_refuses_stop_nobody()
    {
        string name = Guid.NewGuid().ToString();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Recurrent")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        int thrown = 0;
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) => Throw(tags));
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Throw(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Throw(tags));
        listener.Start();
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(2);
        await using StreamServer server = new(pool, new StreamServerOptions { Name = name });
        LiveStream stream = server.Open();
        LiveStream other = server.Open();
        using Blocked blocked = new(Input);
        Task first = stream.StepAsync(blocked.Memory, default, Patience).AsTask();
        blocked.WaitUntilReached();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new RefusingContext());
        _ = NeverGoesOnAsync();
        SynchronizationContext.SetSynchronizationContext(before);
        blocked.Open();
        await first;
        Assert.Throws<StreamServerBusyException>(server.Open);
        await stream.StepAsync(new float[Input], default, Patience);
        Assert.Equal(2, stream.Sequence);
        Assert.InRange(thrown, 3, int.MaxValue);

        async Task NeverGoesOnAsync() => await other.StepAsync(new float[Input], default, Patience);

        void Throw(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Value is string server && server == name)
                {
                    thrown++;
                    throw new InvalidOperationException("a listener's fault");
                }
            }
        }
    }

    [Fact]
    public async Task A_worker_that_may_wait_fills_its_call()
    {
        using RecurrentModel model = StreamModels.Create(1);
        using StreamPool pool = model.OpenPool(4);
        await using StreamServer server = new(pool, new StreamServerOptions { MaxRows = 4, MaxWait = TimeSpan.FromSeconds(1) });
        LiveStream[] streams = [.. Enumerable.Range(0, 4).Select(_ => server.Open())];
        Task[] steps = [.. streams.Select(stream => stream.StepAsync(new float[Input], default, Patience).AsTask())];
        await Task.WhenAll(steps);
        Assert.Equal(1, server.Statistics.Calls);
        await streams[0].StepAsync(new float[Input], default, Patience); // nobody else comes
        Assert.Equal(2, server.Statistics.Calls);
    }

    private sealed class RefusingContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("shut down");
    }
}
