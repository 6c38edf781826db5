namespace Recurrent.Fuzz.Mutations;

/// <summary>A field of a protocol buffers message: a number, or bytes, which may be a message themselves.</summary>
internal sealed class WireField
{
    private const int MostDepth = 8;
    private const int BytesType = 2;

    private WireField(ulong tag, ulong number, byte[]? bytes, List<WireField>? fields)
    {
        Tag = tag;
        Number = number;
        Bytes = bytes;
        Fields = fields;
    }

    /// <summary>The field's number and its wire type.</summary>
    public ulong Tag { get; set; }

    public ulong Number { get; set; }

    /// <summary>The contents of a field of bytes; null for a number.</summary>
    public byte[]? Bytes { get; set; }

    /// <summary>The same as a message, if they can be read as one.</summary>
    public List<WireField>? Fields { get; set; }

    public static WireField OfBytes(int field, byte[] bytes) => new(((ulong)field << 3) | BytesType, 0, bytes, null);

    public static WireField OfNumber(int field, ulong number) => new((ulong)field << 3, number, null, null);

    public static WireField OfMessage(int field, params WireField[] fields) =>
        new(((ulong)field << 3) | BytesType, 0, [], [.. fields]);

    /// <summary>Reads a message; null if it is none.</summary>
    public static List<WireField>? Parse(ReadOnlySpan<byte> bytes, int depth = 0)
    {
        List<WireField> fields = [];
        while (!bytes.IsEmpty)
        {
            if (!TryReadVarint(ref bytes, out ulong tag) || tag >> 3 is 0 or > 4096 || Read(tag, ref bytes, depth) is not { } field)
            {
                return null;
            }

            fields.Add(field);
        }

        return fields;
    }

    public static byte[] Write(IEnumerable<WireField> fields)
    {
        var stream = new MemoryStream();
        foreach (WireField field in fields)
        {
            field.Write(stream);
        }

        return stream.ToArray();
    }

    public WireField Clone() => new(Tag, Number, Bytes, Fields?.ConvertAll(field => field.Clone()));

    private static WireField? Read(ulong tag, ref ReadOnlySpan<byte> bytes, int depth)
    {
        ulong number = 0;
        switch (tag & 7)
        {
            case 0:
                return TryReadVarint(ref bytes, out number) ? new WireField(tag, number, null, null) : null;
            case BytesType:
                if (!TryReadVarint(ref bytes, out number) || number > (ulong)bytes.Length)
                {
                    return null;
                }

                byte[] contents = bytes[..(int)number].ToArray();
                bytes = bytes[(int)number..];
                List<WireField>? inner = depth < MostDepth && contents.Length > 1 ? Parse(contents, depth + 1) : null;
                return new WireField(tag, 0, contents, inner);
            case 1 or 5:
                int size = (tag & 7) == 1 ? 8 : 4;
                if (bytes.Length < size)
                {
                    return null;
                }

                for (int i = 0; i < size; i++)
                {
                    number |= (ulong)bytes[i] << (8 * i);
                }

                bytes = bytes[size..];
                return new WireField(tag, number, null, null);
            default:
                return null;
        }
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(10, bytes.Length); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }

    private void Write(MemoryStream stream)
    {
        WriteVarint(stream, Tag);
        switch (Tag & 7)
        {
            case 0:
                WriteVarint(stream, Number);
                break;
            case BytesType:
                byte[] contents = Fields is null ? Bytes ?? [] : Write(Fields);
                WriteVarint(stream, (ulong)contents.Length);
                stream.Write(contents);
                break;
            default:
                for (int i = 0; i < ((Tag & 7) == 1 ? 8 : 4); i++)
                {
                    stream.WriteByte((byte)(Number >> (8 * i)));
                }

                break;
        }
    }
}
