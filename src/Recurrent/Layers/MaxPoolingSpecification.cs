namespace Recurrent.Layers;

/// <summary>
/// The largest value of each feature in a window of steps, NaN if there is one; steps of the padding are left out, and of a
/// window of padding alone it is negative infinity. It has no state and no weights, and needs whole sequences.
/// </summary>
public sealed record MaxPoolingSpecification : WindowSpecification
{
    private protected override int OutputFeatures => InputSize;
}
