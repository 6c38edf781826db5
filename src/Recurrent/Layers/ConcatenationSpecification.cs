namespace Recurrent.Layers;

/// <summary>
/// The features of several values side by side, in their order (Keras <c>Concatenate</c>): of sequences step by step, of
/// rows as they are. The values have the same kind and the same steps. It has no state and no weights.
/// </summary>
/// <remarks><see cref="LayerSpecification.InputSize"/> is the sum of their sizes.</remarks>
public sealed record ConcatenationSpecification : LayerSpecification
{
    internal override int MostInputs => LayerGraph.MaxLayers;

    internal override bool ReadsSideBySide => true;

    private protected override int OutputFeatures => InputSize;
}
