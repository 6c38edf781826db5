namespace Recurrent.Cli.Verify;

/// <summary>The cases that were found at a path.</summary>
/// <param name="Path">The path as it was given.</param>
/// <param name="Kind">What it holds, for people.</param>
/// <param name="Cases">The cases, at least one.</param>
/// <param name="Remarks">What the reader of the results should know about this material.</param>
internal sealed record VerificationSet(
    string Path, string Kind, IReadOnlyList<IVerificationCase> Cases, IReadOnlyList<string> Remarks);
