namespace Recurrent.Formats.Hdf5;

/// <summary>The messages of an object's header, of both versions, with the blocks in which it goes on.</summary>
internal sealed class Hdf5Header
{
    private const int OldVersion = 1;
    private const int PrefixBytes = 16;
    private const int NewPrefixBytes = 34;
    private const int ChecksumBytes = 4;
    private const int SignatureBytes = 4;
    private const int SharedFlag = 2;
    private const int MessageBytes = 64;

    private readonly Hdf5Pieces _pieces;
    private readonly List<Hdf5Message> _messages = [];
    private readonly Queue<(long Offset, long Length)> _blocks = [];
    private bool _isNew;
    private bool _hasOrder;

    private Hdf5Header(Hdf5Pieces pieces) => _pieces = pieces;

    /// <summary>Reads a header.</summary>
    /// <param name="pieces">The file.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="name">The object's name, for messages.</param>
    public static IReadOnlyList<Hdf5Message> Read(Hdf5Pieces pieces, long offset, string name)
    {
        string what = $"the header of '/{name}'";
        var header = new Hdf5Header(pieces);
        pieces.RequireInside(offset, PrefixBytes, what);
        Hdf5Block prefix = pieces.Read(offset, Math.Min(NewPrefixBytes, pieces.Source.Length - offset), what);
        header._isNew = prefix.Byte() == 'O';
        if (header._isNew)
        {
            header.BeginNew(pieces.Read(offset, Math.Min(NewPrefixBytes, pieces.Source.Length - offset), what));
        }
        else
        {
            header.BeginOld(pieces.Read(offset, PrefixBytes, what));
        }

        while (header._blocks.TryDequeue(out (long Offset, long Length) block))
        {
            header.ReadMessages(pieces.Read(block.Offset, block.Length, what));
        }

        return header._messages;
    }

    private void BeginOld(Hdf5Block prefix)
    {
        prefix.RequireVersion("an object's header", OldVersion, OldVersion);

        // How many messages there are follows from the blocks; a count of references.
        prefix.Skip(7);
        _blocks.Enqueue((prefix.Offset + 8, prefix.UInt32()));
    }

    private void BeginNew(Hdf5Block prefix)
    {
        prefix.RequireSignature("OHDR");
        prefix.RequireVersion("an object's header", 2, 2);
        int flags = prefix.Byte();
        _hasOrder = (flags & 4) != 0;
        prefix.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
        long size = prefix.Size(1 << (flags & 3));
        _blocks.Enqueue((prefix.Offset, size));
    }

    private void ReadMessages(Hdf5Block block)
    {
        int leastBytes = _isNew ? (_hasOrder ? 6 : 4) : 8;
        while (block.Left >= leastBytes)
        {
            long at = block.Offset;
            int kind = _isNew ? block.Byte() : block.UInt16();
            int size = block.UInt16();
            int flags = block.Byte();
            block.Skip(leastBytes - (_isNew ? 4 : 5));
            _pieces.Budget.Take(MessageBytes, $"HDF5, byte {at}: a message");
            Hdf5Block body = block.Part(size);
            if (kind == Hdf5Message.Continuation)
            {
                Continue(body);
            }
            else if ((flags & SharedFlag) != 0)
            {
                throw Hdf5Refusal.At(at, $"a shared message (kind {kind}) is not supported");
            }
            else
            {
                _messages.Add(new Hdf5Message(kind, body));
            }
        }
    }

    private void Continue(Hdf5Block body)
    {
        long at = body.Offset;
        long offset = body.RequireAddress("a block of a header");
        long length = body.Size();
        if (!_isNew)
        {
            _blocks.Enqueue((offset, length));
            return;
        }

        if (length < SignatureBytes + ChecksumBytes)
        {
            throw Hdf5Refusal.At(at, $"a block of a header has {length} bytes; expected at least 8");
        }

        _pieces.Read(offset, SignatureBytes, "a block of a header").RequireSignature("OCHK");
        _blocks.Enqueue((offset + SignatureBytes, length - SignatureBytes - ChecksumBytes));
    }
}
