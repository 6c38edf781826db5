namespace Recurrent.Cli.Data;

/// <summary>Numbers of a file.</summary>
/// <param name="Shape">Sizes of the axes, the slowest first.</param>
/// <param name="Values">The numbers, row-major; as many as the shape says.</param>
internal sealed record DataArray(IReadOnlyList<int> Shape, float[] Values)
{
    /// <summary>Samples a second; null where the file does not say.</summary>
    public int? SampleRate { get; init; }

    /// <summary>Whether the file holds whole numbers.</summary>
    public bool IsInteger { get; init; }

    /// <summary>
    /// Whether the last axis holds channels of sound: sequences of their own for a model of one feature, not features.
    /// </summary>
    public bool HasChannels { get; init; }

    /// <summary>What was done that one should know, such as a line that was left out; null if nothing.</summary>
    public string? Note { get; init; }

    /// <summary>As in <c>[100, 3]</c>.</summary>
    public string Describe() => $"[{string.Join(", ", Shape)}]";
}
