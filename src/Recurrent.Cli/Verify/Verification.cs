namespace Recurrent.Cli.Verify;

/// <summary>What became of one case on one path; it passed if all its tensors did.</summary>
/// <param name="Case">Its id.</param>
/// <param name="Path">Name of the path.</param>
/// <param name="Tensors">Its tensors; none if the case cannot be used.</param>
/// <param name="Refusal">Why the case cannot be used, or null if it has been computed.</param>
internal sealed record CaseResult(
    string Case, string Path, IReadOnlyList<TensorResult> Tensors, string? Refusal = null)
{
    public bool Passed => Refusal is null && Tensors.All(tensor => tensor.Passed);

    public TensorResult? Worst => Tensors.MaxBy(tensor => tensor.Share);
}

/// <summary>Runs every case of a folder on every path.</summary>
internal static class Verification
{
    /// <summary>
    /// Computes the results, case after case: for each case those of all paths. A case that cannot be used has failed
    /// on every path.
    /// </summary>
    public static IEnumerable<IReadOnlyList<CaseResult>> Run(GoldenFolder folder, IReadOnlyList<VerifyPath> paths) =>
        folder.Index.Cases.Select(entry => Check(folder, entry, paths));

    private static IReadOnlyList<CaseResult> Check(
        GoldenFolder folder, GoldenIndexEntry entry, IReadOnlyList<VerifyPath> paths)
    {
        GoldenCase golden;
        try
        {
            golden = folder.Load(entry);
        }
        catch (UnusableInputException e)
        {
            return [.. paths.Select(path => new CaseResult(entry.Id, path.Name, [], e.Message))];
        }

        return [.. paths.Select(path => new CaseResult(golden.Id, path.Name, path.Check(golden)))];
    }
}
