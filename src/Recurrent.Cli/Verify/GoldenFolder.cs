using System.Text.Json;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>A folder of golden cases: <c>index.json</c> and a safetensors file for each case.</summary>
internal sealed class GoldenFolder
{
    public const string IndexFile = "index.json";

    private readonly string _path;

    private GoldenFolder(string path, GoldenIndex index)
    {
        _path = path;
        Index = index;
    }

    public GoldenIndex Index { get; }

    /// <summary>Reads the index.</summary>
    /// <exception cref="UnusableInputException">There is none, it is damaged, or it names no case.</exception>
    public static GoldenFolder Open(string path)
    {
        string indexPath = Path.Combine(path, IndexFile);
        if (!File.Exists(indexPath))
        {
            throw new UnusableInputException(
                Directory.Exists(path) ? $"'{path}' has no {IndexFile}." : $"the folder '{path}' does not exist.");
        }

        try
        {
            using MemoryStream stream = new(PythonJson.QuoteNamedNumbers(BoundedJson.Read(indexPath)));
            GoldenIndex? index = JsonSerializer.Deserialize(stream, GoldenIndexContext.Default.GoldenIndex);
            return index is { Cases.Count: > 0 } && index.Cases.All(entry => entry is not null)
                ? new GoldenFolder(path, index)
                : throw new UnusableInputException($"'{indexPath}' names no case.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"'{indexPath}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Reads a case and checks that its file is what the index says.</summary>
    /// <exception cref="UnusableInputException">The file is missing or damaged, or differs from the index.</exception>
    public GoldenCase Load(GoldenIndexEntry entry) => Load(entry, GoldenCase.Create);

    /// <summary>Reads a case's gradients and checks that its file is what the index says.</summary>
    /// <exception cref="UnusableInputException">The file is missing or damaged, or differs from the index.</exception>
    public GoldenGradientCase LoadGradients(GoldenIndexEntry entry) => Load(entry, GoldenGradientCase.Create);

    private TCase Load<TCase>(GoldenIndexEntry entry, Func<GoldenIndexEntry, SafetensorsFile, TCase> create)
    {
        try
        {
            if (entry.File != Path.GetFileName(entry.File))
            {
                throw new UnusableInputException($"file: expected a name without a folder, found '{entry.File}'.");
            }

            using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_path, entry.File));
            return create(entry, file);
        }
        catch (Exception e) when (e is UnusableInputException or ModelFormatException or ArgumentException
                                      or IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException(e.Message, e);
        }
    }
}
