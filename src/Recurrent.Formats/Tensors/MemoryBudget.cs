namespace Recurrent.Formats.Tensors;

/// <summary>
/// What reading a file may allocate: a multiple of its size, and a floor for small files. Whatever a file can ask for
/// with fewer bytes than it costs (entries that unpack, values of a pickle, tensors that share a storage, objects of a
/// header or a graph, constants that are computed) asks here before it is made. Amounts are what the runtime allocates,
/// rounded up, and are never given back: the sum bounds memory and time. One caller at a time.
/// </summary>
internal sealed class MemoryBudget
{
    /// <summary>Bytes that a file of any size may ask for.</summary>
    public const long Floor = 1 << 20;

    /// <summary>
    /// Bytes for each byte of the file. Weights of half precision take twice their bytes, and exporters that fold nothing
    /// rearrange them up to five times.
    /// </summary>
    public const int Multiple = 16;

    private const int TextBytes = 32;

    private readonly int _multiple;
    private long _fileBytes;
    private long _taken;
    private Int128 _tensorBytes;

    public MemoryBudget(long fileBytes, int multiple = Multiple)
    {
        _fileBytes = fileBytes;
        _multiple = multiple;
    }

    /// <summary>A budget of which as much is taken, for one of several uses of what has been read so far.</summary>
    public MemoryBudget(MemoryBudget other)
        : this(other._fileBytes, other._multiple)
    {
        _taken = other._taken;
        _tensorBytes = other._tensorBytes;
        TensorMultiple = other.TensorMultiple;
    }

    /// <summary>Bytes of tensors as float32, for each byte of the file, of formats that count them.</summary>
    public int TensorMultiple { get; init; } = ImportOptions.Default.TensorMultiple;

    /// <summary>What has been asked for.</summary>
    public long Taken => _taken;

    /// <summary>What may be asked for.</summary>
    public Int128 Limit => Floor + ((Int128)_multiple * _fileBytes);

    /// <summary>Counts bytes of another file, which belong to what is read.</summary>
    public void Extend(long fileBytes) => _fileBytes += fileBytes;

    /// <summary>Asks for memory before it is allocated.</summary>
    /// <returns>Whether it may be.</returns>
    public bool TryTake(Int128 bytes)
    {
        if (bytes > Limit - _taken)
        {
            return false;
        }

        _taken += (long)bytes;
        return true;
    }

    /// <summary>Asks for memory before it is allocated.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="what">What for, for the message.</param>
    /// <exception cref="ModelFormatException">It is too much for the file's size.</exception>
    public void Take(Int128 bytes, string what)
    {
        if (!TryTake(bytes))
        {
            throw Exceeded(what);
        }
    }

    /// <summary>Asks for a text of a number of characters.</summary>
    /// <exception cref="ModelFormatException">It is too much for the file's size.</exception>
    public void TakeText(long characters, string what) => Take(TextBytes + (2 * (Int128)characters), what);

    /// <summary>Counts a tensor, before it is read: all of them, as float32, may have a multiple of the file and the floor.</summary>
    /// <exception cref="ModelFormatException">They are more.</exception>
    public void TakeTensor(long elements, string name)
    {
        Int128 most = Floor + ((Int128)TensorMultiple * _fileBytes);
        _tensorBytes += (Int128)elements * sizeof(float);
        if (_tensorBytes > most)
        {
            throw new ModelFormatException(
                $"tensor '{name}': the tensors up to here have {_tensorBytes} bytes as float32; those of a file of {_fileBytes} bytes "
                + $"may have {most}, unless {nameof(ImportOptions)}.{nameof(ImportOptions.TensorMultiple)} says more than "
                + $"{TensorMultiple}.");
        }
    }

    /// <summary>The refusal of something that takes too much.</summary>
    public ModelFormatException Exceeded(string what) => new(
        $"{what}: a file of {_fileBytes} bytes may take {Limit} bytes of memory to read, and this would go beyond that.");
}
