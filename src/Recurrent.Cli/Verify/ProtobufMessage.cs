using System.Text;

namespace Recurrent.Cli.Verify;

/// <summary>A message of protocol buffers while it is written: fields by number, in any order.</summary>
internal sealed class ProtobufMessage
{
    private const int Variable = 0;
    private const int Delimited = 2;
    private const int FourBytes = 5;

    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtobufMessage Add(int field, long value)
    {
        Begin(field, Variable);
        Write((ulong)value);
        return this;
    }

    public ProtobufMessage Add(int field, float value)
    {
        Begin(field, FourBytes);
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public ProtobufMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.ToArray());

    public ProtobufMessage Add(int field, IEnumerable<ProtobufMessage> messages)
    {
        foreach (ProtobufMessage message in messages)
        {
            Add(field, message);
        }

        return this;
    }

    private ProtobufMessage Add(int field, byte[] contents)
    {
        Begin(field, Delimited);
        Write((ulong)contents.Length);
        _bytes.AddRange(contents);
        return this;
    }

    private void Begin(int field, int type) => Write((ulong)((field << 3) | type));

    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
