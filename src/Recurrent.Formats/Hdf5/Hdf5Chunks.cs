namespace Recurrent.Formats.Hdf5;

/// <summary>A data set that lies in chunks of equal sizes, which a B-tree finds.</summary>
internal sealed class Hdf5Chunks
{
    private readonly Hdf5Context _context;
    private readonly long[] _chunk;
    private readonly long[] _sizes;
    private readonly Hdf5Filters _filters;
    private readonly int _elementBytes;
    private readonly long _bytes;
    private readonly int _chunkBytes;
    private readonly string _name;

    /// <summary>Takes a layout.</summary>
    /// <param name="context">The file.</param>
    /// <param name="layout">The sizes of a chunk; the last one is the bytes of an element.</param>
    /// <param name="filters">What was done to a chunk.</param>
    /// <param name="space">The sizes of the data set.</param>
    /// <param name="elementBytes">Bytes of an element.</param>
    /// <param name="name">The data set's name, for messages.</param>
    public Hdf5Chunks(
        Hdf5Context context, long[] layout, Hdf5Filters filters, Hdf5Space space, int elementBytes, string name)
    {
        _context = context;
        _filters = filters;
        _sizes = space.Sizes;
        _elementBytes = elementBytes;
        _name = name;
        _bytes = space.ByteCount(elementBytes, name);
        if (_bytes > Array.MaxLength)
        {
            throw new ModelFormatException(
                $"HDF5: '/{_name}' has {_bytes} bytes in chunks; expected at most {Array.MaxLength}.");
        }

        if (layout.Length != _sizes.Length + 1 || _sizes.Length == 0 || layout.Contains(0) || layout[^1] != elementBytes)
        {
            throw new ModelFormatException(
                $"HDF5: '/{name}': chunks of [{string.Join(", ", layout)}] do not fit a data set of "
                + $"[{string.Join(", ", _sizes)}] with {elementBytes} bytes each.");
        }

        _chunk = layout[..^1];
        Int128 chunkBytes = elementBytes;
        foreach (long size in _chunk)
        {
            chunkBytes *= size;
            if (chunkBytes > Array.MaxLength)
            {
                throw new ModelFormatException($"HDF5: '/{name}' has chunks of more than {Array.MaxLength} bytes.");
            }
        }

        _chunkBytes = (int)chunkBytes;
    }

    /// <summary>Bytes of the data set.</summary>
    public int Bytes => (int)_bytes;

    /// <summary>Puts the chunks together.</summary>
    /// <param name="tree">Where their tree is; null if there is none.</param>
    /// <param name="bytes">Receives the data set.</param>
    public void Read(long? tree, Span<byte> bytes)
    {
        if (_bytes == 0)
        {
            return;
        }

        // Chunks at the end of an axis are whole, too.
        long expected = 1;
        for (int axis = 0; axis < _sizes.Length; axis++)
        {
            expected *= ((_sizes[axis] - 1) / _chunk[axis]) + 1;
        }

        _context.Values.Take((2 * (Int128)_chunkBytes) + expected, $"HDF5: '/{_name}'");
        var found = new bool[expected];
        var buffers = (new byte[_chunkBytes], new byte[_chunkBytes]);
        var chunks = new List<(Hdf5Block Key, long Address)>();
        if (tree is { } root)
        {
            int keyBytes = 8 + (8 * (_sizes.Length + 1));
            Hdf5Tree.Read(_context.Pieces, root, Hdf5Tree.ChunkKind, keyBytes, (key, child) => chunks.Add((key, child)));
        }

        foreach ((Hdf5Block key, long address) in chunks)
        {
            Place(bytes, key, address, found, buffers);
        }

        if (chunks.Count != expected)
        {
            throw new ModelFormatException(
                $"HDF5: '/{_name}' has {chunks.Count} chunks; expected {expected}, one for every part of it.");
        }
    }

    private void Place(
        Span<byte> bytes, Hdf5Block key, long address, bool[] found, (byte[] One, byte[] Other) buffers)
    {
        long at = key.Offset;
        long packedBytes = key.UInt32();
        uint mask = key.UInt32();
        var begin = new long[_sizes.Length];
        long number = 0;
        for (int axis = 0; axis < begin.Length; axis++)
        {
            begin[axis] = key.Size();
            if (begin[axis] >= _sizes[axis] || begin[axis] % _chunk[axis] != 0)
            {
                throw Hdf5Refusal.At(at, $"'/{_name}' has no chunk at {begin[axis]} of axis {axis}");
            }

            number = (number * (((_sizes[axis] - 1) / _chunk[axis]) + 1)) + (begin[axis] / _chunk[axis]);
        }

        if (found[number])
        {
            throw Hdf5Refusal.At(at, $"'/{_name}' has the chunk at [{string.Join(", ", begin)}] twice");
        }

        found[number] = true;
        string what = $"the chunk at byte {address} of '/{_name}'";
        ReadOnlyMemory<byte> packed = _context.Pieces.Read(address, packedBytes, what).Memory(packedBytes);
        ReadOnlyMemory<byte> chunk = _filters.Unpack(packed, mask, _elementBytes, buffers, what);
        Copy(chunk.Span, bytes, begin, 0, 0, 0);
    }

    /// <summary>Copies the part of a chunk that is inside the data set, from an axis on.</summary>
    private void Copy(ReadOnlySpan<byte> chunk, Span<byte> bytes, long[] begin, int axis, long from, long to)
    {
        long inside = Math.Min(_chunk[axis], _sizes[axis] - begin[axis]);
        from *= _chunk[axis];
        to = (to * _sizes[axis]) + begin[axis];
        if (axis == begin.Length - 1)
        {
            chunk.Slice((int)(from * _elementBytes), (int)(inside * _elementBytes))
                .CopyTo(bytes[(int)(to * _elementBytes)..]);
            return;
        }

        for (long i = 0; i < inside; i++)
        {
            Copy(chunk, bytes, begin, axis + 1, from + i, to + i);
        }
    }
}
