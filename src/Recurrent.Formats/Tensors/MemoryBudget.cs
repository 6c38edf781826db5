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
    }

    private Int128 Limit => Floor + ((Int128)_multiple * _fileBytes);

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

    /// <summary>The refusal of something that takes too much.</summary>
    public ModelFormatException Exceeded(string what) => new(
        $"{what}: a file of {_fileBytes} bytes may take {Limit} bytes of memory to read, and this would go beyond that.");
}
