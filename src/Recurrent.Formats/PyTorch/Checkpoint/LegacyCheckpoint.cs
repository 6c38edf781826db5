using System.Buffers.Binary;
using System.Numerics;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// The format before PyTorch 1.6: pickles of a magic number, a version, the machine's properties, the object and the
/// keys of its storages; then for each storage its number of elements and their bytes.
/// </summary>
internal static class LegacyCheckpoint
{
    /// <summary>Bytes of a file that tell whether it is one.</summary>
    public const int MagicBytes = 15;

    private const long Version = 1001;
    private const int CountBytes = sizeof(long);

    private static ReadOnlySpan<byte> Magic => [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    public static bool Recognizes(ReadOnlySpan<byte> beginning) =>
        beginning.Length >= MagicBytes && beginning[0] == 0x80 && beginning[2..].StartsWith(Magic);

    public static CheckpointContents Read(ByteSource source, MemoryBudget budget)
    {
        var reader = new PickleReader(source, 0, source.Length, budget);
        if (Unpickler.Read(reader, "magic number") is not BigInteger
            || Unpickler.Read(reader, "version") is not Version
            || Unpickler.Read(reader, "properties") is not PickleDictionary properties)
        {
            throw new ModelFormatException($"expected version {Version} of the format before PyTorch 1.6.");
        }

        if (properties.Named.Any(property => property is { Key: "little_endian", Value: not true }))
        {
            throw new ModelFormatException("it was written by a big-endian machine.");
        }

        object? root = Unpickler.Read(reader, "object", out IReadOnlyList<TorchStorage> storages);
        object? keys = Unpickler.Read(reader, "keys of storages");
        Dictionary<string, long> places = FindPlaces(source, reader.Position, keys, storages);
        return new CheckpointContents(
            "PyTorch checkpoint (before 1.6)", root, storage => new StorageBytes(source, places[storage.Key]));
    }

    /// <summary>Goes through the storages, which follow each other in the order of their keys.</summary>
    private static Dictionary<string, long> FindPlaces(
        ByteSource source, long offset, object? keys, IReadOnlyList<TorchStorage> storages)
    {
        Dictionary<string, TorchStorage> named = Named(storages);
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        Span<byte> count = stackalloc byte[CountBytes];
        foreach (object? key in keys as List<object?> ?? throw new ModelFormatException("expected a list of keys."))
        {
            if (key is not string name || !named.TryGetValue(name, out TorchStorage? storage))
            {
                throw new ModelFormatException($"storage '{key}' is not one that a tensor has.");
            }

            if (source.Length - offset - CountBytes < storage.ByteCount)
            {
                throw new ModelFormatException(
                    $"storage '{name}': {storage.ByteCount} bytes at byte {offset} are not inside the file.");
            }

            source.Read(offset, count);
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.ElementCount
                || !places.TryAdd(name, offset + CountBytes))
            {
                throw new ModelFormatException(
                    $"byte {offset}: expected storage '{name}' of {storage.ElementCount} elements, once.");
            }

            offset += CountBytes + (long)storage.ByteCount;
        }

        string? missing = named.Keys.FirstOrDefault(name => !places.ContainsKey(name));
        return missing is null ? places : throw new ModelFormatException($"storage '{missing}' is missing.");
    }

    private static Dictionary<string, TorchStorage> Named(IReadOnlyList<TorchStorage> storages)
    {
        var named = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        foreach (TorchStorage storage in storages)
        {
            if (!named.TryAdd(storage.Key, storage) && named[storage.Key] != storage)
            {
                throw new ModelFormatException($"storage '{storage.Key}' has two types or sizes.");
            }
        }

        return named;
    }
}
