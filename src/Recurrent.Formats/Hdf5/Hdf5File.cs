using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Hdf5;

/// <summary>
/// An HDF5 file as h5py and Keras write them: superblock 0, 1, 2 or 3, groups with symbol tables or links in their header,
/// data in one piece, in the header, or in chunks with a B-tree, which may be deflated and shuffled. Anything else is
/// refused by name, with the offset. Nothing is trusted: every address and length is checked against the file, and what is
/// read is asked of a budget. Checksums are not checked: what a file means is checked anyhow.
/// </summary>
internal sealed class Hdf5File
{
    /// <summary>Bytes of structure that are read of a file, for each of its bytes.</summary>
    public const int StructureMultiple = 3;

    private const int SignatureBytes = 8;
    private const int SuperblockBytes = 96;
    private const int AddressBytes = 8;

    private Hdf5File(Hdf5Object root) => Root = root;

    /// <summary>The group that everything is in.</summary>
    public Hdf5Object Root { get; }

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether a file begins as one of this format does.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Signature);

    /// <summary>Opens a file.</summary>
    /// <param name="source">Its bytes; they are read as long as its tensors are.</param>
    /// <param name="values">What tensors are asked of.</param>
    public static Hdf5File Open(ByteSource source, MemoryBudget values)
    {
        var pieces = new Hdf5Pieces(source, new MemoryBudget(source.Length, StructureMultiple));
        Hdf5Block block = pieces.Read(0, Math.Min(SuperblockBytes, source.Length), "the superblock");
        if (!Recognizes(block.Memory(Math.Min(SignatureBytes, block.Left)).Span))
        {
            throw new ModelFormatException("HDF5, byte 0: expected the format's signature.");
        }

        int version = block.RequireVersion("the superblock", 0, 3);
        long root = version < 2 ? ReadOld(block, version) : ReadNew(block);
        return new Hdf5File(Hdf5Object.Read(new Hdf5Context(pieces, values), root, ""));
    }

    private static long ReadOld(Hdf5Block block, int version)
    {
        block.Skip(4);
        RequireWidths(block);

        // Sizes of the nodes of trees, which say themselves how many entries they have, and flags.
        block.Skip(version == 0 ? 9 : 13);
        RequireBase(block);
        block.Skip(3 * AddressBytes);

        // The root group's entry: where its name is, then its header.
        block.Skip(AddressBytes);
        return block.RequireAddress("the root group");
    }

    private static long ReadNew(Hdf5Block block)
    {
        RequireWidths(block);
        block.Skip(1);
        RequireBase(block);
        block.Skip(2 * AddressBytes);
        return block.RequireAddress("the root group");
    }

    private static void RequireWidths(Hdf5Block block)
    {
        long at = block.Offset;
        int addresses = block.Byte();
        int lengths = block.Byte();
        if (addresses != AddressBytes || lengths != AddressBytes)
        {
            throw Hdf5Refusal.At(
                at, $"addresses of {addresses} bytes and lengths of {lengths} are not supported; expected 8 and 8");
        }
    }

    private static void RequireBase(Hdf5Block block)
    {
        long at = block.Offset;
        if (block.Address() is not 0)
        {
            throw Hdf5Refusal.At(at, "a base address that is not 0 is not supported");
        }
    }
}
