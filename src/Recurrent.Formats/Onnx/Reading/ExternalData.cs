using System.Globalization;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Onnx;

/// <summary>Elements in files of their own. Each file is opened once, and open as long as this is.</summary>
/// <param name="folder">The model's folder; null if it is not known.</param>
/// <param name="refusesHardLinks">Whether the files must have one name only.</param>
/// <param name="budget">What counts their bytes, which belong to the model.</param>
internal sealed class ExternalData(string? folder, bool refusesHardLinks, MemoryBudget budget) : IDisposable
{
    private readonly Dictionary<string, WireSource> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);

    /// <summary>The file, and where in it the elements begin.</summary>
    public (WireSource File, long Offset) Find(IEnumerable<StringStringEntryProto> entries, long bytes)
    {
        Dictionary<string, string> values = [];
        foreach (StringStringEntryProto entry in entries)
        {
            values[entry.Key] = entry.Value;
        }

        if (folder is null)
        {
            throw new ModelFormatException("its elements are in another file, and the model's folder is not known.");
        }

        long offset = Number(values, "offset") ?? 0;
        if (Number(values, "length") is { } length && length != bytes)
        {
            throw new ModelFormatException($"its dimensions ask for {bytes} bytes, its external data has {length}.");
        }

        string location = values.GetValueOrDefault("location", "");
        WireSource source = Open(folder, location);
        if (offset > source.Length - bytes)
        {
            throw new ModelFormatException(
                $"expected {bytes} bytes of external data from byte {offset}, found {source.Length} bytes in the file.");
        }

        Count(location, source, bytes);
        return (source, offset);
    }

    public void Dispose()
    {
        foreach (WireSource file in _files.Values)
        {
            file.Dispose();
        }
    }

    private WireSource Open(string modelFolder, string location)
    {
        if (!_files.TryGetValue(location, out WireSource? source))
        {
            source = ExternalFile.Open(modelFolder, location, refusesHardLinks);
            _files.Add(location, source);
        }

        return source;
    }

    /// <summary>Counts bytes that tensors are made of, and of each file no more than it has.</summary>
    private void Count(string location, WireSource source, long bytes)
    {
        long used = _used.GetValueOrDefault(location);
        long now = Math.Min(source.Length, used + bytes);
        _used[location] = now;
        budget.Extend(now - used);
    }

    private static long? Number(Dictionary<string, string> values, string key)
    {
        if (!values.TryGetValue(key, out string? text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new ModelFormatException($"external data: expected a number as {key}, found '{text}'.");
    }
}
