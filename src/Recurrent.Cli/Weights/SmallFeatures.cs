namespace Recurrent.Cli.Weights;

/// <summary>Features that are lost or coarse when a layer's inputs become integers, because others are much larger.</summary>
/// <param name="Layer">Index of the layer that reads them.</param>
/// <param name="Features">Their indices.</param>
/// <param name="Count">Features that the layer reads.</param>
internal sealed record SmallFeatures(int Layer, IReadOnlyList<int> Features, int Count)
{
    /// <summary>Integers that the largest value of a feature should have at the least.</summary>
    public const int LeastQuanta = 16;

    private const int MostNamed = 12;

    /// <summary>A sentence about them.</summary>
    /// <param name="name">The name of the layer.</param>
    public string Describe(string name)
    {
        string listed = string.Join(", ", Features.Take(MostNamed));
        string more = Features.Count > MostNamed ? $" and {Features.Count - MostNamed} more" : string.Empty;
        string what = Features.Count == 1 ? "feature" : "features";
        return $"layer '{name}' reads {what} {listed}{more} of {Count} with fewer than {LeastQuanta} steps of the integers, beside larger "
            + "ones: scale the features alike, or leave its input weights floats (LayerOptions.InputWeights).";
    }
}
