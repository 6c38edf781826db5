using NAudio.Wave;
using NAudio.Wave.SampleProviders;

namespace Voices;

/// <summary>Sounds: read from WAV files, or made.</summary>
internal static class Sound
{
    /// <summary>Reads the WAV files of a folder: any rate and format that NAudio reads, the first channel.</summary>
    public static float[][] Read(DirectoryInfo folder)
    {
        if (!folder.Exists)
        {
            throw new IOException($"--wav: the folder '{folder}' does not exist.");
        }

        FileInfo[] files = [.. folder.GetFiles("*.wav").OrderBy(file => file.Name, StringComparer.Ordinal)];
        return files.Length > 0
            ? [.. files.Select(Read)]
            : throw new IOException($"--wav: expected WAV files, found none in '{folder}'.");
    }

    /// <summary>Writes sound as a WAV file of 16 bits.</summary>
    public static void Write(string path, float[] samples)
    {
        using WaveFileWriter writer = new(path, new WaveFormat(Frames.SampleRate, 16, 1));
        writer.WriteSamples(samples, 0, samples.Length);
    }

    /// <summary>
    /// Makes sound in which voices come and go in noise. A voice is a source of pulses with a pitch that moves, through three
    /// resonances, in syllables: what the ear takes for speech, though no words.
    /// </summary>
    /// <param name="seed">Another one gives another sound.</param>
    /// <param name="seconds">Its length.</param>
    /// <param name="isVoice">Whether there is a voice, for each frame.</param>
    public static float[] Make(int seed, int seconds, out bool[] isVoice)
    {
        Random random = new(seed);
        float[] samples = new float[seconds * Frames.SampleRate / Frames.Length * Frames.Length];
        isVoice = new bool[samples.Length / Frames.Length];
        AddNoise(samples, random);
        for (int at = random.Next(Frames.SampleRate); at < samples.Length;)
        {
            int length = Math.Min(Frames.SampleRate * random.Next(5, 30) / 10, samples.Length - at);
            AddVoice(samples.AsSpan(at, length), random);
            for (int frame = at / Frames.Length; frame < (at + length) / Frames.Length; frame++)
            {
                isVoice[frame] = true;
            }

            at += length + (Frames.SampleRate * random.Next(5, 30) / 10);
        }

        return samples;
    }

    private static float[] Read(FileInfo file)
    {
        using WaveFileReader reader = new(file.FullName);
        ISampleProvider source = reader.ToSampleProvider();
        int channels = source.WaveFormat.Channels;
        if (source.WaveFormat.SampleRate != Frames.SampleRate)
        {
            source = new WdlResamplingSampleProvider(source, Frames.SampleRate);
        }

        List<float> samples = [];
        float[] block = new float[4096 * channels];
        for (int read; (read = source.Read(block)) > 0;)
        {
            for (int i = 0; i < read; i += channels)
            {
                samples.Add(block[i]);
            }
        }

        return samples.Count >= Frames.Length
            ? [.. samples]
            : throw new IOException($"'{file.Name}': expected at least {Frames.Length} samples, found {samples.Count}.");
    }

    // Of a random colour and loudness, with a hum and clicks.
    private static void AddNoise(Span<float> samples, Random random)
    {
        double loudness = Math.Pow(10, (random.NextDouble() * 2) - 3.5);
        double colour = random.NextDouble() * 0.98;
        double hum = random.Next(2) * loudness * random.NextDouble();
        double last = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            last = (colour * last) + ((1 - colour) * ((2 * random.NextDouble()) - 1) * 2);
            double click = random.Next(8000) == 0 ? (20 * loudness) : 0;
            samples[i] += (float)((loudness * last / Math.Sqrt(1 - colour)) + (hum * Math.Sin(2 * Math.PI * 50 * i / Frames.SampleRate)) + click);
        }
    }

    private static void AddVoice(Span<float> samples, Random random)
    {
        double loudness = Math.Pow(10, (random.NextDouble() * 1.2) - 1.8);
        double pitch = 80 + (random.NextDouble() * 180);
        Resonance[] tract = [new(500), new(1500), new(2500)];
        double phase = 0;
        int syllable = 0;
        int rest = 0;
        bool isHiss = false;
        for (int i = 0; i < samples.Length; i++)
        {
            if (rest-- == 0)
            {
                syllable = rest = Frames.SampleRate * random.Next(8, 25) / 100;
                isHiss = random.Next(5) == 0;
                tract[0].Frequency = 250 + (random.NextDouble() * 600);
                tract[1].Frequency = 900 + (random.NextDouble() * 1400);
                tract[2].Frequency = 2200 + (random.NextDouble() * 900);
            }

            double place = syllable == 0 ? 0 : 1 - (rest / (double)syllable);
            double envelope = Math.Sin(Math.PI * Math.Clamp(place, 0, 1));
            double moving = pitch * (1 + (0.15 * Math.Sin(2 * Math.PI * i / Frames.SampleRate * 0.7)));
            phase += moving / Frames.SampleRate;
            double source = isHiss ? (0.3 * ((2 * random.NextDouble()) - 1)) : phase >= 1 ? 1 : 0;
            phase -= Math.Floor(phase);
            double voice = 0;
            foreach (Resonance resonance in tract)
            {
                voice += resonance.Next(source);
            }

            samples[i] = (float)Math.Clamp(samples[i] + (loudness * envelope * voice), -1, 1);
        }
    }

    // A filter of two poles.
    private sealed class Resonance(double frequency)
    {
        private const double Bandwidth = 90;

        private double _last;
        private double _before;

        public double Frequency { get; set; } = frequency;

        public double Next(double x)
        {
            double radius = Math.Exp(-Math.PI * Bandwidth / Frames.SampleRate);
            double y = ((1 - radius) * 6 * x)
                + (2 * radius * Math.Cos(2 * Math.PI * Frequency / Frames.SampleRate) * _last)
                - (radius * radius * _before);
            _before = _last;
            _last = y;
            return y;
        }
    }
}
