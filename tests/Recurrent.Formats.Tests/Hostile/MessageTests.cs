using System.Text;
using Recurrent.Formats.Tests.Onnx;

namespace Recurrent.Formats.Tests.Hostile;

/// <summary>Messages are not endless and cannot control a terminal, whatever names a file has.</summary>
public sealed class MessageTests
{
    private const int MaxLength = 500;

    private static readonly string Name = "\u001b[2J\u0007\u202e" + new string('n', 60_000);

    public static TheoryData<string, byte[]> Files
    {
        get
        {
            string escaped = System.Text.Json.JsonEncodedText.Encode(Name).ToString();
            return new()
            {
                { "a.safetensors", SafetensorsBuilder.Assemble($"{{\"{escaped}\":{{\"dtype\":\"X\",\"shape\":[],\"data_offsets\":[0,0]}}}}", []) },
                { "b.safetensors", new SafetensorsBuilder().AddCounting("weight", 0, 1).Metadata("recurrent.model", escaped).Build() },
                { "c.safetensors", SafetensorsBuilder.Assemble($"{{\"{escaped}\":{{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}}}", new byte[1]) },
                { "a.pt", new CheckpointBuilder().Global(new string('m', 60_000), "x\u001b[1m").Build() },
                { "b.pt", new CheckpointBuilder().Operation('}').Text(Name).Tensor("0", 1, 0, [1], [1]).Operation('s').Build() },
                { "a.onnx", new GraphBuilder().Input("x", 0, 2).Node(Name.Replace(' ', '_'), "x", "y").Output("y").Build() },
                { "a.json", Encoding.UTF8.GetBytes($"{{\"{escaped}\": 1}}") },
                { "b.json", Encoding.UTF8.GetBytes($"{{\"architecture\": \"{escaped}\"}}") },
                { "c.json", Encoding.UTF8.GetBytes($"{{\"in_shape\":[1],\"layers\":[{{\"type\":\"{escaped}\",\"shape\":[1]}}]}}") },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_refusal_of_a_file_names_it_and_ends_at_500_characters(string name, byte[] contents)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(name, contents);

        ModelFormatException refusal = Assert.Throws<ModelFormatException>(
            () => ModelFile.Load(path, new ImportOptions { AssumeDefaults = true }));

        for (Exception? at = refusal; at is ModelFormatException; at = at.InnerException)
        {
            Assert.InRange(at.Message.Length, 1, MaxLength);
            Assert.DoesNotContain(at.Message, c => char.IsControl(c) || c == '\u202e');
        }

        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_with_lines_keeps_those_of_a_proposal_only()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.safetensors", new SafetensorsBuilder().Linear("fc", 2, 2).Build());

        Assert.Equal("a\uFFFDb", new ModelFormatException("a\nb").Message);
        Assert.Contains(
            "\n    Output = ", Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message, StringComparison.Ordinal);
    }
}
