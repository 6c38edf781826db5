using System.Diagnostics;
using System.Globalization;
using Recurrent.Serving;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Serving;

/// <summary>A process with streams that is killed, and the next one that goes on with them.</summary>
public sealed class KilledServerTests
{
    private const string Folder = "RECURRENT_TEST_KILLED";
    private const int Streams = 30;
    private const int Input = 2;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_of_a_killed_process_go_on_from_the_store_with_the_same_bits()
    {
        if (Environment.GetEnvironmentVariable(Folder) is string folder)
        {
            await StepUntilKilledAsync(folder);
            return;
        }

        DirectoryInfo states = Directory.CreateTempSubdirectory("recurrent-killed-");
        try
        {
            long[] known = new long[Streams];
            for (int life = 0; life < 3; life++)
            {
                await KillOneAsync(states.FullName, known);
            }

            Assert.All(known, sequence => Assert.NotEqual(0, sequence));
            using RecurrentModel model = Models.Lstm();
            using StreamPool pool = model.OpenPool(Streams);
            await using StreamServer server = new(pool, new StreamServerOptions { Store = new FileStreamStore(states.FullName) });
            for (int i = 0; i < Streams; i++)
            {
                LiveStream stream = await server.OpenAsync(Key(i), Patience);
                Assert.InRange(stream.Sequence, known[i], long.MaxValue);
                using Session session = model.OpenSession();
                float[] x = new float[Input];
                float[] y = new float[model.OutputSize];
                float[] expected = new float[y.Length];
                for (long step = 0; step < stream.Sequence; step++)
                {
                    Fill(x, i, step);
                    session.Step(x, expected);
                }

                for (int step = 0; step < 3; step++)
                {
                    Fill(x, i, stream.Sequence);
                    session.Step(x, expected);
                    await stream.StepAsync(x, y, Patience);
                    Bits.RequireSame(expected, y, $"stream {i}", y.Length);
                }
            }
        }
        finally
        {
            states.Delete(recursive: true);
        }
    }

    // Kills the process when it has said of every stream that a later step is in the store, in the middle of whatever it does.
    private static async Task KillOneAsync(string folder, long[] known)
    {
        using Process process = ChildProcess.Start(
            typeof(KilledServerTests), nameof(Streams_of_a_killed_process_go_on_from_the_store_with_the_same_bits), Folder, folder);
        Task<string> error = process.StandardError.ReadToEndAsync(Patience);
        long[] before = [.. known];
        List<string> lines = [];
        try
        {
            while (before.Zip(known).Any(pair => pair.Second <= pair.First))
            {
                string? line = await process.StandardOutput.ReadLineAsync(Patience);
                if (line is null)
                {
                    Assert.Fail(string.Join('\n', lines) + await error);
                }

                lines.Add(line);
                string[] words = line.Split(' ');
                if (words is ["persisted", var stream, var sequence])
                {
                    known[int.Parse(stream, CultureInfo.InvariantCulture)] = long.Parse(sequence, CultureInfo.InvariantCulture);
                }
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Patience);
        }
    }

    private static async Task StepUntilKilledAsync(string folder)
    {
        using RecurrentModel model = Models.Lstm();
        using StreamPool pool = model.OpenPool(Streams / 2);
        await using StreamServer server = new(
            pool,
            new StreamServerOptions
            {
                Store = new FileStreamStore(folder),
                CheckpointEvery = TimeSpan.FromMilliseconds(10),
                IdleAfter = TimeSpan.FromMilliseconds(20),
            });
        // There are more streams than places.
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => Task.Run(
            async () =>
            {
                LiveStream stream = await TryAsync(() => server.OpenAsync(Key(i), Patience));
                float[] x = new float[Input];
                long said = stream.Persisted;
                while (true)
                {
                    Fill(x, i, stream.Sequence);
                    await TryAsync(async () =>
                    {
                        await stream.StepAsync(x, default, Patience);
                        return true;
                    });
                    long persisted = stream.Persisted;
                    if (persisted > said)
                    {
                        Console.WriteLine($"persisted {i} {persisted}");
                        said = persisted;
                        await Task.Delay(30, Patience);
                    }
                    else if (stream.Sequence > said + 100)
                    {
                        await Task.Delay(1, Patience); // all of them are computed once more afterwards
                    }
                }
            },
            Patience)));
    }

    private static async Task<T> TryAsync<T>(Func<ValueTask<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (StreamServerBusyException)
            {
                await Task.Delay(1, Patience);
            }
        }
    }

    private static string Key(int i) => $"stream {i}";

    private static void Fill(float[] x, int stream, long step)
    {
        Random random = new(HashCode(stream, step));
        foreach (ref float value in x.AsSpan())
        {
            value = (2 * random.NextSingle()) - 1;
        }
    }

    // The same in every process.
    private static int HashCode(int stream, long step) => unchecked((int)((stream * 7919L) + (step * 104_729)));
}
