namespace Recurrent.Formats.Hdf5;

/// <summary>A data set of numbers.</summary>
internal sealed class Hdf5Tensor(
    string name, TensorElementType elementType, long[] shape, bool isBigEndian, Hdf5Storage storage)
    : Tensor(name, elementType, shape, Count(shape))
{
    private protected override void Read(long firstElement, Span<byte> destination)
    {
        int size = SizeInBytes;
        storage.Read(firstElement * size, destination);
        for (int at = 0; isBigEndian && size > 1 && at < destination.Length; at += size)
        {
            destination.Slice(at, size).Reverse();
        }
    }

    private int SizeInBytes => Tensors.TensorElementTypes.SizeInBytes(ElementType);

    // The product has been checked.
    private static long Count(long[] shape) => shape.Aggregate(1L, (count, size) => count * size);
}
