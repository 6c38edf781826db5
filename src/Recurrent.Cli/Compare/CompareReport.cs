namespace Recurrent.Cli.Compare;

/// <summary>Everything that <c>recurrent compare</c> tells.</summary>
/// <param name="Left">What one side is.</param>
/// <param name="Right">What the other side is.</param>
/// <param name="Input">What both were given.</param>
/// <param name="Outputs">How each of their outputs differs.</param>
/// <param name="Tolerance">Largest difference that passes; null if nothing was asked.</param>
internal sealed record CompareReport(
    string Left,
    string Right,
    string Input,
    IReadOnlyList<(string Name, Comparison Comparison)> Outputs,
    double? Tolerance)
{
    /// <summary>What a weight format does to what the layers read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public bool Passed =>
        Tolerance is not { } tolerance || Outputs.All(output => output.Comparison.Total.Largest <= tolerance);
}
