using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>A case that has been read.</summary>
internal interface ILoadedCase
{
    /// <summary>What was assumed, folded or left out to read its model.</summary>
    IReadOnlyList<ImportNote> Notes => [];

    /// <summary>Computes the case and compares the results with what they should be.</summary>
    /// <param name="path">The way to compute it.</param>
    /// <returns>One result for each expected tensor.</returns>
    /// <exception cref="Exception">
    /// One that <see cref="Commands.ExitCode.IsUnusable"/> knows: the case cannot be computed and has failed on this path.
    /// </exception>
    IReadOnlyList<TensorResult> Check(VerifyPath path);
}
