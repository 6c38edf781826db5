using System.Text.Encodings.Web;
using System.Text.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// What a state dict does not say and nobody has said: too much is possible for a default to be right, so an import is
/// refused, with the options to add.
/// </summary>
internal sealed class UnsaidOptions
{
    // What a message has room for; the proposal and its lines have all.
    private const int LongestList = 110;
    private const int LongestPlace = 50;

    private readonly IReadOnlyList<ModuleDoubt> _doubts;
    private readonly bool _isPickled;

    private UnsaidOptions(ImportOptions proposal, IReadOnlyList<ModuleDoubt> doubts, bool isPickled = false)
    {
        _isPickled = isPickled;
        Proposal = proposal;
        _doubts = doubts;
    }

    /// <summary>The options to add, as a guess.</summary>
    public ImportOptions Proposal { get; }

    /// <summary>The same as lines of C#.</summary>
    public IReadOnlyList<string> Lines => [.. LinesWith(int.MaxValue)];

    /// <summary>Refuses a model of which something is not said.</summary>
    /// <param name="options">What is said.</param>
    /// <param name="hasOutput">Whether it is known what the model outputs.</param>
    /// <param name="hasLayout">Whether the order of the axes is known.</param>
    /// <param name="modules">The modules in an order that fits; null if the list of modules is known.</param>
    /// <param name="doubts">The doubts about that order.</param>
    /// <param name="isPickled">Whether the file has a whole module, and no state dict.</param>
    /// <exception cref="ModelFormatException">Something is not said. It has the options to add.</exception>
    public static void Require(
        ImportOptions options,
        bool hasOutput,
        bool hasLayout,
        IReadOnlyList<PyTorchModule>? modules,
        IReadOnlyList<ModuleDoubt> doubts,
        bool isPickled = false)
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
        var unsaid = new UnsaidOptions(proposal, doubts, isPickled);
        throw new ModelFormatException(unsaid.Describe()) { Unsaid = unsaid };
    }

    /// <summary>Refuses a pickled module of which nobody has said in which order its modules are applied.</summary>
    /// <param name="options">What is said.</param>
    /// <param name="hasOutput">Whether it is known what the model outputs.</param>
    /// <param name="modules">A list as a guess.</param>
    /// <exception cref="ModelFormatException">Always. It has the options to add.</exception>
    public static void RequireModules(ImportOptions options, bool hasOutput, IReadOnlyList<string> modules)
    {
        var proposal = new ImportOptions
        {
            Output = hasOutput ? null : ModelOutput.LastStep,
            Modules = modules,
            StateDict = options.StateDict,
        };
        var unsaid = new UnsaidOptions(proposal, [], isPickled: true);
        throw new ModelFormatException(unsaid.Describe()) { Unsaid = unsaid };
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

    private static string Shorten(string text, int longest) => text.Length <= longest ? text : text[..longest] + "…";

    // JSON's escapes are C#'s, too.
    private static string Literal(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private string Describe()
    {
        List<string> unsaid =
        [
            .. Proposal.Output is null ? [] : (string[])["what it outputs"],
            .. Proposal.Layout is null ? [] : (string[])["its order of axes"],
            .. _doubts.Take(1).Select(doubt => $"what is {Shorten(doubt.Place, LongestPlace)}"),
            .. _doubts.Count < 2 ? [] : (string[])[$"at {_doubts.Count - 1} more places"],
            .. !_isPickled || Proposal.Modules is null ? [] : (string[])["which of its modules are applied, in which order"],
        ];
        string all = unsaid.Count == 1 ? unsaid[0] : $"{string.Join(", ", unsaid[..^1])} or {unsaid[^1]}";
        return $"a {(_isPickled ? "pickled module" : "state dict")} does not say {all}. Add, as its code says,"
            + string.Concat(LinesWith(LongestList).Select(line => "\n    " + line))
            + $"\nor {nameof(ImportOptions.AssumeDefaults)} = true.";
    }

    private IEnumerable<string> LinesWith(int longestList)
    {
        if (Proposal.Output is { } output)
        {
            yield return $"Output = ModelOutput.{output}, // or EveryStep, FinalState";
        }

        if (Proposal.Layout is { } layout)
        {
            yield return $"Layout = SequenceLayout.{layout}, // batch_first, else TimeMajor";
        }

        if (Proposal.Modules is { } modules)
        {
            string list = Shorten(string.Join(", ", modules.Select(Literal)), longestList);
            string guesses = string.Join(", ", _doubts.Select(doubt => doubt.Guess).Distinct());
            yield return $"Modules = [{list}]," + (guesses.Length > 0 ? $" // {guesses}: a guess" : _isPickled ? " // as they were made: a guess" : "");
        }
    }
}
