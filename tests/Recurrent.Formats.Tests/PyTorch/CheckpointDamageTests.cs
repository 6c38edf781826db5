using Recurrent.Formats.PyTorch;

namespace Recurrent.Formats.Tests;

/// <summary>
/// Whatever happens to a checkpoint, reading it ends in a model or in one kind of exception, soon and in little memory.
/// </summary>
public sealed class CheckpointDamageTests
{
    private const int Rounds = 700;
    private const long MaxAllocatedBytes = 200 << 20;

    private static readonly string[] Names = ["zip", "deflated", "legacy", "views", "checkpoint", "embedding", "batch_norm"];

    public static TheoryData<string, int> Seeds =>
        [.. from name in Names from seed in Enumerable.Range(1, 3) select (name, seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_damage_is_read_or_refused(string name, int seed)
    {
        byte[] whole = File.ReadAllBytes(TorchFiles.PathOf(name));
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            AssertReadOrRefused(Damage(whole, random), $"{name}, seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("legacy")]
    public void Every_truncation_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(TorchFiles.PathOf(name));
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] bytes = whole[..length];
            Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(bytes));
        }
    }

    [Fact]
    public void A_pickle_of_random_operations_is_read_or_refused()
    {
        const string Common = "}])(tqhrjsueabRQNKMJXU\x85\x86\x87\x88\x89\x8a\x8c\x93\x94";
        var random = new Random(4);
        for (int round = 0; round < 20_000; round++)
        {
            var builder = new CheckpointBuilder().Singles("0", 1, 2, 3, 4);
            for (int i = random.Next(40); i > 0; i--)
            {
                Add(builder, random, Common);
            }

            AssertReadOrRefused(builder.Build(), $"round {round}");
        }
    }

    private static void Add(CheckpointBuilder builder, Random random, string codes)
    {
        switch (random.Next(12))
        {
            case 0:
                builder.Tensor("0", random.Next(-1, 6), random.Next(-1, 5), [random.Next(4)], [random.Next(4)]);
                break;
            case 1:
                builder.Text("storage");
                break;
            case 2:
                builder.Global("torch._utils", random.Next(2) == 0 ? "_rebuild_tensor_v2" : "_rebuild_parameter");
                break;
            case 3:
                builder.Global("torch", "FloatStorage");
                break;
            default:
                builder.Operation(codes[random.Next(codes.Length)]);
                break;
        }
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        List<byte> bytes = [.. whole];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    int count = Math.Min(random.Next(1, 9), bytes.Count - at);
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, count));
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at - 1));
                    break;
            }
        }

        return [.. bytes];
    }

    private static void AssertReadOrRefused(byte[] bytes, string round)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using PyTorchFile file = PyTorchFile.Parse(bytes);
            PyTorchImport.Read(file, "", new Dictionary<string, string>(), new ImportOptions { AssumeDefaults = true });
        }
        catch (ModelFormatException)
        {
            // Refused, as it should be.
        }
        catch (Exception e)
        {
            Assert.Fail($"{round}: {e}");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
    }
}
