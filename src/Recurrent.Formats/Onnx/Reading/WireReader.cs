using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Reads a message of ONNX without the elements of its tensors: gives the same message with their places instead, small
/// enough to be parsed as a whole. So weights are read once, to where they are needed, and never copied.
/// </summary>
internal sealed class WireReader
{
    private const int BufferBytes = 1 << 16;

    // What a byte of a field takes where it is copied to, as text, and as one of many numbers; and what a field takes besides.
    private const int TextFactor = 6;
    private const int NumbersFactor = 24;
    private const int FieldBytes = 48;

    private readonly WireSource _source;
    private readonly MemoryBudget _budget;
    private readonly WireWriter _writer = new();
    private readonly byte[] _buffer;
    private long _bufferBegin;
    private int _bufferLength;

    private WireReader(WireSource source, MemoryBudget budget)
    {
        _source = source;
        _budget = budget;
        _buffer = new byte[Math.Min(source.Length, BufferBytes)];
    }

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    /// <summary>The message without its tensors' elements.</summary>
    /// <param name="source">The file.</param>
    /// <param name="schema">What it is.</param>
    /// <param name="budget">What is asked for the memory of all that will be made of the message.</param>
    /// <exception cref="ModelFormatException">The bytes are no such message, or take too much memory.</exception>
    public static ReadOnlyMemory<byte> Read(WireSource source, WireSchema schema, MemoryBudget budget)
    {
        WireReader reader = new(source, budget);
        reader.Message(schema, 0, source.Length);
        return reader._writer.Written;
    }

    private void Message(WireSchema schema, long position, long end)
    {
        Take(schema.ObjectBytes, position);
        Payload payload = default;
        while (position < end)
        {
            long begin = position;
            ulong tag = Varint(ref position, end);
            int field = (int)Math.Min(tag >> 3, int.MaxValue);
            if (field == 0)
            {
                // Zeros, that is: a file can have gigabytes of them that take no room on the disk.
                throw Damaged(begin, "expected a field, found the number 0");
            }

            var type = (WireType)(tag & 7);
            long contents = position;
            long next = Skip(type, ref contents, end);
            if (schema.Refused(field) is { } refused)
            {
                throw Damaged(begin, $"{refused} is not supported");
            }

            if (schema.IsPayload(field))
            {
                Extend(ref payload, field, type, begin, contents, next);
            }
            else if (schema.Message(field) is { } message && type == WireType.Bytes)
            {
                _writer.Varint(tag, begin);
                int start = _writer.BeginMessage(begin);
                Message(message, contents, next);
                _writer.EndMessage(start);
            }
            else if (schema.Copies(field))
            {
                Take(FieldBytes + ((next - begin) * (schema.HoldsNumbers(field) ? NumbersFactor : TextFactor)), begin);
                Read(begin, _writer.Reserve((int)Math.Min(next - begin, int.MaxValue), begin));
            }

            position = next;
        }

        Write(payload);
    }

    /// <summary>Finds the end of a field, and in <paramref name="position"/> the beginning of its contents.</summary>
    private long Skip(WireType type, ref long position, long end)
    {
        long begin = position;
        long length;
        switch (type)
        {
            case WireType.Varint:
                long next = position;
                Varint(ref next, end);
                return next;
            case WireType.Fixed64:
                length = sizeof(ulong);
                break;
            case WireType.Fixed32:
                length = sizeof(uint);
                break;
            case WireType.Bytes:
                length = (long)Math.Min(Varint(ref position, end), long.MaxValue);
                break;
            default:
                throw Damaged(begin, $"expected a field, found the wire type {(int)type}");
        }

        return length <= end - position
            ? position + length
            : throw Damaged(begin, $"a field of {length} bytes goes beyond its message, which ends at byte {end}");
    }

    /// <summary>Takes note of elements; those with a tag each are taken together as long as they follow each other.</summary>
    private void Extend(ref Payload payload, int field, WireType type, long begin, long contents, long end)
    {
        bool tagged = type != WireType.Bytes;
        if (tagged && payload.Tagged && payload.Field == field && payload.End == begin)
        {
            payload.End = end;
            return;
        }

        Write(payload);
        payload = new Payload { Field = field, Tagged = tagged, Begin = tagged ? begin : contents, End = end };
    }

    private void Write(Payload payload)
    {
        if (payload.End == payload.Begin)
        {
            return;
        }

        Take(WireSchema.PayloadBytes, payload.Begin);
        const int BytesType = (int)WireType.Bytes;
        _writer.Varint((TensorProto.PayloadFieldNumber << 3) | BytesType, payload.Begin);
        int start = _writer.BeginMessage(payload.Begin);
        WriteField(PayloadProto.FieldFieldNumber, payload.Field, payload.Begin);
        WriteField(PayloadProto.OffsetFieldNumber, payload.Begin, payload.Begin);
        WriteField(PayloadProto.LengthFieldNumber, payload.End - payload.Begin, payload.Begin);
        WriteField(PayloadProto.TaggedFieldNumber, payload.Tagged ? 1 : 0, payload.Begin);
        _writer.EndMessage(start);
    }

    private void WriteField(int field, long value, long position)
    {
        _writer.Varint((ulong)field << 3, position);
        _writer.Varint((ulong)value, position);
    }

    private ulong Varint(ref long position, long end)
    {
        long begin = position;
        ulong value = 0;
        for (int shift = 0; shift < 70 && position < end; shift += 7)
        {
            byte next = Byte(position++);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged(begin, "expected a number, found none that ends");
    }

    private byte Byte(long position)
    {
        if (position < _bufferBegin || position >= _bufferBegin + _bufferLength)
        {
            _bufferLength = (int)Math.Min(_buffer.Length, _source.Length - position);
            _source.Read(position, _buffer.AsSpan(0, _bufferLength));
            _bufferBegin = position;
        }

        return _buffer[position - _bufferBegin];
    }

    /// <summary>Reads from the buffer what lies there: fields are small, and the file is opened for every read.</summary>
    private void Read(long position, Span<byte> bytes)
    {
        if (position >= _bufferBegin && position + bytes.Length <= _bufferBegin + _bufferLength)
        {
            _buffer.AsSpan((int)(position - _bufferBegin), bytes.Length).CopyTo(bytes);
        }
        else
        {
            _source.Read(position, bytes);
        }
    }

    private void Take(long bytes, long position)
    {
        if (!_budget.TryTake(bytes))
        {
            throw _budget.Exceeded($"{_source.Place}byte {position}: nodes, attributes, tensors and names");
        }
    }

    private ModelFormatException Damaged(long position, string what) =>
        new($"{_source.Place}byte {position}: {what}.");

    private struct Payload
    {
        public int Field;
        public bool Tagged;
        public long Begin;
        public long End;
    }
}
