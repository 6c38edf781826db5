using System.Runtime.InteropServices;
using Recurrent.Formats;

namespace Recurrent.Demo;

/// <summary>
/// Plays one second of guitar through a capture of an amplifier, as an audio plugin would: sample by sample, and in
/// blocks. Both give the same bits, and what was recorded in float64 up to float's rounding.
/// </summary>
internal static class Amplifier
{
    // What audio interfaces ask for at a time, when they are asked for little delay.
    private const int BlockSamples = 64;
    private const double LargestAllowed = 3e-5;

    /// <summary>Plays and prints.</summary>
    /// <param name="data">The folder of the data.</param>
    /// <returns>Whether everything is as it should be.</returns>
    public static bool Run(string data)
    {
        ImportedModel capture = ModelFile.Load(Path.Combine(data, "nam", "BossLSTM-1x16.nam"));
        using RecurrentModel model = RecurrentModel.Create(capture.Definition);
        int sampleRate = capture.SampleRate ?? throw new InvalidOperationException("The capture has no sample rate.");

        using SafetensorsFile recording = SafetensorsFile.Open(Path.Combine(data, "nam", "BossLSTM-1x16.io.safetensors"));
        float[] guitar = recording["x"].ToSingles();
        double[] recorded = recording["y.f64"].ToDoubles();

        // A session starts from the states that the capture was trained to start from.
        using Session session = model.OpenSession();
        float[] bySample = new float[guitar.Length];
        float[] byBlock = new float[guitar.Length];
        AudioTiming samples = AudioTiming.Measure(session, guitar, bySample, 1, sampleRate);
        AudioTiming blocks = AudioTiming.Measure(session, guitar, byBlock, BlockSamples, sampleRate);

        double difference = bySample.Zip(recorded, (ours, theirs) => Math.Abs(ours - theirs)).Max();
        bool sameBits = MemoryMarshal.AsBytes<float>(bySample).SequenceEqual(MemoryMarshal.AsBytes<float>(byBlock));
        long allocated = samples.AllocatedBytes + blocks.AllocatedBytes;
        Console.WriteLine($"""
                model         LSTM(16) + Dense(1), {capture.Format}, {model.InstructionSet}; {sampleRate} Hz leave {1e6 / sampleRate:F1} µs a sample
                by sample     {samples}
                by {BlockSamples}         {blocks}
                recording     largest difference {difference:0.0e-00} (at most {LargestAllowed:0e-00}) in {recorded.Length} samples
                blocks        {(sameBits ? "the same bits" : "OTHER BITS")} as sample by sample
                allocation    {allocated} managed bytes in {samples.Calls + blocks.Calls} calls
            """);
        return difference <= LargestAllowed && sameBits && allocated == 0;
    }
}
