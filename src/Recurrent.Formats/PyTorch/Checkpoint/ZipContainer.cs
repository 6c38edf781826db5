using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// The entries of a zip file, stored or deflated, with 64-bit sizes where needed. Nothing is trusted: sizes are checked
/// against the file, and what entries say that they unpack to is asked of its budget, before anything is allocated.
/// </summary>
internal sealed class ZipContainer
{
    private const int EndBytes = 22;
    private const int Locator64Bytes = 20;
    private const int End64Bytes = 56;
    private const int DirectoryEntryBytes = 46;
    private const int LocalHeaderBytes = 30;

    // An entry and its place in a table.
    private const int EntryBytes = 192;

    private readonly ByteSource _file;
    private readonly MemoryBudget _budget;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    private ZipContainer(ByteSource file, MemoryBudget budget)
    {
        _file = file;
        _budget = budget;
    }

    /// <summary>The entries by name.</summary>
    public IReadOnlyDictionary<string, ZipEntry> Entries => _entries;

    public static ZipContainer Read(ByteSource file, MemoryBudget budget)
    {
        var zip = new ZipContainer(file, budget);
        (long offset, long size, long count) = zip.FindDirectory();
        if (count > size / DirectoryEntryBytes || size > Math.Min(file.Length, Array.MaxLength)
            || offset < 0 || offset > file.Length - size)
        {
            throw new ModelFormatException(
                $"zip: a directory of {count} entries at byte {offset}, {size} bytes long; expected entries of at least "
                + $"{DirectoryEntryBytes} bytes, inside the {file.Length} bytes of the file.");
        }

        budget.Take(size, "zip: its directory");
        var directory = new byte[size];
        file.Read(offset, directory);
        zip.ReadDirectory(directory, offset, (int)count);
        return zip;
    }

    /// <summary>Where the bytes of an entry begin in the file.</summary>
    public long DataOffset(ZipEntry entry)
    {
        Span<byte> header = stackalloc byte[LocalHeaderBytes];
        RequireInside(entry.HeaderOffset, LocalHeaderBytes, entry.Name);
        _file.Read(entry.HeaderOffset, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 0x04034b50)
        {
            throw new ModelFormatException($"zip: byte {entry.HeaderOffset}: expected the header of '{entry.Name}'.");
        }

        long offset = entry.HeaderOffset + LocalHeaderBytes
            + BinaryPrimitives.ReadUInt16LittleEndian(header[26..])
            + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        RequireInside(offset, entry.PackedSize, entry.Name);
        return offset;
    }

    /// <summary>Unpacks an entry.</summary>
    public byte[] Unpack(ZipEntry entry) => PrepareUnpacking(entry)();

    /// <summary>Asks for the memory of an entry.</summary>
    /// <returns>What unpacks it, whenever that is.</returns>
    /// <exception cref="ModelFormatException">It takes too much.</exception>
    public Func<byte[]> PrepareUnpacking(ZipEntry entry)
    {
        long offset = DataOffset(entry);
        if (entry.Size > Array.MaxLength || entry.PackedSize > Array.MaxLength)
        {
            throw new ModelFormatException(
                $"zip: '{entry.Name}' has {entry.Size} bytes, which is more than an array holds.");
        }

        _budget.Take(
            (Int128)entry.PackedSize + (entry.IsStored ? 0 : entry.Size),
            $"zip: '{entry.Name}', which unpacks to {entry.Size} bytes");
        return () =>
        {
            var packed = new byte[entry.PackedSize];
            _file.Read(offset, packed);
            return entry.IsStored ? packed : Inflate(packed, entry);
        };
    }

    private static byte[] Inflate(byte[] packed, ZipEntry entry)
    {
        var bytes = new byte[entry.Size];
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            int read = inflater.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read == bytes.Length && inflater.ReadByte() < 0)
            {
                return bytes;
            }
        }
        catch (InvalidDataException e)
        {
            throw new ModelFormatException($"zip: '{entry.Name}' is damaged: {e.Message}", e);
        }

        throw new ModelFormatException($"zip: '{entry.Name}' does not unpack to the {entry.Size} bytes that it says.");
    }

    private (long Offset, long Size, long Count) FindDirectory()
    {
        var tail = new byte[Math.Min(_file.Length, EndBytes + ushort.MaxValue)];
        long tailOffset = _file.Length - tail.Length;
        _file.Read(tailOffset, tail);
        for (int at = tail.Length - EndBytes; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) == 0x06054b50)
            {
                return FindDirectory64(tailOffset + at) ?? (
                    BinaryPrimitives.ReadUInt32LittleEndian(end[16..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(end[12..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(end[10..]));
            }
        }

        throw new ModelFormatException("zip: its directory, at the end of the file, is missing.");
    }

    private (long Offset, long Size, long Count)? FindDirectory64(long endOffset)
    {
        if (endOffset < Locator64Bytes)
        {
            return null;
        }

        Span<byte> locator = stackalloc byte[Locator64Bytes];
        _file.Read(endOffset - Locator64Bytes, locator);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != 0x07064b50)
        {
            return null;
        }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        RequireInside(offset, End64Bytes, "directory");
        Span<byte> end = stackalloc byte[End64Bytes];
        _file.Read(offset, end);
        long count = BinaryPrimitives.ReadInt64LittleEndian(end[32..]);
        long size = BinaryPrimitives.ReadInt64LittleEndian(end[40..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(end) == 0x06064b50 && count >= 0 && size >= 0
            ? (BinaryPrimitives.ReadInt64LittleEndian(end[48..]), size, count)
            : throw new ModelFormatException($"zip: byte {offset}: expected the end of its directory.");
    }

    private void ReadDirectory(ReadOnlySpan<byte> directory, long offset, int count)
    {
        for (int at = 0; count > 0; count--)
        {
            ReadOnlySpan<byte> rest = directory[at..];
            if (rest.Length < DirectoryEntryBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest) != 0x02014b50)
            {
                throw new ModelFormatException($"zip: byte {offset + at}: expected an entry of its directory.");
            }

            int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]);
            int extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]);
            int bytes =
                DirectoryEntryBytes + nameBytes + extraBytes + BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
            if (bytes > rest.Length)
            {
                throw new ModelFormatException($"zip: byte {offset + at}: an entry goes beyond its directory.");
            }

            _budget.Take(EntryBytes + (2 * nameBytes), "zip: its directory");
            string name = Encoding.UTF8.GetString(rest.Slice(DirectoryEntryBytes, nameBytes));
            ReadOnlySpan<byte> extra = rest.Slice(DirectoryEntryBytes + nameBytes, extraBytes);
            ZipEntry entry = ZipEntry.Read(name, rest[..DirectoryEntryBytes], extra);
            RequireInside(entry.HeaderOffset, entry.PackedSize, name);
            if (!_entries.TryAdd(name, entry))
            {
                throw new ModelFormatException($"zip: '{name}' is in it twice.");
            }

            at += bytes;
        }
    }

    private void RequireInside(long offset, long size, string name)
    {
        if (offset < 0 || offset > _file.Length || size > _file.Length - offset)
        {
            throw new ModelFormatException(
                $"zip: '{name}': {size} bytes at byte {offset} are not inside the {_file.Length} bytes of the file.");
        }
    }
}
