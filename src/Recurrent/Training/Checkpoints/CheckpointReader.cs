using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Recurrent.Training;

/// <summary>
/// Reads and checks the file of a checkpoint, which stays open meanwhile: others may replace it.
/// </summary>
internal sealed class CheckpointReader : IDisposable
{
    // Whatever the size of the file, positions and counts are at hand.
    private const int SmallBytes = 1 << 12;

    private readonly CheckpointSource _file;
    private readonly SafeFileHandle _handle;
    private readonly byte[] _beforeData;
    private readonly CheckpointHeader _header;
    private readonly CheckpointEntry? _checksums;

    private CheckpointReader(string path)
    {
        _file = new CheckpointSource(path, out _handle);
        try
        {
            _beforeData = ReadBeforeData();
            _header = CheckpointHeader.Parse(
                _beforeData.AsMemory(CheckpointFile.LengthBytes), _file.Length - _beforeData.Length);
        }
        catch (FormatException e)
        {
            _handle.Dispose();
            throw _file.Damaged("the header", e);
        }
        catch
        {
            _handle.Dispose();
            throw;
        }

        _checksums = _header.Entries.FirstOrDefault(entry => entry.Name == CheckpointChecksums.Name);
    }

    /// <summary>Reads a file. All of it is checked if it has checksums.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostInMemory">Bytes of numbers up to which they are kept in memory; those of more stay in the file.</param>
    /// <exception cref="InvalidDataException">It is damaged or something else; the message says what and where.</exception>
    public static CheckpointContents Read(string path, long mostInMemory)
    {
        using CheckpointReader reader = new(path);
        CheckpointEntry[] entries = [.. reader._header.Entries.Where(entry => entry != reader._checksums)];
        CheckpointChecksums? checksums = reader._checksums is null ? null : reader.ReadChecksums(entries.Length);
        bool isSmall = reader._file.Length - reader._beforeData.Length <= mostInMemory;
        Dictionary<string, CheckpointTensor> tensors = new(StringComparer.Ordinal);
        for (int i = 0; i < entries.Length; i++)
        {
            FileTensor tensor = new(
                reader._file, entries[i], reader._beforeData.Length, checksums?.Of(i) ?? ReadOnlyMemory<byte>.Empty);
            tensors.Add(
                entries[i].Name,
                reader.Keep(tensor, isSmall || tensor.ByteCount <= SmallBytes, checksums is not null));
        }

        return new CheckpointContents(
            new Dictionary<string, string>(reader._header.Texts, StringComparer.Ordinal), tensors, checksums is not null);
    }

    public void Dispose() => _handle.Dispose();

    private CheckpointTensor Keep(FileTensor tensor, bool inMemory, bool isChecked)
    {
        if (inMemory)
        {
            var bytes = new byte[tensor.ByteCount];
            int filled = 0;
            tensor.Visit(_handle, piece =>
            {
                piece.CopyTo(bytes.AsSpan(filled));
                filled += piece.Length;
            });
            return new MemoryTensor<byte>(tensor.Type, tensor.Shape, bytes);
        }

        if (isChecked)
        {
            tensor.Visit(_handle, _ => { });
        }

        return tensor;
    }

    private byte[] ReadBeforeData()
    {
        Span<byte> prefix = stackalloc byte[CheckpointFile.LengthBytes];
        ulong length = 0;
        if (_file.Length >= prefix.Length)
        {
            _file.Read(_handle, 0, prefix);
            length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        }

        if (length is 0 or > CheckpointHeader.MaxBytes || length > (ulong)(_file.Length - prefix.Length))
        {
            throw new InvalidDataException(
                $"{_file.Path}: expected a header of 1 to {CheckpointHeader.MaxBytes} bytes within the file, found {length} of "
                + $"{_file.Length} bytes.");
        }

        var bytes = new byte[prefix.Length + (int)length];
        _file.Read(_handle, 0, bytes);
        return bytes;
    }

    private CheckpointChecksums ReadChecksums(int tensors)
    {
        // They are found from the end: of the header nothing is certain yet.
        CheckpointChecksums checksums = new(tensors);
        long begin = _file.Length - checksums.Bytes.Length;
        if (begin < _beforeData.Length)
        {
            throw _file.Damaged("the header");
        }

        _file.Read(_handle, begin, checksums.Bytes);
        CheckpointEntry expected = CheckpointChecksums.Entry(tensors, begin - _beforeData.Length);
        bool isThere = _checksums!.Begin == expected.Begin && _checksums.Type == expected.Type
            && _checksums.Shape.SequenceEqual(expected.Shape);
        if (!checksums.IsOfHeader(_beforeData) || !isThere)
        {
            throw _file.Damaged("the header, or its checksum,");
        }

        return checksums.IsWhole() ? checksums : throw _file.Damaged("the list of checksums");
    }
}
