using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Recurrent;
using Recurrent.Serving;

namespace Voices;

/// <summary>Streams of sound through a server, and what its meter says of them.</summary>
internal static class Service
{
    public static async Task<int> RunAsync(
        DirectoryInfo? wav, int count, TimeSpan duration, int workers, CancellationToken cancellation)
    {
        float[][] sounds;
        bool[][]? voices = null;
        DirectoryInfo? made = null;
        try
        {
            // Without a folder of WAV files, one is made: what follows reads files either way.
            made = wav is null ? Make(out voices) : null;
            sounds = Sound.Read(wav ?? made!);
        }
        catch (Exception exception) when (exception is IOException or FormatException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return 2;
        }
        finally
        {
            made?.Delete(recursive: true);
        }

        Stopwatch watch = Stopwatch.StartNew();
        using RecurrentModel model = Detector.Train();
        Console.WriteLine($"{sounds.Length} sounds; a detector of {model.PackedBytes / 1024} KiB was trained in {watch.Elapsed.TotalSeconds:F1} s");

        List<Metric> metrics = [];
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddMeter("Recurrent").AddInMemoryExporter(metrics).Build();
        using StreamPool pool = model.OpenPool(count);
        await using StreamServer server = new(pool, new StreamServerOptions { Workers = workers, Name = "voices" });
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(duration);
        Listener[] listeners = [.. Enumerable.Range(0, count).Select(
            i => new Listener(sounds[i % sounds.Length], voices?[i % sounds.Length], i))];
        // One place reads the sound of all streams, as a receiver of packets would; a frame is due every 32 milliseconds.
        Task[] running = [.. listeners.Select(listener => listener.RunAsync(server, end.Token))];
        Console.WriteLine("second   steps/s   rows/call   queue p99 us   call p99 us   voices");
        double before = 0;
        try
        {
            for (int second = 1; ; second++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), end.Token);
                metrics.Clear();
                provider.ForceFlush();
                Report report = new(metrics);
                double steps = report.Sum("recurrent.steps");
                Console.WriteLine(
                    $"{second,6}   {steps - before,7:F0}   {report.Mean("recurrent.rows_per_call"),9:F1}   "
                    + $"{1e6 * report.Quantile("recurrent.queue.duration", 0.99),12:F0}   "
                    + $"{1e6 * report.Quantile("recurrent.step.duration", 0.99),11:F0}   {listeners.Count(listener => listener.HearsVoice),6}");
                before = steps;
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }

        long frames = listeners.Sum(listener => listener.Count);
        Console.WriteLine(
            $"{frames} frames of {count} streams, {listeners.Sum(listener => listener.LateCount)} of them late; "
            + $"voices in {Percent(listener => listener.VoiceCount):F0} %"
            + (voices is null ? string.Empty : $", right in {Percent(listener => listener.RightCount):F0} %"));
        return 0;

        double Percent(Func<Listener, long> value) => 100.0 * listeners.Sum(value) / Math.Max(frames, 1);
    }

    // Other sounds than the detector was trained with, and which of their frames have a voice.
    private static DirectoryInfo Make(out bool[][] voices)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("voices-");
        voices = new bool[8][];
        for (int i = 0; i < voices.Length; i++)
        {
            Sound.Write(Path.Combine(folder.FullName, $"{i}.wav"), Sound.Make(1000 + i, 20, out voices[i]));
        }

        return folder;
    }
}
