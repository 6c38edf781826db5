using Recurrent.Cli.Commands;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>What became of one case on one path; it passed if all its tensors did.</summary>
/// <param name="Set">The set that it is of.</param>
/// <param name="Case">Its id.</param>
/// <param name="Path">Name of the path.</param>
/// <param name="Tensors">Its tensors; none if the case cannot be used.</param>
/// <param name="Refusal">Why the case cannot be used, or null if it has been computed.</param>
internal sealed record CaseResult(
    VerificationSet Set, string Case, string Path, IReadOnlyList<TensorResult> Tensors, string? Refusal = null)
{
    public bool Passed => Refusal is null && Tensors.All(tensor => tensor.Passed);

    /// <summary>The tensor that is closest to its limit; of those that are not judged, the one with the largest error.</summary>
    public TensorResult? Worst => Tensors.MaxBy(tensor => tensor.Weight);
}

/// <summary>What became of one case.</summary>
/// <param name="Results">Its results, one for each path.</param>
/// <param name="Unreadable">Why the case could not be read, so that it failed on every path; null if it was.</param>
internal sealed record CheckedCase(IReadOnlyList<CaseResult> Results, string? Unreadable)
{
    /// <summary>What its model was read from.</summary>
    public required string Source { get; init; }

    /// <summary>What was assumed, folded or left out to read the model.</summary>
    public IReadOnlyList<ImportNote> Notes { get; init; } = [];
}

/// <summary>Runs every case of a set on every path.</summary>
internal static class Verification
{
    /// <summary>
    /// Computes the results, case after case: for each case those of all paths. A case that cannot be used has failed
    /// on every path.
    /// </summary>
    public static IEnumerable<CheckedCase> Run(VerificationSet set, IReadOnlyList<VerifyPath> paths) =>
        set.Cases.Select(unread => Check(set, unread, paths));

    private static CheckedCase Check(VerificationSet set, IVerificationCase unread, IReadOnlyList<VerifyPath> paths)
    {
        ILoadedCase loaded;
        try
        {
            loaded = unread.Load();
        }
        catch (Exception e) when (ExitCode.IsUnusable(e))
        {
            string reason = Refusal.Describe(e);
            return new CheckedCase(
                [.. paths.Select(path => new CaseResult(set, unread.Id, path.Name, [], reason))], reason)
            {
                Source = unread.Source,
            };
        }

        return new CheckedCase([.. paths.Select(path => Check(set, unread.Id, loaded, path))], Unreadable: null)
        {
            Source = unread.Source,
            Notes = loaded.Notes,
        };
    }

    private static CaseResult Check(VerificationSet set, string id, ILoadedCase loaded, VerifyPath path)
    {
        try
        {
            return new CaseResult(
                set, id, path.Name, path is FormatPath format ? format.Check(loaded) : loaded.Check(path));
        }
        catch (Exception e) when (ExitCode.IsUnusable(e))
        {
            return new CaseResult(set, id, path.Name, [], Refusal.Describe(e));
        }
    }
}
