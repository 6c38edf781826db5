namespace Recurrent.Formats.Tests;

/// <summary>
/// Whatever happens to a file, reading it ends in its tensors or in one kind of exception, soon and in little memory.
/// </summary>
public sealed class SafetensorsDamageTests
{
    private const int Rounds = 4000;
    private const int MaxAllocatedBytes = 1 << 20;

    private static readonly byte[] Whole = new SafetensorsBuilder()
        .Metadata("model", "LSTM")
        .AddCounting("lstm.weight_ih_l0", 0, 8, 3)
        .Add("lstm.steps", "I64", [2], 1L, 2L)
        .Add("half", "F16", [3], (Half)1, (Half)2, (Half)3)
        .Build();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Random_damage_is_read_or_refused(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Damage(random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(SafetensorsFile.Parse(bytes));
            }
            catch (ModelFormatException)
            {
                // Refused, as it should be.
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, round {round}: {e}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (int length = 0; length < Whole.Length; length++)
        {
            byte[] bytes = Whole[..length];
            Assert.Throws<ModelFormatException>(() => SafetensorsFile.Parse(bytes));
        }
    }

    private static byte[] Damage(Random random)
    {
        List<byte> bytes = [.. Whole];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)"0123456789-[]{}\",:e"[random.Next(19)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at - 1));
                    break;
                default:
                    bytes[random.Next(8)] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void ReadAll(SafetensorsFile file)
    {
        foreach (SafetensorsTensor tensor in file.Tensors.Values)
        {
            if (tensor.ElementType is TensorElementType.F16 or TensorElementType.BF16
                or TensorElementType.F32 or TensorElementType.F64)
            {
                Assert.Equal(tensor.ElementCount, tensor.ToSingles().Length);
                Assert.Equal(tensor.ElementCount, tensor.ToDoubles().Length);
            }
        }
    }
}
