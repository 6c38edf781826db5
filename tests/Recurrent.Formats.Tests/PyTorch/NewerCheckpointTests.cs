using System.IO.Compression;

namespace Recurrent.Formats.Tests;

/// <summary>What PyTorch 2 writes: its other entries and types of elements, tied weights, and files that are no state dicts.</summary>
public sealed class NewerCheckpointTests
{
    // 1, -2, 0.5 and 3: the upper halves of their floats.
    private static readonly byte[] BFloats = [0x80, 0x3F, 0x00, 0xC0, 0x00, 0x3F, 0x40, 0x40];
    private static readonly byte[] Halves = [0x00, 0x3C, 0x00, 0xC0, 0x00, 0x38, 0x00, 0x42];

    [Theory]
    [InlineData("bfloat16")]
    [InlineData("float16")]
    public void Tensors_of_half_precision_are_read_with_the_entries_of_newer_files(string type)
    {
        PyTorchFile file = Typed(type, type == "float16" ? Halves : BFloats)
            .Entry("archive/version", "3\n"u8.ToArray())
            .Entry("archive/byteorder", "little"u8.ToArray())
            .Entry("archive/.format_version", "1"u8.ToArray())
            .Entry("archive/.storage_alignment", "64"u8.ToArray())
            .Entry("archive/.data/serialization_id", "0123456789"u8.ToArray())
            .Parse();

        Assert.Equal([1f, -2, 0.5f, 3], file.Tensors["fc.weight"].ToSingles());
    }

    [Fact]
    public void Tensors_of_8_bits_are_refused_by_their_type()
    {
        PyTorchFile file = Typed("float8_e4m3fn", [1, 2, 3, 4]).Parse();

        Assert.Contains("F8E4M3", Assert.Throws<ModelFormatException>(() => file.Tensors["fc.weight"].ToSingles()).Message);
        Assert.Contains(
            "expected the type of the elements",
            Assert.Throws<ModelFormatException>(Typed("float8_e4m3fnuz", [1, 2, 3, 4]).Parse).Message);
    }

    [Fact]
    public void Weights_that_are_tied_are_read_under_both_names()
    {
        PyTorchFile file = new CheckpointBuilder().Singles("0", 1, 2, 3, 4).Operations("}(")
            .Text("embedding.weight").Tensor("0", 4, 0, [2, 2], [2, 1])
            .Text("out.weight").Tensor("0", 4, 0, [2, 2], [1, 2]).Operations("u").Parse();

        Assert.Equal([1f, 2, 3, 4], file.Tensors["embedding.weight"].ToSingles());
        Assert.Equal([1f, 3, 2, 4], file.Tensors["out.weight"].ToSingles());
    }

    [Theory]
    [InlineData("serialized_exported_program.json")]
    [InlineData("model/models/model.json")]
    public void A_program_of_torch_export_is_refused_with_what_to_do(string entry)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream written = zip.CreateEntry(entry).Open();
            written.Write("{}"u8);
        }

        using var folder = new TemporaryFolder();
        string message = Assert.Throws<ModelFormatException>(() => ModelFile.Load(folder.Write("model.pt2", stream.ToArray()))).Message;
        Assert.Contains("it is a program of torch.export (.pt2)", message);
        Assert.Contains("torch.onnx.export", message);
    }

    [Fact]
    public void An_index_of_several_files_is_refused_with_what_to_do()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(
            "pytorch_model.bin.index.json",
            """{"metadata": {"total_size": 8}, "weight_map": {"fc.weight": "pytorch_model-00001-of-00002.bin"}}"""u8.ToArray());

        Assert.Contains(
            "it is an index of parameters that are in several files", Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message);
    }

    /// <summary>A matrix as PyTorch 2 writes types of elements that have no storage of their own.</summary>
    private static CheckpointBuilder Typed(string type, byte[] bytes) => new CheckpointBuilder().Entry("archive/data/0", bytes)
        .Operations("}(").Text("fc.weight")
        .Global("torch._utils", "_rebuild_tensor_v3").Operation('(')
        .Operation('(').Text("storage").Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Integer(bytes.Length).Operations("tQ")
        .Integer(0).Integers(2, 2).Integers(2, 1).Operations("\x89").Global("collections", "OrderedDict").Operations(")R")
        .Global("torch", type).Operations("}tRu");
}
