using Recurrent.Cli.Data;
using Recurrent.Cli.Display;
using Recurrent.Cli.Models;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary>Files for the inputs or outputs of a model: a path for the only one, else <c>NAME=FILE</c> for each.</summary>
internal static class NamedFiles
{
    /// <summary>Finds the file of each name.</summary>
    /// <param name="option">The option that they come from, for messages.</param>
    /// <param name="given">What the user gave.</param>
    /// <param name="names">The names of the model, in its order.</param>
    /// <param name="what">What they are: <c>input</c>.</param>
    /// <returns>A path for each name; null for one that was not given.</returns>
    /// <exception cref="UnusableInputException">A name is not known, or is given twice or not at all.</exception>
    public static string?[] Match(
        string option, IReadOnlyList<string> given, IReadOnlyList<string> names, string what)
    {
        var files = new string?[names.Count];
        foreach (string text in given)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            int index = equals < 0 ? -1 : names.ToList().IndexOf(text[..equals]);
            string file = index < 0 ? text : text[(equals + 1)..];

            // A path may have an equals sign, too.
            index = index < 0 && names.Count == 1 ? 0 : index;
            if (index < 0)
            {
                throw new UnusableInputException(
                    $"{option}: expected NAME=FILE, because the model has {names.Count} {what}s, {Listed(names)}; found "
                    + $"'{text}'.");
            }

            if (files[index] is not null)
            {
                throw new UnusableInputException(
                    names.Count == 1
                        ? $"{option}: expected one file, because the model has one {what}, found {given.Count}."
                        : $"{option}: '{names[index]}' was given twice.");
            }

            files[index] = file.Length > 0
                ? file
                : throw new UnusableInputException($"{option}: expected a file for '{names[index]}', found none.");
        }

        return files;
    }

    /// <summary>Refuses a name without a file.</summary>
    public static string[] RequireAll(string option, string?[] files, IReadOnlyList<string> names)
    {
        int missing = Array.IndexOf(files, null);
        return missing < 0
            ? [.. files.OfType<string>()]
            : throw new UnusableInputException(
                $"{option}: expected a file for each of {Listed(names)}, found none for '{names[missing]}'.");
    }

    /// <summary>Reads the input of a model.</summary>
    /// <param name="option">The option that the files come from, for messages.</param>
    /// <param name="given">What the user gave.</param>
    /// <param name="model">The model.</param>
    /// <param name="format">What a file of text looks like.</param>
    /// <returns>The input, and the files in the order of the model's inputs.</returns>
    /// <exception cref="UnusableInputException">A file or a name is missing, or does not fit.</exception>
    public static (SequenceInput Input, string[] Files) ReadInputs(
        string option, IReadOnlyList<string> given, ModelDefinition model, CsvFormat format)
    {
        string[] names = [.. model.Inputs.Select(one => one.Name)];
        string[] files = RequireAll(option, Match(option, given, names, "input"), names);
        return (SequenceInput.Of(model, [.. files.Select(file => (file, DataFile.Read(file, format: format)))]), files);
    }

    private static string Listed(IReadOnlyList<string> names) =>
        TerminalText.Line(string.Join(", ", names.Take(16).Select(name => $"'{name}'")), 300);
}
