using System.Buffers.Binary;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Damages bytes, whatever they mean.</summary>
internal sealed class ByteMutator : IMutator
{
    private const int Kinds = 9;

    /// <summary>Headers lie at the beginning and directories at the end: they are hit more often than what is between.</summary>
    private const int EdgeBytes = 600;

    public static ByteMutator Instance { get; } = new();

    public byte[] Mutate(byte[] bytes, byte[] other, Random random)
    {
        if (bytes.Length == 0)
        {
            return Values.Utf8(random);
        }

        int at = Place(bytes.Length, random);
        int count = Math.Min(bytes.Length - at, random.Next(4) == 0 ? random.Next(1, 5000) : random.Next(1, 40));
        switch (random.Next(Kinds))
        {
            case 0:
                return Changed(bytes, at, (byte)(bytes[at] ^ (1 << random.Next(8))));
            case 1:
                return Changed(bytes, at, (byte)random.Next(256));
            case 2 or 3:
                return WithInteger(bytes, at, random);
            case 4:
                return bytes[..at];
            case 5:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + count)];
            case 6:
                // Once more, or many times.
                byte[] chunk = bytes[at..(at + count)];
                IEnumerable<byte> repeated = Enumerable.Repeat(chunk, random.Next(3) == 0 ? random.Next(2, 200) : 2).SelectMany(b => b);
                return [.. bytes.AsSpan(0, at), .. repeated, .. bytes.AsSpan(at + count)];
            case 7:
                int from = random.Next(other.Length + 1);
                ReadOnlySpan<byte> taken = other.AsSpan(from, Math.Min(count, other.Length - from));
                return [.. bytes.AsSpan(0, at), .. taken, .. bytes.AsSpan(random.Next(2) == 0 ? at : at + count)];
            default:
                return [.. bytes, .. new byte[random.Next(1, 4000)]];
        }
    }

    /// <summary>Writes a number at the edge of something, or near the one that is there.</summary>
    public static byte[] WithInteger(byte[] bytes, int at, Random random)
    {
        byte[] changed = [.. bytes];
        Span<byte> place = changed.AsSpan(at);
        int size = Math.Min(1 << random.Next(4), place.Length);
        Span<byte> wide = stackalloc byte[sizeof(long)];
        place[..Math.Min(size, place.Length)].CopyTo(wide);
        BinaryPrimitives.WriteInt64LittleEndian(wide, Values.Near(BinaryPrimitives.ReadInt64LittleEndian(wide), random));
        wide[..size].CopyTo(place);
        return changed;
    }

    private static int Place(int length, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(length, EdgeBytes)),
        1 => length - 1 - random.Next(Math.Min(length, EdgeBytes)),
        _ => random.Next(length),
    };

    private static byte[] Changed(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }
}
