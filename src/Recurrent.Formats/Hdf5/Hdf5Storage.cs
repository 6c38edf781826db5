using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Hdf5;

/// <summary>Where the bytes of a data set are.</summary>
internal sealed class Hdf5Storage
{
    private const int Compact = 0;
    private const int Contiguous = 1;
    private const int Chunked = 2;
    private const int NewChunked = 4;

    private readonly long _offset;
    private readonly ByteSource? _source;
    private readonly Hdf5Chunks? _chunks;
    private readonly long? _tree;

    // Of what lies in chunks, while it is read piece by piece.
    private byte[]? _unpacked;

    private Hdf5Storage(ByteSource source, long offset)
    {
        _source = source;
        _offset = offset;
    }

    private Hdf5Storage(Hdf5Chunks chunks, long? tree)
    {
        _chunks = chunks;
        _tree = tree;
    }

    /// <summary>Reads where they are. What lies in chunks is put together when it is asked for.</summary>
    public static Hdf5Storage Read(
        Hdf5Context context, Hdf5Block layout, Hdf5Block? filters, Hdf5Space space, int elementBytes, string name)
    {
        long bytes = space.ByteCount(elementBytes, name);
        int version = layout.RequireVersion("a layout", 1, 4);
        return version < 3
            ? ReadOld(context, layout, filters, space, elementBytes, bytes, name)
            : ReadNew(context, layout, filters, space, elementBytes, bytes, name, version);
    }

    /// <summary>Copies bytes of the data set. Chunks are put together once for a walk from its beginning to its end.</summary>
    public void Read(long begin, Span<byte> destination)
    {
        if (_chunks is null)
        {
            _source!.Read(_offset + begin, destination);
        }
        else if (begin == 0 && destination.Length == _chunks.Bytes)
        {
            _chunks.Read(_tree, destination);
        }
        else
        {
            ReadPiece(_chunks, (int)begin, destination);
        }
    }

    private void ReadPiece(Hdf5Chunks chunks, int begin, Span<byte> destination)
    {
        if (_unpacked is null)
        {
            var bytes = new byte[chunks.Bytes];
            chunks.Read(_tree, bytes);
            _unpacked = bytes;
        }

        _unpacked.AsSpan(begin, destination.Length).CopyTo(destination);
        if (begin + destination.Length == chunks.Bytes)
        {
            _unpacked = null;
        }
    }

    private static Hdf5Storage ReadNew(
        Hdf5Context context, Hdf5Block layout, Hdf5Block? filters, Hdf5Space space, int elementBytes, long bytes,
        string name, int version)
    {
        long at = layout.Offset;
        int kind = layout.Byte();
        switch (kind)
        {
            case Compact:
                return OfHeader(layout, layout.UInt16(), bytes, name);
            case Contiguous:
                long? address = layout.Address();
                return OfPiece(context, address, layout.Size(), bytes, name);
            case Chunked when version < NewChunked:
                int rank = layout.Byte();
                long? tree = layout.Address();
                return OfChunks(context, tree, ReadSizes(layout, rank, at), filters, space, elementBytes, name);
            default:
                throw Hdf5Refusal.At(
                    at,
                    kind == Chunked
                        ? $"'/{name}' has its chunks in an index of HDF5 1.10 (layout version 4), which is not supported; "
                            + "expected a B-tree of version 1"
                        : $"'/{name}': a layout of kind {kind} is not supported; expected compact, contiguous or chunked");
        }
    }

    private static Hdf5Storage ReadOld(
        Hdf5Context context, Hdf5Block layout, Hdf5Block? filters, Hdf5Space space, int elementBytes, long bytes, string name)
    {
        long at = layout.Offset;
        int rank = layout.Byte();
        int kind = layout.Byte();
        layout.Skip(5);
        long? address = kind == Compact ? null : layout.Address();
        long[] sizes = ReadSizes(layout, rank, at);
        return kind switch
        {
            Compact => OfHeader(layout, layout.UInt32(), bytes, name),
            Contiguous => OfPiece(context, address, bytes, bytes, name),
            Chunked => OfChunks(context, address, sizes, filters, space, elementBytes, name),
            _ => throw Hdf5Refusal.At(at, $"'/{name}': a layout of kind {kind} is not supported"),
        };
    }

    private static long[] ReadSizes(Hdf5Block layout, int rank, long at)
    {
        if (rank > 33)
        {
            throw Hdf5Refusal.At(at, $"expected a layout of at most 33 axes, found {rank}");
        }

        var sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            sizes[axis] = layout.UInt32();
        }

        return sizes;
    }

    private static Hdf5Storage OfHeader(Hdf5Block layout, long length, long bytes, string name)
    {
        RequireLength(length, bytes, name);
        return new Hdf5Storage(new MemorySource(layout.Memory(length)), 0);
    }

    private static Hdf5Storage OfPiece(Hdf5Context context, long? address, long length, long bytes, string name)
    {
        if (address is not { } offset)
        {
            return bytes == 0
                ? new Hdf5Storage(context.Pieces.Source, 0)
                : throw new ModelFormatException($"HDF5: '/{name}' has {bytes} bytes, none of which were written.");
        }

        RequireLength(length, bytes, name);
        context.Pieces.RequireInside(offset, length, $"'/{name}'");
        return new Hdf5Storage(context.Pieces.Source, offset);
    }

    private static Hdf5Storage OfChunks(
        Hdf5Context context, long? tree, long[] sizes, Hdf5Block? filters, Hdf5Space space, int elementBytes, string name)
    {
        var chunks = new Hdf5Chunks(context, sizes, Hdf5Filters.Read(filters, name), space, elementBytes, name);
        return new Hdf5Storage(chunks, tree);
    }

    private static void RequireLength(long length, long bytes, string name)
    {
        if (length < bytes)
        {
            throw new ModelFormatException($"HDF5: '/{name}' has {length} bytes; its type and shape need {bytes}.");
        }
    }
}
