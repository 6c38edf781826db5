namespace Recurrent.Formats.Onnx;

/// <summary>
/// A step of a layer normalization that is written as operators:
/// <c>(x * Data + mean * Mean) / sqrt(variance + Epsilon) * Factors + Offsets</c>.
/// </summary>
/// <param name="Of">The data <c>x</c>.</param>
/// <param name="Data">How often the data is in it: -1, 0 or 1.</param>
/// <param name="Mean">How often the mean of its features is in it.</param>
internal sealed record Standardization(FlowValue Of, int Data, int Mean) : Pending
{
    /// <summary>What is added to the variance; null if it has not been divided by the deviation.</summary>
    public float? Epsilon { get; init; }

    /// <summary>A factor for each feature; empty for 1.</summary>
    public float[] Factors { get; init; } = [];

    /// <summary>What is added for each feature; empty for nothing.</summary>
    public float[] Offsets { get; init; } = [];

    /// <summary>Whether nothing is missing of the normalization.</summary>
    public bool IsWhole => Data == 1 && Mean == -1 && Epsilon is not null;

    /// <summary>Whether it is the data less its mean.</summary>
    public bool IsCentered => Data == 1 && Mean == -1 && Epsilon is null && Factors.Length == 0 && Offsets.Length == 0;

    public override string ToString() => this is { Data: 0, Mean: 1, Epsilon: null }
        ? $"the mean of the features of {Of}"
        : $"a part of a normalization of {Of}";
}
