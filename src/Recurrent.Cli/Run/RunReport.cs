using Recurrent.Formats;

namespace Recurrent.Cli.Run;

/// <summary>Everything that <c>recurrent run</c> tells.</summary>
/// <param name="File">The model's file.</param>
/// <param name="Imported">The model.</param>
/// <param name="InputFiles">The files of the inputs, in the model's order.</param>
/// <param name="OutputFiles">The file of each output, in the model's order; null for one that is not kept.</param>
/// <param name="Request">What was computed.</param>
/// <param name="Result">What came out.</param>
/// <param name="SampleRate">Steps a second, if the input is sound.</param>
/// <param name="Notes">What the reader should know.</param>
internal sealed record RunReport(
    string File,
    ImportedModel Imported,
    IReadOnlyList<string> InputFiles,
    IReadOnlyList<string?> OutputFiles,
    RunRequest Request,
    RunResult Result,
    int? SampleRate,
    IReadOnlyList<string> Notes)
{
    /// <summary>Whether there are several inputs or outputs, which need their names.</summary>
    public bool HasNames => InputFiles.Count > 1 || OutputFiles.Count > 1;

    /// <summary>Time of computation over time of sound; below 1 is faster than it is played. Null without sound.</summary>
    public double? RealTimeFactor =>
        SampleRate is { } rate ? 1e-6 * Result.Microseconds * rate / Request.Input.Time : null;

    /// <summary>Microseconds of the sound of one call; null without sound.</summary>
    public double? CallBudgetMicroseconds => 1e6 * Request.BlockLength / SampleRate;
}
