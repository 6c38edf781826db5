namespace Recurrent.Layers;

/// <summary>
/// The mean of each feature in a window of steps; of a window of padding alone it is 0. It has no state and no weights, and needs
/// whole sequences.
/// </summary>
public sealed record AveragePoolingSpecification : WindowSpecification
{
    /// <summary>
    /// Whether the mean is that of all <c>KernelSize</c> steps, those of the padding being 0; otherwise of the steps that are
    /// there.
    /// </summary>
    public bool CountsPadding { get; init; }

    private protected override int OutputFeatures => InputSize;
}
