using System.Diagnostics;
using Recurrent.Serving;

namespace Voices;

/// <summary>One stream: a sound that is played again and again, from a place of its own.</summary>
internal sealed class Listener(float[] sound, bool[]? voices, int number)
{
    private static readonly double FrameSeconds = Frames.Length / (double)Frames.SampleRate;

    private readonly Frames _analysis = new();

    /// <summary>Frames that were looked at.</summary>
    public long Count { get; private set; }

    /// <summary>Frames with a voice.</summary>
    public long VoiceCount { get; private set; }

    /// <summary>Frames where the answer is what is known of the sound; 0 if nothing is.</summary>
    public long RightCount { get; private set; }

    /// <summary>Frames whose answer came after the next one was due.</summary>
    public long LateCount { get; private set; }

    /// <summary>Whether there was a voice in the last one.</summary>
    public bool HearsVoice { get; private set; }

    public async Task RunAsync(StreamServer server, CancellationToken cancellation)
    {
        await using LiveStream stream = server.Open();
        float[] x = new float[Frames.Bands];
        float[] probability = new float[1];
        int length = sound.Length / Frames.Length;
        int place = number * 7 % length;
        try
        {
            // Phases of their own, so that the streams do not all come at once.
            await Task.Delay(TimeSpan.FromSeconds(FrameSeconds * (number % 32) / 32), cancellation);
            using PeriodicTimer timer = new(TimeSpan.FromSeconds(FrameSeconds));
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                long begin = Stopwatch.GetTimestamp();
                _analysis.Analyze(sound.AsSpan(place * Frames.Length, Frames.Length), x);
                await stream.StepAsync(x, probability, CancellationToken.None);
                Count++;
                HearsVoice = probability[0] > 0.5f;
                RightCount += voices?[place] == HearsVoice ? 1 : 0;
                place = (place + 1) % length;
                VoiceCount += HearsVoice ? 1 : 0;
                LateCount += Stopwatch.GetElapsedTime(begin).TotalSeconds > FrameSeconds ? 1 : 0;
            }
        }
        catch (OperationCanceledException)
        {
            // The sound has ended.
        }
    }
}
