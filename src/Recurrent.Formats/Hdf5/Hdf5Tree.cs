namespace Recurrent.Formats.Hdf5;

/// <summary>A B-tree of version 1.</summary>
internal static class Hdf5Tree
{
    /// <summary>A tree of a group's entries.</summary>
    public const int GroupKind = 0;

    /// <summary>A tree of a data set's chunks.</summary>
    public const int ChunkKind = 1;

    // Nodes of 32 entries and more; a tree of this height would not fit any disk.
    private const int MostLevels = 16;
    private const int HeaderBytes = 24;
    private const int AddressBytes = 8;

    /// <summary>Reads the leaves, from the first to the last.</summary>
    /// <param name="pieces">The file.</param>
    /// <param name="root">Where the tree's root is.</param>
    /// <param name="kind">Which kind of tree is expected.</param>
    /// <param name="keyBytes">Bytes of a key.</param>
    /// <param name="leaf">Takes a leaf's key and address.</param>
    public static void Read(Hdf5Pieces pieces, long root, int kind, int keyBytes, Action<Hdf5Block, long> leaf) =>
        Read(pieces, root, kind, keyBytes, leaf, null);

    private static void Read(
        Hdf5Pieces pieces, long offset, int kind, int keyBytes, Action<Hdf5Block, long> leaf, int? expectedLevel)
    {
        Hdf5Block header = pieces.Read(offset, HeaderBytes, "a node of a tree");
        header.RequireSignature("TREE");
        long at = header.Offset;
        int foundKind = header.Byte();
        int level = header.Byte();
        int count = header.UInt16();
        if (foundKind != kind || level > MostLevels || (expectedLevel is { } expected && level != expected))
        {
            throw Hdf5Refusal.At(
                at,
                $"expected a node of kind {kind} at level {expectedLevel?.ToString() ?? $"0 to {MostLevels}"}, found kind "
                + $"{foundKind} at level {level}");
        }

        Hdf5Block entries = pieces.Read(
            offset + HeaderBytes, (long)count * (keyBytes + AddressBytes), "a node of a tree");
        for (int i = 0; i < count; i++)
        {
            Hdf5Block key = entries.Part(keyBytes);
            long child = entries.RequireAddress("a node of a tree");
            if (level == 0)
            {
                leaf(key, child);
            }
            else
            {
                Read(pieces, child, kind, keyBytes, leaf, level - 1);
            }
        }
    }
}
