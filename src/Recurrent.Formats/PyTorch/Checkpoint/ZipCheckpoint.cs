using System.Text;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// The format of PyTorch 1.6 and later: a zip file with a pickle, <c>data.pkl</c>, and an entry <c>data/KEY</c> for
/// each storage, all in one folder.
/// </summary>
internal static class ZipCheckpoint
{
    private const string PickleName = "data.pkl";
    private const int MaxByteOrderBytes = 16;

    public static bool Recognizes(ReadOnlySpan<byte> beginning) => beginning.StartsWith("PK\x03\x04"u8);

    public static CheckpointContents Read(ByteSource source, MemoryBudget budget)
    {
        ZipContainer zip = ZipContainer.Read(source, budget);
        string folder = FindFolder(zip);
        return HasCode(zip, folder)
            ? throw new ModelFormatException(
                $"it is a TorchScript archive, whose tensors are those of a graph: {nameof(ModelFile)}.{nameof(ModelFile.Load)} reads it.")
            : Read(source, zip, folder, "data", budget);
    }

    /// <summary>Reads a pickle and the places of its storages.</summary>
    /// <param name="source">The file.</param>
    /// <param name="zip">Its entries.</param>
    /// <param name="folder">The folder of the pickle.</param>
    /// <param name="name">The pickle's name without its ending, which is that of the storages' folder.</param>
    /// <param name="budget">What is asked for memory.</param>
    public static CheckpointContents Read(
        ByteSource source, ZipContainer zip, string folder, string name, MemoryBudget budget)
    {
        RequireLittleEndian(zip, folder);
        ZipEntry pickle = zip.Entries[$"{folder}{name}.pkl"];
        var bytes = new MemorySource(zip.Unpack(pickle));
        object? root = Unpickler.Read(new PickleReader(bytes, 0, bytes.Length, budget), $"{name}.pkl");
        var opened = new Dictionary<string, StorageBytes>(StringComparer.Ordinal);
        return new CheckpointContents(
            "PyTorch checkpoint", root, storage => Open(source, zip, $"{folder}{name}/", storage, opened));
    }

    /// <summary>The folder of a TorchScript archive; null if a zip file is none.</summary>
    public static string? FindCode(ZipContainer zip)
    {
        string? pickle = zip.Entries.Keys.FirstOrDefault(
            name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal));
        string folder = pickle is null ? "" : pickle[..^PickleName.Length];
        return pickle is not null && HasCode(zip, folder) ? folder : null;
    }

    private static bool HasCode(ZipContainer zip, string folder)
    {
        string prefix = folder + "code/";
        return zip.Entries.ContainsKey(folder + "constants.pkl")
            || zip.Entries.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static string FindFolder(ZipContainer zip)
    {
        string[] pickles =
        [
            .. zip.Entries.Keys
                .Where(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal)),
        ];
        if (pickles.Length == 0 && zip.Entries.Keys.FirstOrDefault(IsOfExport) is { } program)
        {
            throw new ModelFormatException(
                $"it is a program of torch.export (.pt2), of which '{program}' tells; this is not read. Save the model by torch.jit.script or "
                + "torch.jit.trace, or write it to ONNX with torch.onnx.export.");
        }

        return pickles.Length == 1
            ? pickles[0][..^PickleName.Length]
            : throw new ModelFormatException(
                $"zip: expected one '{PickleName}', which is where torch.save puts a state dict; found "
                + $"{pickles.Length}.");
    }

    /// <summary>What a program of torch.export has: PyTorch 2.1 to 2.6, and since 2.7.</summary>
    private static bool IsOfExport(string name) =>
        name.EndsWith("serialized_exported_program.json", StringComparison.Ordinal)
        || (name.EndsWith(".json", StringComparison.Ordinal) && (name.StartsWith("models/", StringComparison.Ordinal)
            || name.Contains("/models/", StringComparison.Ordinal)));

    private static void RequireLittleEndian(ZipContainer zip, string folder)
    {
        if (zip.Entries.TryGetValue(folder + "byteorder", out ZipEntry entry))
        {
            string order =
                entry.Size <= MaxByteOrderBytes ? Encoding.ASCII.GetString(zip.Unpack(entry)) : "something long";
            if (order != "little")
            {
                throw new ModelFormatException($"'{entry.Name}': expected 'little', found '{order}'.");
            }
        }
    }

    private static StorageBytes Open(
        ByteSource source,
        ZipContainer zip,
        string folder,
        TorchStorage storage,
        Dictionary<string, StorageBytes> opened)
    {
        string name = folder + storage.Key;
        if (!zip.Entries.TryGetValue(name, out ZipEntry entry))
        {
            throw new ModelFormatException($"zip: '{name}', a tensor's storage, is missing.");
        }

        if (entry.Size < storage.ByteCount)
        {
            throw new ModelFormatException(
                $"zip: '{name}' has {entry.Size} bytes, {storage.ElementCount} elements of {storage.ElementType} need "
                + $"{storage.ByteCount}.");
        }

        if (!opened.TryGetValue(name, out StorageBytes? bytes))
        {
            bytes = entry.IsStored
                ? new StorageBytes(source, zip.DataOffset(entry))
                : new StorageBytes(source, zip.PrepareUnpacking(entry));
            opened.Add(name, bytes);
        }

        return bytes;
    }
}
