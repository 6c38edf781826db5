using System.Text;
using Recurrent.Formats.PyTorch;

namespace Recurrent.Formats.Tests.Hostile;

/// <summary>The header of a safetensors file takes no more memory than a multiple of its size.</summary>
public sealed class HeaderAllocationTests
{
    [Fact]
    public void Entries_of_nothing_are_read_within_the_multiple()
    {
        byte[] file = File(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 50_000);

        Allocation.AssertRead(file.Length, () => Assert.Equal(50_000, SafetensorsFile.Parse(file).Tensors.Count));
    }

    [Fact]
    public void Metadata_of_nothing_are_read_within_the_multiple()
    {
        string metadata = string.Join(",", Enumerable.Range(0, 100_000).Select(i => $"\"{i}\":\"\""));
        byte[] file = SafetensorsBuilder.Assemble($"{{\"__metadata__\":{{{metadata}}}}}", []);

        Allocation.AssertRead(file.Length, () => Assert.Equal(100_000, SafetensorsFile.Parse(file).Metadata.Count));
    }

    [Fact]
    public void A_header_that_is_read_in_pieces_is_the_same()
    {
        // Names around every place where a piece of 64 KiB can end, with characters of several bytes and escapes.
        byte[] file = File(i => $"\"ä\\u00e4{new string('x', i % 97)}{i}\":{{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[{4 * i},{(4 * i) + 4}]}}", 5000, 4);

        SafetensorsFile opened = SafetensorsFile.Parse(file);

        Assert.Equal(5000, opened.Tensors.Count);
        Assert.All(
            Enumerable.Range(0, 5000), i => Assert.Equal([0f], opened[$"ää{new string('x', i % 97)}{i}"].ToSingles()));
    }

    [Fact]
    public void A_text_that_is_longer_than_a_piece_is_read()
    {
        string text = string.Concat(Enumerable.Repeat("a\\n\\u00e4", 50_000));
        byte[] file = SafetensorsBuilder.Assemble($"{{\"__metadata__\":{{\"a\":\"{text}\"}}}}", []);

        Assert.Equal(
            string.Concat(Enumerable.Repeat("a\nä", 50_000)), SafetensorsFile.Parse(file).Metadata["a"]);
    }

    [Fact]
    public void A_description_of_empty_arrays_takes_no_more_than_its_share()
    {
        string text = "[" + string.Join(",", Enumerable.Repeat("{}", 200_000)) + "]";
        byte[] file = SafetensorsBuilder.Assemble($"{{\"__metadata__\":{{\"recurrent.model\":\"{text}\"}}}}", []);

        Allocation.AssertRefused(
            file.Length,
            () => PyTorchImport.Read(SafetensorsFile.Parse(file), "", SafetensorsFile.Parse(file).Metadata, ImportOptions.Default),
            "metadata 'recurrent.model'");
    }

    private static byte[] File(Func<int, string> entry, int count, int bytes = 0)
    {
        var header = new StringBuilder("{").AppendJoin(',', Enumerable.Range(0, count).Select(entry)).Append('}');
        return SafetensorsBuilder.Assemble(header.ToString(), new byte[count * bytes]);
    }
}
