using System.Buffers;

namespace Recurrent.Formats.Onnx;

/// <summary>Writes what is kept of a file, within a bound.</summary>
internal sealed class WireWriter
{
    /// <summary>
    /// The most that a graph without the elements of its tensors may take. Objects made of it may take many times as much.
    /// </summary>
    public const int MaxBytes = 16 << 20;

    private const int LengthBytes = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public Span<byte> Reserve(int count, long position)
    {
        if (count > MaxBytes - _bytes.WrittenCount)
        {
            throw new ModelFormatException(
                $"byte {position}: expected a graph of at most {MaxBytes} bytes besides the elements of its tensors.");
        }

        Span<byte> reserved = _bytes.GetSpan(count)[..count];
        _bytes.Advance(count);
        return reserved;
    }

    public void Varint(ulong value, long position)
    {
        do
        {
            ulong rest = value >> 7;
            Reserve(1, position)[0] = (byte)((value & 0x7F) | (rest == 0 ? 0u : 0x80u));
            value = rest;
        }
        while (value != 0);
    }

    /// <summary>Leaves space for the length of a message that is yet to be written.</summary>
    /// <returns>Where the message begins.</returns>
    public int BeginMessage(long position)
    {
        Reserve(LengthBytes, position);
        return _bytes.WrittenCount;
    }

    /// <summary>Fills in the length of a message, in more bytes than it may need: the format allows that.</summary>
    public void EndMessage(int begin)
    {
        // The buffer is this object's own: its memory is only handed out as read-only.
        Span<byte> length = System.Runtime.InteropServices.MemoryMarshal
            .AsMemory(_bytes.WrittenMemory).Span.Slice(begin - LengthBytes, LengthBytes);
        int rest = _bytes.WrittenCount - begin;
        for (int i = 0; i < LengthBytes; i++)
        {
            length[i] = (byte)((rest & 0x7F) | (i == LengthBytes - 1 ? 0 : 0x80));
            rest >>= 7;
        }
    }
}
