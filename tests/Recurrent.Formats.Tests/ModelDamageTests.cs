using System.Text;
using Recurrent.Formats.Json;
using Recurrent.Formats.Keras;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Tests;

/// <summary>
/// Whatever happens to a file with a JSON model or a Keras model, reading it ends in a model or in one kind of exception,
/// soon and in little memory.
/// </summary>
public sealed class ModelDamageTests
{
    private const int Rounds = 3000;
    private const long MaxAllocatedBytes = 16 << 20;

    // What a random byte seldom makes: numbers beyond every type, deep nesting, other words.
    private static readonly string[] Splinters =
        ["1e999", "-1", "99999999999999999999", "0.5", "null", "true", "{}", "[]", "[[", "]]", "\"LSTM\"", "\"\\ud800\"",
        "\"Add\"", ",", ":", "\"", "2147483647", "1048576", new string('[', 100), "NaN", "\u0000"];

    public static TheoryData<string> Models =>
    [
        "keras/rtneural_layers.json", "keras/aida_skip_gain.json", "keras/guitarml_lstm.json", "keras/guitarml_gru.json",
        "nam/BossLSTM-1x16.nam", "rtneural/models/gru_torch.json", "keras/bidirectional.safetensors",
        "keras/residual_keras_2.safetensors", "keras/residual_keras_3.safetensors", "keras/activations.safetensors",
        "keras/embedding.safetensors", "keras/masking_bidirectional.safetensors", "keras/gru_first_keras_2.safetensors",
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void Random_damage_is_read_or_refused(string file)
    {
        byte[] whole = File.ReadAllBytes(GoldenFiles.PathOf(file.Split('/')));
        for (int seed = 0; seed < Rounds; seed++)
        {
            byte[] damaged = Damage(whole, new Random(seed));
            AssertReadOrRefused(damaged, $"{file}, seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_kind_of_truncation_is_refused(string file)
    {
        byte[] whole = File.ReadAllBytes(GoldenFiles.PathOf(file.Split('/')));
        int end = whole.AsSpan().TrimEnd(" \r\n"u8).Length;
        for (int length = 0; length < end; length += Math.Max(1, end / 500))
        {
            byte[] bytes = whole[..length];
            Assert.Throws<ModelFormatException>(() => Read(bytes));
        }
    }

    [Theory]
    [InlineData("{\"a\":", "}")]
    [InlineData("{\"layers\": [[", "]]}")]
    [InlineData("{\"architecture\": \"LSTM\", \"config\": {\"a\": [", "]}}")]
    [InlineData("{\"in_shape\": [1], \"layers\": [{\"type\": \"dense\", \"shape\": [1], \"weights\": [[[[", "]]]]}]}")]
    public void Deep_nesting_is_refused(string begin, string end)
    {
        string json = begin + new string('[', 1_000_000) + new string(']', 1_000_000) + end;

        Assert.Throws<ModelFormatException>(
            () => JsonModel.Load(new MemorySource(Encoding.UTF8.GetBytes(json)), ImportOptions.Default));
    }

    [Fact]
    public void A_first_row_that_promises_more_than_there_is_takes_no_memory_for_it()
    {
        // 20,000 rows of which only the first has 20,000 numbers: a matrix of 1.6 GB if one believed it.
        string first = "[" + string.Join(",", Enumerable.Repeat("1", 20_000)) + "]";
        string json = $$"""
            {"in_shape": [20000], "layers": [{"type": "dense", "shape": [20000], "weights": [[{{first}}{{string.Concat(Enumerable.Repeat(",[]", 19_999))}}]]}]}
            """;
        byte[] bytes = Encoding.UTF8.GetBytes(json);

        AssertReadOrRefused(bytes, "rows");
        Assert.Throws<ModelFormatException>(() => JsonModel.Load(new MemorySource(bytes), ImportOptions.Default));
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        List<byte> bytes = [.. whole];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            // Configurations and headers lie at the beginning, and are hit more often than weights.
            int at = random.Next(random.Next(2) == 0 ? bytes.Count : Math.Min(bytes.Count, 1500));
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    ReplaceValue(bytes, at, Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)]));
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces what lies between two marks of JSON, and keeps the length if it can: headers name offsets.</summary>
    private static void ReplaceValue(List<byte> bytes, int at, byte[] splinter)
    {
        int end = at;
        while (end < bytes.Count && !" ,:[]{}"u8.Contains(bytes[end]))
        {
            end++;
        }

        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, splinter);
        if (splinter.Length < end - at)
        {
            bytes.InsertRange(at + splinter.Length, Enumerable.Repeat((byte)' ', end - at - splinter.Length));
        }
    }

    private static void AssertReadOrRefused(byte[] bytes, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Assert.NotEmpty(Read(bytes).Definition.Layers);
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
    }

    private static ImportedModel Read(byte[] bytes) => JsonModel.Recognizes(bytes)
        ? JsonModel.Load(new MemorySource(bytes), ImportOptions.Default)
        : KerasModel.Load(SafetensorsFile.Parse(bytes), ImportOptions.Default);
}
