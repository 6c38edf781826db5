using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary>Options that a refused file needs, to be copied.</summary>
internal static class ProposedOptions
{
    private const string Plain = "_-.,:=@%+/";

    /// <summary>As options of the tool, quoted where a shell asks for it.</summary>
    public static string OfTool(ImportOptions proposal)
    {
        var options = new List<string>();
        if (proposal.Output is { } output)
        {
            options.Add(output switch
            {
                ModelOutput.EveryStep => "--every-step",
                ModelOutput.LastStep => "--last-step",
                _ => "--final-state",
            });
        }

        if (proposal.Layout is { } layout)
        {
            options.Add(layout == SequenceLayout.BatchMajor ? "--batch-major" : "--time-major");
        }

        if (proposal.Modules is { } modules)
        {
            options.Add($"--modules {Quoted(string.Join(",", modules))}");
        }

        return string.Join(" ", options);
    }

    /// <summary>As lines of C#, which the refusal has.</summary>
    public static IReadOnlyList<string> OfCSharp(ModelFormatException refusal) =>
    [
        .. refusal.Message.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal))
            .Select(line => line.Trim()),
    ];

    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c))
        ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
