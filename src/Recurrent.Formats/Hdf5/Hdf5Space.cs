namespace Recurrent.Formats.Hdf5;

/// <summary>The sizes of an array's axes.</summary>
/// <param name="Sizes">The slowest first; empty for a single value, one axis of size 0 where there is nothing at all.</param>
internal sealed record Hdf5Space(long[] Sizes)
{
    private const int MostAxes = 32;
    private const int NullKind = 2;

    public static Hdf5Space Read(Hdf5Block block)
    {
        int version = block.RequireVersion("a dataspace", 1, 2);
        long at = block.Offset;
        int rank = block.Byte();
        if (rank > MostAxes)
        {
            throw Hdf5Refusal.At(at, $"expected at most {MostAxes} axes, found {rank}");
        }

        block.Skip(1);
        bool isNull = block.Byte() == NullKind && version == 2;
        block.Skip(version == 1 ? 4 : 0);
        var sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            sizes[axis] = block.Size();
        }

        return new Hdf5Space(isNull ? [0] : sizes);
    }

    /// <summary>Values in all; 0 if there is nothing.</summary>
    public long Count(string name)
    {
        if (Sizes.Contains(0))
        {
            return 0;
        }

        Int128 count = 1;
        foreach (long size in Sizes)
        {
            count *= size;
            if (count > long.MaxValue)
            {
                throw new ModelFormatException($"HDF5: '/{name}' has more than 2^63 values.");
            }
        }

        return (long)count;
    }

    public long ByteCount(int elementBytes, string name)
    {
        Int128 bytes = (Int128)Count(name) * elementBytes;
        return bytes <= long.MaxValue
            ? (long)bytes
            : throw new ModelFormatException($"HDF5: '/{name}' has more than 2^63 bytes.");
    }
}
