using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>A named tensor of a checkpoint: a view of a storage.</summary>
internal sealed class StridedTensor : Tensor
{
    // The tensor, its view, its storage and its shape, and its place in a table.
    private const int ObjectBytes = 512;

    private readonly TorchTensor _view;
    private readonly StorageBytes _storage;
    private readonly Lazy<byte[]> _gathered;

    public StridedTensor(string name, TorchTensor view, StorageBytes storage)
        : base(name, view.ElementType, view.Shape, view.ElementCount)
    {
        _view = view;
        _storage = storage;
        _gathered = new Lazy<byte[]>(Gather);
    }

    /// <summary>Memory that reading it takes: its elements as floats, and what is gathered if they lie apart.</summary>
    public Int128 ReadingBytes => ObjectBytes + ((Int128)sizeof(float) * ElementCount)
        + (_view.IsDense ? 0 : (Int128)ElementBytes * (_view.Extent + ElementCount));

    private int ElementBytes => ElementType.SizeInBytes();

    private protected override void Read(long firstElement, Span<byte> destination)
    {
        long offset = firstElement * ElementBytes;
        if (_view.IsDense)
        {
            _storage.Read((_view.Offset * ElementBytes) + offset, destination);
        }
        else
        {
            _gathered.Value.AsSpan((int)offset, destination.Length).CopyTo(destination);
        }
    }

    /// <summary>The elements of a transposed or sliced tensor one behind the other.</summary>
    private byte[] Gather()
    {
        // The elements are at most as many as those of the extent, which is what the storage has at least.
        long extentBytes = _view.Extent * ElementBytes;
        if (extentBytes > Array.MaxLength)
        {
            throw new ModelFormatException(
                $"tensor '{Name}' is transposed or sliced and larger than {Array.MaxLength} bytes: save a "
                + "contiguous() copy.");
        }

        var extent = new byte[extentBytes];
        _storage.Read(_view.Offset * ElementBytes, extent);
        var gathered = new byte[ElementCount * ElementBytes];
        var index = new long[_view.Shape.Length];
        long from = 0;
        for (int at = 0; at < gathered.Length; at += ElementBytes)
        {
            extent.AsSpan((int)from * ElementBytes, ElementBytes).CopyTo(gathered.AsSpan(at));
            from = Advance(index, from);
        }

        return gathered;
    }

    /// <summary>Goes to the next index in row-major order, and returns where its element is.</summary>
    private long Advance(long[] index, long from)
    {
        for (int axis = index.Length - 1; axis >= 0; axis--)
        {
            from += _view.Strides[axis];
            if (++index[axis] < _view.Shape[axis])
            {
                return from;
            }

            from -= _view.Strides[axis] * _view.Shape[axis];
            index[axis] = 0;
        }

        return from;
    }
}
