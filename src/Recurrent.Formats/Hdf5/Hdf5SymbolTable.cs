namespace Recurrent.Formats.Hdf5;

/// <summary>A group's symbol table: a B-tree of version 1 whose leaves are lists of entries, and a heap of names.</summary>
internal sealed class Hdf5SymbolTable(Hdf5Pieces pieces, Action<string, long> add)
{
    private const int HeapBytes = 32;
    private const int NodeHeaderBytes = 8;
    private const int EntryBytes = 40;
    private const int SymbolicLink = 2;
    private const int LongestName = 4096;

    private long _names;
    private long _namesBytes;

    public void Read(Hdf5Block message)
    {
        long tree = message.RequireAddress("a group's tree");
        long heap = message.RequireAddress("a group's names");
        Hdf5Block header = pieces.Read(heap, HeapBytes, "a group's names");
        header.RequireSignature("HEAP");
        header.RequireVersion("a heap of names", 0, 0);
        header.Skip(3);
        _namesBytes = header.Size();
        header.Skip(sizeof(long));
        _names = header.RequireAddress("a group's names");
        pieces.RequireInside(_names, _namesBytes, "a group's names");
        Hdf5Tree.Read(pieces, tree, Hdf5Tree.GroupKind, sizeof(long), (_, child) => ReadEntries(child));
    }

    private void ReadEntries(long offset)
    {
        Hdf5Block header = pieces.Read(offset, NodeHeaderBytes, "entries of a group");
        header.RequireSignature("SNOD");
        header.RequireVersion("a list of entries", 1, 1);
        header.Skip(1);
        int count = header.UInt16();
        Hdf5Block entries = pieces.Read(header.Offset, (long)count * EntryBytes, "entries of a group");
        for (int i = 0; i < count; i++)
        {
            long name = entries.Size();
            long at = entries.Offset;
            long? address = entries.Address();
            uint cached = entries.UInt32();
            entries.Skip(20);
            string text = ReadName(name, at);
            if (cached == SymbolicLink || address is null)
            {
                throw Hdf5Refusal.At(at, $"'{text}' is a symbolic link, which is not supported");
            }

            add(text, address.Value);
        }
    }

    private string ReadName(long name, long at)
    {
        if (name >= _namesBytes)
        {
            throw Hdf5Refusal.At(at, $"a name at byte {name} of a heap of {_namesBytes}");
        }

        // Names are short: a piece at a time, until there is the 0 behind it.
        for (long length = 64; ; length *= 8)
        {
            long bytes = Math.Min(length, _namesBytes - name);
            ReadOnlySpan<byte> piece = pieces.Read(_names + name, bytes, "a name").Memory(bytes).Span;
            if (piece.Contains((byte)0) || bytes == _namesBytes - name)
            {
                return Hdf5Block.Text(piece);
            }

            if (bytes >= LongestName)
            {
                throw Hdf5Refusal.At(_names + name, $"expected a name of at most {LongestName} bytes");
            }
        }
    }
}
