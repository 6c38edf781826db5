namespace Recurrent.Formats.Hdf5;

/// <summary>Where values of variable length are: collections of numbered objects.</summary>
internal sealed class Hdf5GlobalHeap(Hdf5Pieces pieces)
{
    private const int HeaderBytes = 16;
    private const int ObjectBytes = 16;

    // An object's place in a table.
    private const int EntryBytes = 64;

    private readonly Dictionary<long, Dictionary<uint, (long Offset, long Size)>> _collections = [];

    /// <summary>Where an object is, and how many bytes it has.</summary>
    public (long Offset, long Size) Find(long collection, uint index)
    {
        if (!_collections.TryGetValue(collection, out Dictionary<uint, (long Offset, long Size)>? objects))
        {
            objects = Read(collection);
            _collections.Add(collection, objects);
        }

        return objects.TryGetValue(index, out (long Offset, long Size) found)
            ? found
            : throw Hdf5Refusal.At(collection, $"the heap has no object {index}");
    }

    private Dictionary<uint, (long Offset, long Size)> Read(long collection)
    {
        Hdf5Block header = pieces.Read(collection, HeaderBytes, "a heap of values");
        header.RequireSignature("GCOL");
        header.RequireVersion("a heap of values", 1, 1);
        header.Skip(3);
        long size = header.Size();
        pieces.RequireInside(collection, size, "a heap of values");
        var objects = new Dictionary<uint, (long Offset, long Size)>();
        for (long at = HeaderBytes; at <= size - ObjectBytes;)
        {
            Hdf5Block entry = pieces.Read(collection + at, ObjectBytes, "an object of a heap");
            uint index = (uint)entry.UInt16();
            entry.Skip(6);
            long bytes = entry.Size();
            at += ObjectBytes;
            if (index == 0)
            {
                break;
            }

            if (bytes > size - at)
            {
                throw Hdf5Refusal.At(
                    collection + at, $"an object of {bytes} bytes goes beyond its heap, which has {size - at} left");
            }

            pieces.Budget.Take(EntryBytes, "HDF5: a heap of values");
            objects.TryAdd(index, (collection + at, bytes));
            at += (bytes + 7) & ~7;
        }

        return objects;
    }
}
