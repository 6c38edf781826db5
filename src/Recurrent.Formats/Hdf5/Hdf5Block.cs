using System.Buffers.Binary;
using System.Text;

namespace Recurrent.Formats.Hdf5;

/// <summary>
/// A piece of an HDF5 file that is taken apart from its beginning to its end. Every length is checked against what is left,
/// and every refusal has the offset in the file.
/// </summary>
internal sealed class Hdf5Block(ReadOnlyMemory<byte> bytes, long offset)
{
    private const ulong Undefined = ulong.MaxValue;

    /// <summary>Bytes that have been taken.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes that are left.</summary>
    public int Left => bytes.Length - Position;

    /// <summary>Where the next byte lies in the file.</summary>
    public long Offset => offset + Position;

    /// <summary>The same piece, of which nothing has been taken.</summary>
    public Hdf5Block Fresh() => new(bytes, offset);

    public int Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A length or a size, of 1, 2, 4 or 8 bytes.</summary>
    public long Size(int width = sizeof(ulong))
    {
        long at = Offset;
        ReadOnlySpan<byte> taken = Take(width);
        ulong value = 0;
        for (int i = width - 1; i >= 0; i--)
        {
            value = (value << 8) | taken[i];
        }

        return value <= long.MaxValue ? (long)value : throw Hdf5Refusal.At(at, $"expected a size below 2^63, found {value}");
    }

    /// <summary>An offset in the file; null if it is undefined: there is nothing.</summary>
    public long? Address()
    {
        long at = Offset;
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
        return value == Undefined ? null
            : value <= long.MaxValue ? (long)value
            : throw Hdf5Refusal.At(at, $"expected an address below 2^63, found {value}");
    }

    public long RequireAddress(string what)
    {
        long at = Offset;
        return Address() ?? throw Hdf5Refusal.At(at, $"expected the address of {what}, found none");
    }

    public void Skip(int count) => Take(count);

    /// <summary>Skips to a multiple of 8 behind a begin.</summary>
    public void Align(int begin) => Skip(-(Position - begin) & 7);

    /// <summary>A part, to be taken apart on its own.</summary>
    public Hdf5Block Part(int count)
    {
        long at = Offset;
        ReadOnlyMemory<byte> part = Memory(count);
        return new Hdf5Block(part, at);
    }

    public ReadOnlyMemory<byte> Memory(long count)
    {
        if (count < 0 || count > Left)
        {
            throw Hdf5Refusal.At(Offset, $"expected {count} bytes, found the {Left} that are left of a block");
        }

        ReadOnlyMemory<byte> part = bytes.Slice(Position, (int)count);
        Position += (int)count;
        return part;
    }

    /// <summary>A name of so many bytes; it ends before them if there is a 0.</summary>
    public string Name(int count) => Text(Take(count));

    /// <summary>Text up to the first 0.</summary>
    public static string Text(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    /// <summary>Checks the letters that a structure begins with.</summary>
    public void RequireSignature(string letters)
    {
        long at = Offset;
        ReadOnlySpan<byte> found = Take(letters.Length);
        if (!Encoding.ASCII.GetBytes(letters).AsSpan().SequenceEqual(found))
        {
            throw Hdf5Refusal.At(at, $"expected '{letters}'");
        }
    }

    /// <summary>Checks a version.</summary>
    public int RequireVersion(string what, int first, int last)
    {
        long at = Offset;
        int version = Byte();
        return version >= first && version <= last
            ? version
            : throw Hdf5Refusal.At(at, $"version {version} of {what} is not supported; expected {first} to {last}");
    }

    private ReadOnlySpan<byte> Take(int count) => Memory(count).Span;
}
