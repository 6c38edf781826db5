using System.Diagnostics;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Whatever happens to a file, reading it ends in a model or in one kind of exception, soon and in little memory.</summary>
public sealed class OnnxDamageTests
{
    private const int Rounds = 100;
    private const long MaxAllocatedBytes = 600L << 20;

    public static TheoryData<string> Names => OnnxExportTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_damage_is_read_or_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(OnnxExportTests.Golden, $"{name}.onnx"));
        Random random = new(name.Length + (31 * name[^1]));
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(1 << random.Next(8));
            }

            Read(bytes, $"round {round}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Truncated_files_are_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(OnnxExportTests.Golden, $"{name}.onnx"));
        int step = Math.Max(1, whole.Length / 100);
        for (int length = 0; length < whole.Length; length += step)
        {
            Read(whole[..length], $"length {length}");
        }

        Assert.Throws<ModelFormatException>(() => OnnxFile.Parse(whole.AsMemory(0, whole.Length / 2)).ToModel());
    }

    private static void Read(byte[] bytes, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            OnnxFile.Parse(bytes).ToModel();
        }
        catch (ModelFormatException)
        {
            // Refused, as it should be.
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
