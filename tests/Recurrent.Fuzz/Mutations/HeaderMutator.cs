using System.Buffers.Binary;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Edits a header whose length stands in front of it, and says the new length.</summary>
/// <param name="lengthAt">Where the length stands.</param>
/// <param name="lengthBytes">In how many bytes, little-endian.</param>
/// <param name="inner">What edits the header.</param>
/// <param name="extensions">The names that such files have.</param>
internal sealed class HeaderMutator(int lengthAt, int lengthBytes, IMutator inner, params string[] extensions) : IMutator
{
    private int Begin => lengthAt + lengthBytes;

    public bool Knows(string name) => extensions.Contains(Path.GetExtension(name));

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        if (Header(bytes) is not { } header || Header(other) is not { } otherHeader)
        {
            return null;
        }

        if (random.Next(8) == 0)
        {
            return ByteMutator.WithInteger(bytes, lengthAt, random);
        }

        if (inner.Mutate(header, otherHeader, random) is not { } changed)
        {
            return null;
        }

        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, changed.Length);
        return [.. bytes.AsSpan(0, lengthAt), .. length[..lengthBytes], .. changed, .. bytes.AsSpan(Begin + header.Length)];
    }

    private byte[]? Header(byte[] bytes)
    {
        if (bytes.Length < Begin)
        {
            return null;
        }

        Span<byte> wide = stackalloc byte[sizeof(long)];
        bytes.AsSpan(lengthAt, lengthBytes).CopyTo(wide);
        long length = BinaryPrimitives.ReadInt64LittleEndian(wide);
        return length >= 0 && length <= bytes.Length - Begin ? bytes[Begin..(Begin + (int)length)] : null;
    }
}
