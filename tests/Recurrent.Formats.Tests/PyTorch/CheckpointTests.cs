using System.IO.Compression;

namespace Recurrent.Formats.Tests;

public sealed class CheckpointTests
{
    [Fact]
    public void Tensors_are_read_in_the_order_in_which_they_were_saved()
    {
        PyTorchFile file = Two().Parse();

        Assert.Equal(["z", "a"], file.Tensors.Keys);
        Assert.Equal("z: F32 [2, 3]", file.Tensors["z"].ToString());
        Assert.Equal([1, 2, 3, 4, 5, 6], file.Tensors["z"].ToSingles());
        Assert.Equal([1f, 4, 2, 5, 3, 6], file.Tensors["a"].ToSingles());
    }

    [Fact]
    public void Tensors_beside_a_state_dict_are_no_part_of_it()
    {
        PyTorchFile file = new CheckpointBuilder().Singles("0", 1, 2, 3, 4, 5, 6)
            .Operations("}(").Text("best").Tensor("0", 6, 0, [], [])
            .Text("state_dict").Operation('}').Text("w").Tensor("0", 6, 0, [2, 3], [3, 1]).Operations("su").Parse();

        Assert.Equal(["w"], file.Tensors.Keys);
    }

    [Fact]
    public void Entries_may_be_deflated()
    {
        PyTorchFile file = PyTorchFile.Parse(Two().Build(CompressionLevel.SmallestSize));

        Assert.Equal([1f, 4, 2, 5, 3, 6], file.Tensors["a"].ToSingles());
    }

    [Theory]
    [InlineData(0, new long[] { 2, 2 }, new long[] { 3, 1 }, new float[] { 1, 2, 4, 5 })]
    [InlineData(1, new long[] { 2 }, new long[] { 3 }, new float[] { 2, 5 })]
    [InlineData(2, new long[] { 2, 1, 2 }, new long[] { 2, 7, 1 }, new float[] { 3, 4, 5, 6 })]
    [InlineData(5, new long[] { }, new long[] { }, new float[] { 6 })]
    [InlineData(0, new long[] { 3, 0 }, new long[] { 1, 9 }, new float[] { })]
    [InlineData(1, new long[] { 2, 2 }, new long[] { 1, 1 }, new float[] { 2, 3, 3, 4 })]
    public void A_view_is_read_by_its_strides(long offset, long[] shape, long[] strides, float[] expected)
    {
        PyTorchFile file = One(6, offset, shape, strides).Parse();

        Assert.Equal(expected, file.Tensors["w"].ToSingles());
    }

    [Theory]
    [InlineData(1, new long[] { 2, 3 }, new long[] { 3, 1 })]
    [InlineData(6, new long[] { 1 }, new long[] { 1 })]
    [InlineData(0, new long[] { 2, 2 }, new long[] { 5, 1 })]
    [InlineData(0, new long[] { 2 }, new long[] { long.MaxValue })]
    [InlineData(long.MaxValue, new long[] { 1 }, new long[] { 1 })]
    [InlineData(0, new long[] { long.MaxValue, long.MaxValue, long.MaxValue }, new long[] { 0, 0, 0 })]
    [InlineData(0, new long[] { 7 }, new long[] { 0 })]
    [InlineData(5, new long[] { 2 }, new long[] { -1 })]
    [InlineData(-1, new long[] { 1 }, new long[] { 1 })]
    [InlineData(0, new long[] { -1, -1 }, new long[] { 1, 1 })]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 1 })]
    public void A_view_that_is_not_inside_its_storage_is_refused(long offset, long[] shape, long[] strides) =>
        Assert.Contains(
            $"a tensor of sizes [{string.Join(", ", shape)}]",
            Assert.Throws<ModelFormatException>(() => One(6, offset, shape, strides).Parse()).Message);

    [Theory]
    [InlineData(7, "has 24 bytes, 7 elements of F32 need 28")]
    [InlineData(long.MaxValue, "has 24 bytes, 9223372036854775807 elements of F32 need")]
    [InlineData(-1, "storage '0': -1 elements")]
    public void A_storage_of_another_size_than_its_entry_is_refused(long elements, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<ModelFormatException>(() => One(elements, 0, [0], [1]).Parse()).Message);

    [Theory]
    [InlineData(")R")]
    [InlineData(")\x85R")]
    [InlineData("]\x85R")]
    public void Sizes_strides_and_hooks_may_be_lists_or_tuples(string hooks)
    {
        PyTorchFile file = new CheckpointBuilder().Singles("0", 1, 2, 3, 4, 5, 6).Operation('}').Text("w")
            .Global("torch._utils", "_rebuild_tensor_v2").Operation('(').Storage("0", 6).Integer(0)
            .Global("torch", "Size").Operations("](").Integer(2).Integer(3).Operations("e\x85R")
            .Operations("](").Integer(3).Integer(1).Operations("e\x89")
            .Global("collections", "OrderedDict").Operations(hooks + "tRs").Parse();

        Assert.Equal("w: F32 [2, 3]", file.Tensors["w"].ToString());
        Assert.Equal([1, 2, 3, 4, 5, 6], file.Tensors["w"].ToSingles());
    }

    [Fact]
    public void A_missing_storage_is_named()
    {
        CheckpointBuilder builder = new CheckpointBuilder()
            .Operation('}').Text("w").Tensor("7", 1, 0, [1], [1]).Operation('s');

        Assert.Contains(
            "'archive/data/7', a tensor's storage, is missing",
            Assert.Throws<ModelFormatException>(builder.Parse).Message);
    }

    [Fact]
    public void Tensors_that_share_memory_without_end_are_refused()
    {
        CheckpointBuilder builder = new CheckpointBuilder()
            .Singles("0", new float[1 << 20]).Operation('}');
        for (int i = 0; i < 20; i++)
        {
            builder.Text($"w{i}").Tensor("0", 1 << 20, 0, [1 << 20], [1]).Operation('s');
        }

        Assert.Contains(
            "this would go beyond that", Assert.Throws<ModelFormatException>(builder.Parse).Message);
    }

    [Fact]
    public void A_big_endian_file_is_refused() =>
        Assert.Contains(
            "'archive/byteorder': expected 'little', found 'big'",
            Assert.Throws<ModelFormatException>(Two().Entry("archive/byteorder", "big"u8.ToArray()).Parse).Message);

    [Theory]
    [InlineData("archive/constants.pkl")]
    [InlineData("archive/code/__torch__.py")]
    public void A_TorchScript_archive_is_no_checkpoint_and_the_message_says_what_reads_it(string entry) =>
        Assert.Contains(
            "it is a TorchScript archive, whose tensors are those of a graph: ModelFile.Load reads it",
            Assert.Throws<ModelFormatException>(Two().Entry(entry).Parse).Message);

    [Fact]
    public void A_zip_file_of_something_else_is_refused()
    {
        using var folder = new TemporaryFolder();
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("word/document.xml");
        }

        string path = folder.Write("a.docx", stream.ToArray());

        Assert.Contains(
            "expected one 'data.pkl'", Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message);
    }

    [Fact]
    public void Entries_that_unpack_to_far_more_than_the_file_are_refused()
    {
        byte[] bytes = new CheckpointBuilder().Operations(new string(']', 100_000_000)).Build(CompressionLevel.SmallestSize);

        Assert.Contains(
            "'archive/data.pkl', which unpacks to 100000003 bytes",
            Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(bytes)).Message);
    }

    [Fact]
    public void An_entry_that_unpacks_to_another_size_than_it_says_is_refused()
    {
        byte[] bytes = Two().Build(CompressionLevel.SmallestSize);
        int directory = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        bytes[directory + 24]++;

        Assert.Contains(
            "'archive/data.pkl' does not unpack to",
            Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(bytes)).Message);
    }

    private static CheckpointBuilder One(long elements, long offset, long[] shape, long[] strides) =>
        new CheckpointBuilder().Singles("0", 1, 2, 3, 4, 5, 6)
            .Operation('}').Text("w").Tensor("0", elements, offset, shape, strides).Operation('s');

    private static CheckpointBuilder Two() =>
        new CheckpointBuilder().Singles("0", 1, 2, 3, 4, 5, 6)
            .Operations("}(").Text("z").Tensor("0", 6, 0, [2, 3], [3, 1])
            .Text("a").Tensor("0", 6, 0, [3, 2], [1, 3]).Operation('u');
}
