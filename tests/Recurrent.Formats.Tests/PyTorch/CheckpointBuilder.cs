using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Recurrent.Formats.Tests;

/// <summary>Writes checkpoints operation by operation, well formed or not.</summary>
internal sealed class CheckpointBuilder
{
    private readonly List<byte> _pickle = [0x80, 2];
    private readonly List<(string Name, byte[] Data)> _entries = [];

    /// <summary>An operation and what follows it.</summary>
    public CheckpointBuilder Operation(char code, params ReadOnlySpan<byte> operands)
    {
        _pickle.Add((byte)code);
        _pickle.AddRange(operands);
        return this;
    }

    public CheckpointBuilder Operations(string codes)
    {
        _pickle.AddRange(Encoding.Latin1.GetBytes(codes));
        return this;
    }

    public CheckpointBuilder Global(string module, string name) => Operations($"c{module}\n{name}\n");

    public CheckpointBuilder Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Operation('X', LittleEndian(bytes.Length)).Operations(Encoding.Latin1.GetString(bytes));
    }

    public CheckpointBuilder Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = 8;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], value);
        return Operation('\x8a', bytes);
    }

    public CheckpointBuilder Integers(params long[] values)
    {
        Operation('(');
        foreach (long value in values)
        {
            Integer(value);
        }

        return Operation('t');
    }

    /// <summary>A tensor of F32 as torch.save writes it.</summary>
    public CheckpointBuilder Tensor(string key, long elements, long offset, long[] shape, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2")
            .Operation('(').Storage(key, elements).Integer(offset).Integers(shape).Integers(strides)
            .Operations("\x89").Global("collections", "OrderedDict").Operations(")RtR");

    public CheckpointBuilder Storage(string key, long elements) =>
        Operation('(').Text("storage").Global("torch", "FloatStorage").Text(key).Text("cpu").Integer(elements)
            .Operations("tQ");

    public CheckpointBuilder Entry(string name, params byte[] data)
    {
        _entries.Add((name, data));
        return this;
    }

    public CheckpointBuilder Singles(string key, params float[] values) =>
        Entry("archive/data/" + key, [.. values.SelectMany(BitConverter.GetBytes)]);

    /// <summary>The pickle alone, ended.</summary>
    public byte[] Pickle() => [.. _pickle, (byte)'.'];

    public byte[] Build(CompressionLevel compression = CompressionLevel.NoCompression)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] data) in _entries.Prepend(("archive/data.pkl", Pickle())))
            {
                using Stream entry = zip.CreateEntry(name, compression).Open();
                entry.Write(data);
            }
        }

        return stream.ToArray();
    }

    public PyTorchFile Parse() => PyTorchFile.Parse(Build());

    private static byte[] LittleEndian(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
