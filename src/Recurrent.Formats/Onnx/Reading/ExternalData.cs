using System.Globalization;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Elements in a file of their own. Only a file in the model's folder, or below it, is opened: what a model says must not
/// reach anything else.
/// </summary>
internal static class ExternalData
{
    /// <summary>The file, and where in it the elements begin.</summary>
    public static (FileByteSource File, long Offset) Open(
        IEnumerable<StringStringEntryProto> entries, string? folder, long bytes)
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

        FileByteSource source = new(Locate(folder, values.GetValueOrDefault("location", "")));
        if (offset > source.Length - bytes)
        {
            throw new ModelFormatException(
                $"expected {bytes} bytes of external data from byte {offset}, found {source.Length} bytes in the file.");
        }

        return (source, offset);
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

    private static string Locate(string folder, string location)
    {
        // Both kinds of separators, on every system: a model is as safe here as there.
        string[] steps = location.Split('/', '\\');
        bool names = steps.All(step => step is not ("" or "." or ".." or "~") && !step.Contains(':', StringComparison.Ordinal)
            && !step.Contains('\0', StringComparison.Ordinal));
        if (!names || Path.IsPathRooted(location))
        {
            throw new ModelFormatException(
                $"external data: expected the name of a file in the model's folder, found '{location}'.");
        }

        string path = Path.GetFullPath(folder);
        for (int i = 0; i < steps.Length; i++)
        {
            path = Path.Combine(path, steps[i]);
            FileSystemInfo info = i == steps.Length - 1 ? new FileInfo(path) : new DirectoryInfo(path);
            if (info.LinkTarget is not null)
            {
                throw new ModelFormatException($"external data: '{location}' is a link, which might lead elsewhere.");
            }
        }

        // A device or a pipe has no length that could be checked, and might never end.
        FileInfo file = new(path);
        if (!file.Exists || (file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) != 0)
        {
            throw new ModelFormatException($"external data: there is no file '{location}' in the model's folder.");
        }

        return path;
    }
}
