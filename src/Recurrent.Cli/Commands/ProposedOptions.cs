using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary>Options that a refused file needs, to be copied to the command line.</summary>
internal static class ProposedOptions
{
    private const string Plain = "_-.,:=@%+/";

    /// <summary>The options as the tool has them, quoted where a shell asks for it.</summary>
    public static string Of(ImportOptions proposal)
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

    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c))
        ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
