namespace Recurrent.Layers;

/// <summary>
/// A table of vectors, of which an integer index picks one a step. It reads an input of indices: of a list of layers only the
/// first one can be an embedding, and the model then takes indices instead of features. It has no state.
/// </summary>
/// <remarks>
/// <see cref="LayerSpecification.InputSize"/> is the number of rows of the table, so an index is from 0 to
/// <c>InputSize - 1</c>: the layer does what a dense layer does to a vector that is 1 at the index and 0 elsewhere.
/// </remarks>
public sealed record EmbeddingSpecification : LayerSpecification
{
    /// <summary>Features of an output step, 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public new required int OutputSize
    {
        get;
        init => field = Require.Size(value, nameof(OutputSize));
    }

    private protected override int OutputFeatures => OutputSize;

    internal override bool ComputesSteps => false;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Indices;

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Size(OutputSize, $"{argument}.{nameof(OutputSize)}");
    }
}
