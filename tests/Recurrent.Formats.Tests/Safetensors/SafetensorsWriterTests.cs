using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Recurrent.Formats.Tests;

public sealed class SafetensorsWriterTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.safetensors");
        var writer = new SafetensorsWriter();
        writer.Metadata["model"] = "LSTM \"é\"";
        writer.Add("weights", [2, 3], new float[] { 1, 2, 3, 4, 5, float.NaN });
        writer.Add("steps", TensorElementType.I64, [2], Bytes(long.MinValue, 7));
        writer.Add("double", TensorElementType.F64, [], Bytes(0.1));
        writer.Add("half", TensorElementType.F16, [1, 1], Bytes((Half)1.5f));
        writer.Add("bfloat", TensorElementType.BF16, [1], Bytes((ushort)0x3FC0));
        writer.Add("nothing", TensorElementType.U8, [3, 0], Array.Empty<byte>());

        writer.Save(path);

        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal("LSTM \"é\"", file.Metadata["model"]);
        Assert.Equal([1, 2, 3, 4, 5, float.NaN], file["weights"].ToSingles());
        Assert.Equal([2L, 3L], file["weights"].Shape);
        Assert.Equal([long.MinValue, 7L], file["steps"].ToInt64s());
        Assert.Equal([0.1], file["double"].ToDoubles());
        Assert.Equal([1.5f], file["half"].ToSingles());
        Assert.Equal([1.5f], file["bfloat"].ToSingles());
        Assert.Equal(0, file["nothing"].ElementCount);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_bytes_are_those_that_the_first_implementation_writes()
    {
        var stream = new MemoryStream();
        var writer = new SafetensorsWriter { Metadata = { ["format"] = "pt" } };
        writer.Add("b", [1], new float[] { 1 });
        writer.Add("flag", TensorElementType.Bool, [1], new byte[] { 1 });
        writer.Add("a", [1], new float[] { 2 });
        writer.Add("n", TensorElementType.I64, [1], Bytes(3L));

        writer.Write(stream);

        const string Header =
            """{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}"""
            + ""","a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}"""
            + ""","flag":{"dtype":"BOOL","shape":[1],"data_offsets":[16,17]}}""";
        byte[] bytes = stream.ToArray();
        int headerBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, headerBytes % 8);
        Assert.Equal(Header.PadRight(headerBytes), Encoding.UTF8.GetString(bytes, 8, headerBytes));
        Assert.Equal(Bytes(3L).Concat(Bytes(2f, 1f)).Append((byte)1), bytes.Skip(8 + headerBytes));
    }

    [Fact]
    public void A_file_that_is_open_keeps_what_it_had_when_another_takes_its_name()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.safetensors");
        Save(path, 1);
        using SafetensorsFile before = SafetensorsFile.Open(path);
        ReadOnlyMemory<byte> mapped = before["w"].Bytes;

        Save(path, 2);

        Assert.Equal([1f], before["w"].ToSingles());
        Assert.Equal(Bytes(1f), mapped.ToArray());
        using SafetensorsFile after = SafetensorsFile.Open(path);
        Assert.Equal([2f], after["w"].ToSingles());
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        string taken = Directory.CreateDirectory(Path.Combine(folder.Path, "taken")).FullName;

        Assert.ThrowsAny<Exception>(() => Save(taken, 1));

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Tensors_that_a_file_cannot_have_are_refused()
    {
        var writer = new SafetensorsWriter();
        writer.Add("a", [1], new float[1]);

        Assert.Throws<ArgumentException>(() => writer.Add("a", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", [2], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", [-1, -1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", [long.MaxValue, long.MaxValue, 4], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", (TensorElementType)99, [1], new byte[1]));
        Assert.Throws<ArgumentNullException>(() => writer.Add(null!, [1], new float[1]));
    }

    private static void Save(string path, float value)
    {
        var writer = new SafetensorsWriter();
        writer.Add("w", [1], new[] { value });
        writer.Save(path);
    }

    private static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
