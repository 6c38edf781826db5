using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Recurrent.Formats.Container;

/// <summary>Writes numbers and texts of a section one after the other.</summary>
internal sealed class SectionWriter
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public void Write(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
    }

    public void Write(int value) => Write((uint)value);

    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Write(float value) => Write(BitConverter.SingleToUInt32Bits(value));

    /// <exception cref="ArgumentException">The text is no Unicode, or has a zero: C could not have it.</exception>
    public void Write(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("expected texts without a zero character, found one with it.");
        }

        byte[] bytes;
        try
        {
            bytes = Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("expected texts of whole characters, found a half of a surrogate pair.", e);
        }

        Write(bytes.Length);
        _bytes.Write(bytes);
    }
}
