using System.CommandLine;
using System.Diagnostics;
using Recurrent.Serving;

namespace Recurrent.Streams;

/// <summary>Thousands of streams through one server for some time: latency, memory, and whether anything is lost.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        Option<int> hidden = Options.Hidden();
        Option<int> streams = Options.Of("--streams", 10_000, "streams");
        Option<double> seconds = Options.Of("--seconds", 600.0, "how long");
        Option<double> rate = Options.Of("--rate", 31.25, "steps of a stream a second");
        Option<int> workers = Options.Of("--workers", 1, "threads of the server");
        Option<int> check = Options.Of("--check", 100, "streams whose outputs are compared with those of a session, bit for bit");
        Option<string> store = new("--store") { Description = "'memory', or a folder that states are written to; none without it" };
        Command command = new("load", "Many streams through one server: latency, memory, and whether anything is lost.")
        {
            hidden, streams, seconds, rate, workers, check, store,
        };
        command.SetAction(parsed => RunAsync(
            parsed.GetRequiredValue(hidden),
            parsed.GetRequiredValue(streams),
            TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)),
            parsed.GetRequiredValue(rate),
            parsed.GetRequiredValue(workers),
            parsed.GetRequiredValue(check),
            parsed.GetValue(store)));
        return command;
    }

    private static async Task<int> RunAsync(
        int hidden, int count, TimeSpan duration, double rate, int workers, int check, string? store)
    {
        using RecurrentModel model = RecurrentModel.Create(BenchModel.Lstm(hidden));
        using StreamPool pool = model.OpenPool(count);
        IStreamStore? states = store switch
        {
            null => null,
            "memory" => new MemoryStreamStore(),
            _ => new FileStreamStore(store),
        };
        await using StreamServer server = new(pool, new StreamServerOptions { Workers = workers, Store = states });
        LatencyHistogram latency = new();
        LatencyHistogram whole = new();
        User[] users = new User[count];
        LiveStream[] live = new LiveStream[count];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < count; i++)
        {
            live[i] = states is null ? server.Open() : await server.OpenAsync($"stream {i}");
        }

        long managed = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        for (int i = 0; i < count; i++)
        {
            users[i] = new User(
                live[i],
                hidden,
                i,
                i < check ? model.OpenSession() : null,
                [latency, whole]);
        }

        Task[] running = [.. users.Select(user => user.RunAsync())];
        Console.WriteLine(
            $"LSTM {hidden}, {count} streams, {rate} steps a second each, {workers} workers, "
            + $"store {store ?? "none"}, {check} streams compared; {managed} bytes of managed memory a stream");
        Console.WriteLine("seconds   steps/s   rows/call   p50 us   p99 us   p99.9 us   heap MB   process MB   collections");
        Pace(users, rate, duration, server, latency);
        foreach (User user in users)
        {
            user.Stop();
        }

        await Task.WhenAll(running);
        await server.CheckpointAsync();
        long awaited = users.Sum(user => user.Steps);
        long computed = users.Sum(user => user.Stream.Sequence);
        long different = users.Sum(user => user.Different);
        long unwritten = states is null ? 0 : users.Sum(user => user.Stream.Sequence - user.Stream.Persisted);
        Console.WriteLine(
            $"all: {awaited} steps awaited, {computed} computed, {users.Sum(user => user.Missed)} beats came before the step before had ended; "
            + $"p50 {whole.Quantile(0.5):F0}, p99 {whole.Quantile(0.99):F0}, p99.9 {whole.Quantile(0.999):F0} us; "
            + $"{different} outputs different of {users.Sum(user => user.Compared)} compared; "
            + $"{server.Statistics.Written} states written, {unwritten} steps not in the store");
        return awaited == computed && different == 0 && unwritten == 0 ? 0 : 1;
    }

    // Every stream has its own phase; what is due is begun every millisecond.
    private static void Pace(User[] users, double rate, TimeSpan duration, StreamServer server, LatencyHistogram latency)
    {
        using Process process = Process.GetCurrentProcess();
        long begin = Stopwatch.GetTimestamp();
        double perSecond = rate * users.Length;
        long given = 0;
        double report = 10;
        StreamServerStatistics last = server.Statistics;
        double lastSeconds = 0;
        double seconds;
        while ((seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds) < duration.TotalSeconds)
        {
            long due = (long)(seconds * perSecond);
            for (; given < due; given++)
            {
                users[given % users.Length].Due();
            }

            if (seconds >= report)
            {
                StreamServerStatistics now = server.Statistics;
                process.Refresh();
                Console.WriteLine(
                    $"{seconds,7:F0}  {(now.Steps - last.Steps) / (seconds - lastSeconds),8:F0}   "
                    + $"{(now.Steps - last.Steps) / (double)Math.Max(now.Calls - last.Calls, 1),9:F1}   "
                    + $"{latency.Quantile(0.5),6:F0}   {latency.Quantile(0.99),6:F0}   {latency.Quantile(0.999),8:F0}   "
                    + $"{GC.GetTotalMemory(false) / 1e6,7:F0}   {process.WorkingSet64 / 1e6,10:F0}   {GC.CollectionCount(0),11}");
                latency.Clear();
                last = now;
                lastSeconds = seconds;
                report += 10;
            }

            Thread.Sleep(1);
        }
    }

    private sealed class User(LiveStream stream, int hidden, int number, Session? session, LatencyHistogram[] latencies)
    {
        private readonly Beat _beat = new();
        private volatile bool _isStopped;

        public LiveStream Stream => stream;

        public long Steps { get; private set; }

        public long Compared { get; private set; }

        public long Different { get; private set; }

        public long Missed => _beat.Missed;

        public void Due() => _beat.Set();

        public void Stop()
        {
            _isStopped = true;
            _beat.Set();
        }

        public async Task RunAsync()
        {
            float[] x = new float[hidden];
            float[] y = new float[hidden];
            float[] expected = new float[hidden];
            while (true)
            {
                await _beat.WaitAsync().ConfigureAwait(false);
                if (_isStopped)
                {
                    return;
                }

                BenchModel.Fill(x, number, Steps);
                long begin = Stopwatch.GetTimestamp();
                await stream.StepAsync(x, y).ConfigureAwait(false);
                long ticks = Stopwatch.GetTimestamp() - begin;
                foreach (LatencyHistogram latency in latencies)
                {
                    latency.Add(ticks);
                }

                Steps++;
                if (session is not null)
                {
                    session.Step(x, expected);
                    Compared += y.Length;
                    for (int i = 0; i < y.Length; i++)
                    {
                        Different += BitConverter.SingleToUInt32Bits(y[i]) == BitConverter.SingleToUInt32Bits(expected[i]) ? 0 : 1;
                    }
                }
            }
        }
    }
}
