using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// A tensor as a pickle describes it: a view of a storage, <c>storage[Offset + sum(index * stride)]</c>, all counted in
/// elements and checked to be inside.
/// </summary>
internal sealed class TorchTensor
{
    private const int MaxAxes = 64;

    private TorchTensor(TorchStorage storage, TensorElementType elementType, long offset, long[] shape, long[] strides)
    {
        Storage = storage;
        ElementType = elementType;
        Offset = offset;
        Shape = shape;
        Strides = strides;
    }

    public TorchStorage Storage { get; }

    public TensorElementType ElementType { get; }

    public long Offset { get; }

    public long[] Shape { get; }

    public long[] Strides { get; }

    public long ElementCount { get; private init; }

    /// <summary>Elements of the storage from <see cref="Offset"/> to the last one of the tensor.</summary>
    public long Extent { get; private init; }

    /// <summary>Whether its elements follow each other in row-major order.</summary>
    public bool IsDense { get; private init; }

    public static TorchTensor Create(
        TorchStorage storage, TensorElementType elementType, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > MaxAxes || offset < 0
            || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
        {
            throw new ModelFormatException(
                $"a tensor of sizes [{Text(shape)}] with strides [{Text(strides)}] at {offset}; expected as many "
                + "of both, "
                + $"none negative, at most {MaxAxes}.");
        }

        Int128 elements = Product(shape);
        Int128 extent = elements == 0 ? 0 : 1;
        Int128 available = storage.ByteCount / elementType.SizeInBytes();
        for (int axis = 0; axis < shape.Length && elements > 0 && extent <= available; axis++)
        {
            extent += (Int128)(shape[axis] - 1) * strides[axis];
        }

        if (elements > available || offset + extent > available)
        {
            throw new ModelFormatException(
                $"a tensor of sizes [{Text(shape)}] with strides [{Text(strides)}] at {offset} is not inside storage "
                + $"'{storage.Key}', which has {available} elements; or it repeats them (save a contiguous() copy "
                + "of it).");
        }

        return new TorchTensor(storage, elementType, offset, shape, strides)
        {
            ElementCount = (long)elements,
            Extent = (long)extent,
            IsDense = HasDenseStrides(shape, strides),
        };
    }

    private static Int128 Product(long[] shape)
    {
        Int128 product = 1;
        foreach (long size in shape)
        {
            // Past this there is no storage that holds it, and a later 0 must not hide an overflow.
            product = product > long.MaxValue && size > 0 ? product : product * size;
        }

        return product;
    }

    private static bool HasDenseStrides(long[] shape, long[] strides)
    {
        Int128 expected = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] != 1 && strides[axis] != expected)
            {
                return false;
            }

            expected *= shape[axis];
        }

        return true;
    }

    private static string Text(long[] values) => string.Join(", ", values);
}
