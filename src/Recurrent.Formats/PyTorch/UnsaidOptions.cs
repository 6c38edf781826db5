using System.Text.Encodings.Web;
using System.Text.Json;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// What a state dict does not say and nobody has said: too much is possible for a default to be right, so an import is
/// refused, with the options to add.
/// </summary>
internal static class UnsaidOptions
{
    // Of a message that people read; the proposal has all of them.
    private const int MostEntries = 24;
    private const int MostDoubts = 3;

    /// <summary>Refuses a model of which something is not said.</summary>
    /// <param name="options">What is said.</param>
    /// <param name="hasOutput">Whether it is known what the model puts out.</param>
    /// <param name="hasLayout">Whether the order of the axes is known.</param>
    /// <param name="modules">The modules in an order that fits; null if the list of modules is known.</param>
    /// <param name="doubts">The doubts about that order.</param>
    /// <exception cref="ModelFormatException">Something is not said. It has the options to add.</exception>
    public static void Require(
        ImportOptions options,
        bool hasOutput,
        bool hasLayout,
        IReadOnlyList<PyTorchModule>? modules,
        IReadOnlyList<ModuleDoubt> doubts)
    {
        if (options.AssumeDefaults || (hasOutput && hasLayout && doubts.Count == 0))
        {
            return;
        }

        // What most networks do that people have trained: where it is wrong, it is at least to be seen.
        var proposal = new ImportOptions
        {
            Output = hasOutput ? null : ModelOutput.LastStep,
            Layout = hasLayout ? null : SequenceLayout.BatchMajor,
            Modules = modules is null ? null : Propose(options, modules, doubts),
        };
        throw new ModelFormatException(Describe(proposal, doubts)) { Proposal = proposal };
    }

    /// <summary>A list that says all that an import would assume; null if it would assume nothing.</summary>
    private static List<string>? Propose(
        ImportOptions options, IReadOnlyList<PyTorchModule> modules, IReadOnlyList<ModuleDoubt> doubts)
    {
        var list = new List<string>();
        for (int i = 0; i < modules.Count; i++)
        {
            list.AddRange(doubts.Where(doubt => doubt.Index == i).Select(doubt => doubt.Guess));
            list.Add(modules[i].FullEntry(options).ToString());
        }

        bool isNamed = modules.All(module => module.Name.Length > 0);
        bool isPlain = modules is [RecurrentModule only] && list[0] == only.Name;
        return isNamed && !isPlain ? list : null;
    }

    private static string Describe(ImportOptions proposal, IReadOnlyList<ModuleDoubt> doubts)
    {
        List<string> unsaid = [.. doubts.Take(MostDoubts).Select(doubt => $"what is {doubt.Place}")];
        var lines = new List<string>();
        if (proposal.Modules is { } modules)
        {
            lines.Add(ModulesLine(modules, doubts));
        }

        if (proposal.Layout is { } layout)
        {
            unsaid.Insert(0, "the order of its axes");
            lines.Insert(0, $"Layout = SequenceLayout.{layout}, // batch_first=True, else TimeMajor");
        }

        if (proposal.Output is { } output)
        {
            unsaid.Insert(0, "what the model puts out");
            lines.Insert(0, $"Output = ModelOutput.{output}, // or EveryStep, FinalState");
        }

        string all = unsaid.Count == 1 ? unsaid[0] : $"{string.Join(", ", unsaid[..^1])} and {unsaid[^1]}";
        return $"a state dict does not say {all}.\nAdd to the ImportOptions what its code says, for example"
            + string.Concat(lines.Select(line => "\n    " + line))
            + $"\nor {nameof(ImportOptions.AssumeDefaults)} = true: every step, time-major, nothing between modules.";
    }

    private static string ModulesLine(IReadOnlyList<string> modules, IReadOnlyList<ModuleDoubt> doubts)
    {
        IEnumerable<string> entries = modules.Take(MostEntries).Select(Literal);
        string list = string.Join(", ", modules.Count > MostEntries ? entries.Append("…") : entries);
        string guesses = string.Join(", ", doubts.Select(doubt => doubt.Guess).Distinct());
        return $"Modules = [{list}]," + (guesses.Length > 0 ? $" // {guesses}: a guess" : "");
    }

    // JSON's escapes are C#'s, too.
    private static string Literal(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
