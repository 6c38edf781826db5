namespace Recurrent.Cli.Verify;

/// <summary>Files of JSON that describe cases. They are held in memory whole, so they must not be endless.</summary>
internal static class BoundedJson
{
    /// <summary>A hundred times as much as the largest that there is.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="UnusableInputException">It is longer, or nobody can say how long it is, as of a pipe.</exception>
    public static FileStream Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        if (stream.CanSeek && stream.Length <= MostBytes)
        {
            return stream;
        }

        string found = stream.CanSeek ? $"{stream.Length}" : "one without a length";
        stream.Dispose();
        throw new UnusableInputException($"'{path}': expected a file of at most {MostBytes} bytes, found {found}.");
    }

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="UnusableInputException">There are more, or nobody can say how many, as of a pipe.</exception>
    public static byte[] Read(string path)
    {
        using FileStream stream = Open(path);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
