using System.Buffers.Binary;
using System.Text;

namespace Recurrent.Formats.Container;

/// <summary>
/// Reads numbers and texts of a section one after the other. What is not there is refused with its place in the file.
/// </summary>
internal sealed class SectionReader(byte[] bytes, long offset)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _at;

    /// <summary>Of the next byte, in the file.</summary>
    public long Place => offset + _at;

    private int Left => bytes.Length - _at;

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public int ReadInt32() => (int)ReadUInt32();

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public float ReadSingle() => BitConverter.UInt32BitsToSingle(ReadUInt32());

    /// <summary>UTF-8 without a zero byte, behind its length.</summary>
    public string ReadText()
    {
        long begin = Place;
        uint length = ReadUInt32();
        ReadOnlySpan<byte> text = Take(length);
        try
        {
            return text.Contains((byte)0) ? throw NoText() : Strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw NoText();
        }

        ModelFormatException NoText() => ContainerFile.Refusal(begin, "a text in UTF-8 without zero bytes");
    }

    /// <summary>A number that counts what follows.</summary>
    /// <param name="most">The most that there may be.</param>
    /// <param name="least">The fewest bytes of one.</param>
    /// <param name="what">What is counted.</param>
    public int ReadCount(int most, int least, string what)
    {
        long begin = Place;
        uint found = ReadUInt32();
        ContainerFile.Require(
            found <= most && found <= Left / least, begin, $"at most {most} {what}, found {found} in {Left} bytes");
        return (int)found;
    }

    /// <summary>Nothing may be left.</summary>
    public void RequireEnd() =>
        ContainerFile.Require(Left == 0, Place, $"the end of the section, found {Left} more bytes");

    private ReadOnlySpan<byte> Take(uint count)
    {
        ContainerFile.Require(count <= Left, Place, $"{count} more bytes in the section, found {Left}");
        ReadOnlySpan<byte> taken = bytes.AsSpan(_at, (int)count);
        _at += (int)count;
        return taken;
    }
}
