namespace Recurrent.Cli.Verify;

/// <summary>What became of one case on one path; it passed if all its tensors did.</summary>
internal sealed record CaseResult(string Case, string Path, IReadOnlyList<TensorResult> Tensors)
{
    public bool Passed => Tensors.All(tensor => tensor.Passed);

    public TensorResult Worst => Tensors.MaxBy(tensor => tensor.Share)!;
}

/// <summary>Runs every case of a folder on every path.</summary>
internal static class Verification
{
    /// <summary>Computes the results one by one, case after case.</summary>
    /// <exception cref="UnusableInputException">A case cannot be used.</exception>
    public static IEnumerable<CaseResult> Run(GoldenFolder folder, IReadOnlyList<VerifyPath> paths)
    {
        foreach (GoldenIndexEntry entry in folder.Index.Cases)
        {
            GoldenCase golden = folder.Load(entry);
            foreach (VerifyPath path in paths)
            {
                yield return new CaseResult(golden.Id, path.Name, path.Check(golden));
            }
        }
    }
}
