using System.Buffers.Binary;

namespace Recurrent.Cli.Data;

/// <summary>A type of elements of a <c>.npy</c> file that can be read.</summary>
/// <param name="Name">Its <c>descr</c>.</param>
/// <param name="Size">Bytes of an element.</param>
/// <param name="Read">Makes a float of an element, rounded to nearest.</param>
internal sealed record NpyType(string Name, int Size, NpyType.Reader Read)
{
    /// <summary>Whether its elements are whole numbers.</summary>
    public bool IsInteger => Name[1] is 'i' or 'u';

    private static readonly NpyType[] Known =
    [
        new("<f4", 4, BinaryPrimitives.ReadSingleLittleEndian),
        new("<f8", 8, static bytes => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        new("<f2", 2, static bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        new("<i8", 8, static bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        new("<i4", 4, static bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        new("<i2", 2, static bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        new("|i1", 1, static bytes => (sbyte)bytes[0]),
        new("|u1", 1, static bytes => bytes[0]),
    ];

    /// <summary>Makes a float of the bytes of one element.</summary>
    public delegate float Reader(ReadOnlySpan<byte> bytes);

    /// <summary>Names of all types, for messages.</summary>
    public static string Names => string.Join(", ", Known.Select(type => type.Name));

    /// <summary>The type of a name; null if it cannot be read.</summary>
    public static NpyType? Find(string name) => Array.Find(Known, type => type.Name == name);

    public float[] ToSingles(ReadOnlySpan<byte> data)
    {
        var values = new float[data.Length / Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Read(data.Slice(i * Size, Size));
        }

        return values;
    }
}
