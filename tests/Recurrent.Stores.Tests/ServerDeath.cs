using System.Diagnostics;
using Recurrent.Stores.Tests.Servers;

namespace Recurrent.Stores.Tests;

/// <summary>Servers that are killed or stopped while a store writes.</summary>
internal static class ServerDeath
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Writes all the time while the server is killed and started again, and requires that nothing acknowledged is lost.</summary>
    public static async Task Survive(IStreamStore store, LocalServer server, CancellationToken token)
    {
        const int Keys = 50;
        long[] acknowledged = new long[Keys];
        int failures = 0;
        Random random = new(1);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task writer = Task.Run(
            async () =>
            {
                StoreOutcome[] outcomes = new StoreOutcome[Keys];
                for (long number = 1; !end.IsCancellationRequested; number++)
                {
                    StoredState[] states = [.. Enumerable.Range(0, Keys).Select(key => new StoredState($"{key}", number, StateOf(key, number)))];
                    try
                    {
                        await store.WriteAsync(states, outcomes, token);
                        Assert.All(outcomes, outcome => Assert.NotEqual(StoreOutcome.Fenced, outcome));
                        Array.Fill(acknowledged, number);
                    }
                    catch (IOException)
                    {
                        // The same states once more: the answer may have been lost.
                        number--;
                        failures++;
                        await Task.Delay(20, token);
                    }
                }
            },
            token);
        for (int round = 0; round < 3; round++)
        {
            await Task.Delay(random.Next(100, 400), token);
            long before = Volatile.Read(ref acknowledged[0]);
            server.Kill();
            await Task.Delay(100, token);
            server.Start();
            long begin = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref acknowledged[Keys - 1]) < before + 3 && !writer.IsCompleted)
            {
                Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, "The connection does not come back.");
                await Task.Delay(20, token);
            }
        }

        await end.CancelAsync();
        await writer;
        Assert.True(failures > 0);

        // Once more, with nothing but what the server has on its disk.
        server.Kill();
        server.Start();
        for (int key = 0; key < Keys; key++)
        {
            byte[] state = (await Patiently(() => store.ReadAsync($"{key}", token), token))!;
            long number = BitConverter.ToInt64(state);
            Assert.True(number >= acknowledged[key], $"{key}: {number}, acknowledged {acknowledged[key]}");
            Assert.Equal(StateOf(key, number), state);
        }
    }

    /// <summary>Requires that calls to a server that does not answer end, and that it is used again when it does.</summary>
    public static async Task WaitForStopped(IStreamStore store, LocalServer server, CancellationToken token)
    {
        StoreOutcome[] outcomes = new StoreOutcome[1];
        StoredState[] states = [new("a", 1, new byte[10])];
        await store.WriteAsync(states, outcomes, token);
        server.Stop();
        long begin = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("a", token).AsTask());
        states[0] = new StoredState("a", 2, new byte[20]);
        await Assert.ThrowsAsync<IOException>(() => store.WriteAsync(states, outcomes, token).AsTask());
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ReadAsync("a", soon.Token).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.WriteAsync(states, outcomes, soon.Token).AsTask());
        Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, "The calls end too late.");
        server.Resume();
        states[0] = new StoredState("a", 3, new byte[30]);
        await Patiently(
            async () =>
            {
                await store.WriteAsync(states, outcomes, token);
                return true;
            },
            token);
        Assert.Equal(30, (await store.ReadAsync("a", token))!.Length);
    }

    private static byte[] StateOf(int key, long number)
    {
        byte[] state = new byte[200];
        Array.Fill(state, (byte)(key + number));
        BitConverter.TryWriteBytes(state, number);
        return state;
    }

    private static async Task<T> Patiently<T>(Func<ValueTask<T>> call, CancellationToken token)
    {
        for (long begin = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await call();
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(begin) < Patience)
            {
                await Task.Delay(50, token);
            }
        }
    }
}
