using System.CommandLine;
using System.Diagnostics;
using Npgsql;
using Recurrent.PostgreSql;
using Recurrent.Redis;
using Recurrent.Serving;
using StackExchange.Redis;

namespace Recurrent.Streams;

/// <summary>What a state costs in each of the stores.</summary>
internal static class StoresCommand
{
    public static Command Create()
    {
        Option<string?> redis = new("--redis") { Description = "a Redis server, such as localhost:6379; its keys recurrent-bench:* are written" };
        Option<string?> postgreSql = new("--postgresql")
        {
            Description = "a connection string of PostgreSQL; the table recurrent_bench is written",
        };
        Option<string?> folder = new("--folder") { Description = "a folder that is not there yet" };
        Option<int> hidden = Options.Hidden(128);
        Option<int> streams = Options.Of("--streams", 4096, "streams whose states are written, one after the other");
        Option<int> batch = Options.Of("--batch", 256, "states of a call");
        Option<int> rounds = Options.Of("--rounds", 9, "rounds, in turn");
        Command command = new("stores", "The time of a state that is written: in memory, and in the stores that are named.")
        {
            redis, postgreSql, folder, hidden, streams, batch, rounds,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(redis), parsed.GetValue(postgreSql), parsed.GetValue(folder), parsed.GetRequiredValue(hidden),
            parsed.GetRequiredValue(streams), parsed.GetRequiredValue(batch), parsed.GetRequiredValue(rounds), cancellation));
        return command;
    }

    private static async Task RunAsync(
        string? redis, string? postgreSql, string? folder, int hidden, int streams, int batch, int rounds, CancellationToken cancellation)
    {
        // An LSTM's, without what a model would say of itself.
        byte[] state = new byte[StreamState.SizeOf(2 * hidden)];
        new Random(1).NextBytes(state);
        List<(string Name, IStreamStore Store, List<double> Times)> stores = [("memory", new MemoryStreamStore(), [])];
        using ConnectionMultiplexer? connection = redis is null ? null : await ConnectionMultiplexer.ConnectAsync(redis).ConfigureAwait(false);
        if (connection is not null)
        {
            stores.Add(("Redis", new RedisStreamStore(connection, new RedisStoreOptions { KeyPrefix = "recurrent-bench:" }), []));
        }

        await using NpgsqlDataSource? source = postgreSql is null ? null : NpgsqlDataSource.Create(postgreSql);
        if (source is not null)
        {
            PostgreSqlStreamStore store = new(source, new PostgreSqlStoreOptions { Table = "recurrent_bench" });
            await store.EnsureCreatedAsync(cancellation).ConfigureAwait(false);
            stores.Add(("PostgreSQL", store, []));
        }

        if (folder is not null)
        {
            stores.Add(("files", new FileStreamStore(folder), []));
        }

        // Numbers that are larger than those of a run before.
        long sequence = Stopwatch.GetTimestamp();
        for (int round = -1; round < rounds; round++)
        {
            sequence++;
            foreach ((_, IStreamStore store, List<double> times) in stores)
            {
                double time = await WriteAsync(store, state, sequence, streams, batch, cancellation).ConfigureAwait(false);
                if (round >= 0)
                {
                    times.Add(time);
                }
            }
        }

        Console.WriteLine($"states of {state.Length} bytes, {batch} in a call, medians of {rounds} rounds of {streams}");
        foreach ((string name, _, List<double> times) in stores)
        {
            times.Sort();
            double median = times[times.Count / 2];
            Console.WriteLine(
                $"{name,-12}{median * 1e6,10:0.00} us a state ({times[0] * 1e6:0.00} to {times[^1] * 1e6:0.00}){1 / median,14:#,0} states a second");
        }
    }

    // Seconds of a state.
    private static async Task<double> WriteAsync(
        IStreamStore store, byte[] state, long sequence, int streams, int batch, CancellationToken cancellation)
    {
        StoredState[] all = [.. Enumerable.Range(0, streams).Select(i => new StoredState($"stream {i}", sequence, state))];
        StoreOutcome[] outcomes = new StoreOutcome[streams];
        long begin = Stopwatch.GetTimestamp();
        for (int first = 0; first < streams; first += batch)
        {
            int count = Math.Min(batch, streams - first);
            await store.WriteAsync(all.AsMemory(first, count), outcomes.AsMemory(first, count), cancellation).ConfigureAwait(false);
        }

        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return outcomes.All(outcome => outcome == StoreOutcome.Written)
            ? seconds / streams
            : throw new InvalidOperationException("A state was not written.");
    }
}
