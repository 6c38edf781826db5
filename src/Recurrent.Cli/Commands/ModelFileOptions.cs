using System.CommandLine;
using Recurrent.Formats;

namespace Recurrent.Cli.Commands;

/// <summary>The options that say what a model file does not; of every command that reads one.</summary>
internal sealed class ModelFileOptions
{
    private readonly Option<int?> _kerasVersion = NetworkOptions.Number(
        "--keras-version", "N", 1, 3,
        "Keras: the major version that wrote the file, where the file does not name it; it decides what hard_sigmoid is.");

    private IEnumerable<Option> All => [_kerasVersion];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }
    }

    public ImportOptions Read(ParseResult parsed) => new() { KerasVersion = parsed.GetValue(_kerasVersion) };

    /// <summary>Reads a model file.</summary>
    /// <exception cref="UnusableInputException">It does not exist, or is a folder.</exception>
    /// <exception cref="ModelFormatException">It is no model, or one that is not supported.</exception>
    public static ImportedModel Load(string path, ImportOptions options)
    {
        RequireFile(path);
        return ModelFile.Load(path, options);
    }

    /// <summary>Refuses what is no file.</summary>
    public static void RequireFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UnusableInputException($"'{path}' is a folder, expected a file.");
        }

        if (!File.Exists(path))
        {
            throw new UnusableInputException($"'{path}' does not exist.");
        }
    }
}
