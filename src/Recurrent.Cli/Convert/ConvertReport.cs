using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Convert;

/// <summary>What became of a model that was written in another format and read again.</summary>
/// <param name="Input">The file that was read.</param>
/// <param name="Output">The file that was written.</param>
/// <param name="Before">The model of the one.</param>
/// <param name="After">The model of the other, as it is read again.</param>
/// <param name="Values">Values of output that were compared.</param>
/// <param name="Different">How many of them have other bits.</param>
/// <param name="LargestDifference">The largest absolute difference.</param>
/// <param name="Lost">What the written file does not hold.</param>
internal sealed record ConvertReport(
    string Input,
    string Output,
    ImportedModel Before,
    ImportedModel After,
    int Values,
    int Different,
    double LargestDifference,
    IReadOnlyList<string> Lost)
{
    /// <summary>The format that weights of recurrent layers were given; null if none was named.</summary>
    public WeightFormat? Weights { get; init; }

    /// <summary>Whether the written file says in which formats weights are computed.</summary>
    public bool HoldsFormats { get; init; }

    public bool IsEqual => Different == 0;
}
