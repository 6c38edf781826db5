using NAudio.Dsp;

namespace Voices;

/// <summary>A frame of sound as the model takes it: how loud it is in some bands of frequency.</summary>
internal sealed class Frames
{
    /// <summary>Samples a second.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Samples of a frame: 32 milliseconds.</summary>
    public const int Length = 512;

    /// <summary>Features of a frame.</summary>
    public const int Bands = 20;

    private const int LogLength = 9;
    private const double Lowest = 80;
    private const double Highest = 6000;

    private static readonly float[] Window =
        [.. Enumerable.Range(0, Length).Select(i => (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Length))))];

    // The first line of the spectrum of each band, and the end of the last; equal steps on the mel scale.
    private static readonly int[] Edges = [.. Enumerable.Range(0, Bands + 1).Select(band =>
        (int)Math.Round(Hertz(Mel(Lowest) + ((Mel(Highest) - Mel(Lowest)) * band / Bands)) * Length / SampleRate))];

    private readonly Complex[] _spectrum = new Complex[Length];

    /// <summary>Decibels of each band, divided by 20.</summary>
    /// <param name="samples">A frame, from -1 to 1.</param>
    /// <param name="features">Receives <see cref="Bands"/> numbers.</param>
    public void Analyze(ReadOnlySpan<float> samples, Span<float> features)
    {
        for (int i = 0; i < Length; i++)
        {
            _spectrum[i] = new Complex { X = samples[i] * Window[i] };
        }

        FastFourierTransform.FFT(true, LogLength, _spectrum);
        for (int band = 0; band < Bands; band++)
        {
            int first = Edges[band];
            int end = Math.Max(Edges[band + 1], first + 1);
            float power = 1e-9f;
            for (int line = first; line < end; line++)
            {
                power += (_spectrum[line].X * _spectrum[line].X) + (_spectrum[line].Y * _spectrum[line].Y);
            }

            features[band] = 0.5f * MathF.Log10(power);
        }
    }

    // Stevens, Volkmann and Newman's scale of pitch, in O'Shaughnessy's form.
    private static double Mel(double hertz) => 2595 * Math.Log10(1 + (hertz / 700));

    private static double Hertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
}
