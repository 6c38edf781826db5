using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>The bytes of a pickle, one after the other, with limits; texts are asked of the file's budget.</summary>
internal sealed class PickleReader(ByteSource source, long offset, long end, MemoryBudget budget)
{
    /// <summary>Bytes of a text that is more than elements of an array.</summary>
    public const int MaxTextBytes = 1 << 16;

    private const int BufferBytes = 1 << 16;

    private readonly byte[] _buffer = new byte[Math.Min(BufferBytes, end - offset)];
    private readonly List<byte> _line = [];
    private long _bufferOffset = offset;
    private int _at;
    private int _filled;

    /// <summary>What is asked for memory.</summary>
    public MemoryBudget Budget => budget;

    /// <summary>Where the next byte is.</summary>
    public long Position => _bufferOffset + _at;

    public byte ReadByte() => Take(1)[0];

    public int ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public string ReadText(long bytes) => Encoding.UTF8.GetString(ReadBytes(bytes));

    public ReadOnlySpan<byte> ReadBytes(long bytes) =>
        bytes is >= 0 and <= MaxTextBytes
            ? TakeText((int)bytes)
            : throw new ModelFormatException($"text of {bytes} bytes; expected at most {MaxTextBytes}.");

    /// <summary>Goes past bytes that nobody needs.</summary>
    public void Skip(long bytes)
    {
        if (bytes < 0 || bytes > end - Position)
        {
            throw new ModelFormatException($"a value of {bytes} bytes; it ends too early.");
        }

        if (bytes <= _filled - _at)
        {
            _at += (int)bytes;
            return;
        }

        _bufferOffset = Position + bytes;
        _at = 0;
        _filled = 0;
    }

    public string ReadLine()
    {
        _line.Clear();
        for (byte next = ReadByte(); next != (byte)'\n'; next = ReadByte())
        {
            if (_line.Count == MaxTextBytes)
            {
                throw new ModelFormatException($"a line of more than {MaxTextBytes} bytes.");
            }

            _line.Add(next);
        }

        budget.TakeText(_line.Count, "its texts");
        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_line));
    }

    private ReadOnlySpan<byte> TakeText(int bytes)
    {
        budget.TakeText(bytes, "its texts");
        return Take(bytes);
    }

    /// <summary>Bytes that are good until the next call.</summary>
    private ReadOnlySpan<byte> Take(int count)
    {
        if (_filled - _at < count)
        {
            Fill(count);
        }

        _at += count;
        return _buffer.AsSpan(_at - count, count);
    }

    private void Fill(int count)
    {
        _bufferOffset += _at;
        _at = 0;
        _filled = (int)Math.Min(_buffer.Length, end - _bufferOffset);
        if (_filled < count)
        {
            throw new ModelFormatException("it ends too early.");
        }

        source.Read(_bufferOffset, _buffer.AsSpan(0, _filled));
    }
}
