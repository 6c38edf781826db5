namespace Recurrent.Plots;

/// <summary>What a plot's file is follows from its name.</summary>
public static class PlotFile
{
    /// <summary>The names that a plot's file may have, for help texts.</summary>
    public const string Kinds = ".svg or .png";

    private const string Svg = ".svg";
    private const string Png = ".png";

    /// <summary>Refuses a name before a long computation has been done for it.</summary>
    /// <param name="path">Where a plot is to be saved.</param>
    /// <exception cref="NotSupportedException">The name has another extension.</exception>
    /// <exception cref="IOException">It is a folder's, or its folder does not exist.</exception>
    public static void RequireWritable(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a folder, expected a file.");
        }

        IsVector(path);

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new IOException($"'{path}': its folder does not exist.");
        }
    }

    /// <summary>Whether a file is an SVG.</summary>
    /// <exception cref="NotSupportedException">It is neither that nor a PNG.</exception>
    internal static bool IsVector(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        Svg => true,
        Png => false,
        var other => throw new NotSupportedException(
            $"'{path}': expected a name that ends in {Kinds}, found {(other.Length == 0 ? "no extension" : other)}."),
    };
}
