namespace Recurrent.Layers;

/// <summary>
/// A model as plain data: its layers with their weights, what it puts out, and whether steps may be missing. It is what
/// files are read into and written from; a RecurrentModel computes it natively and a ReferenceModel in C#. Immutable.
/// </summary>
public sealed class ModelDefinition
{
    /// <summary>Checks that the layers fit each other and the options.</summary>
    /// <param name="layers">
    /// 1 to 1024 layers, from the input to the output; each takes what the one before puts out. The list is copied.
    /// </param>
    /// <param name="output">What is put out for a sequence.</param>
    /// <param name="masking">Whether steps may be missing; null if not: NaN then propagates.</param>
    /// <exception cref="ArgumentNullException">The list or a layer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">What is to be put out is not defined.</exception>
    /// <exception cref="ArgumentException">
    /// There is no layer or too many; a layer does not fit the one before; an embedding is not the first one; a residual
    /// connection goes around more layers than there are before it, or starts from an index or from fewer features than
    /// it adds to; final states are to be put out, and no layer has any or a residual connection goes around the last one
    /// that has; or the value of a missing step is no index, for a model that takes indices.
    /// </exception>
    public ModelDefinition(
        IReadOnlyList<Layer> layers, ModelOutput output = ModelOutput.EveryStep, Masking? masking = null)
    {
        Chain = new LayerChain(layers, Require.Defined(output, nameof(output)), masking, nameof(layers));
    }

    /// <summary>The layers, from the input to the output.</summary>
    public IReadOnlyList<Layer> Layers => Chain.Layers;

    /// <summary>What is put out for a sequence.</summary>
    public ModelOutput Output => Chain.Output;

    /// <summary>Whether steps may be missing; null if not.</summary>
    public Masking? Masking => Chain.Masking;

    /// <summary>Features of an input step; 1 for a model that takes indices.</summary>
    public int InputSize => Chain.InputSize;

    /// <summary>Features of an output step.</summary>
    public int OutputSize => Chain.OutputSize;

    /// <summary>
    /// Elements of state of one batch row in all layers and directions, and the output that is repeated at missing steps
    /// if there is one.
    /// </summary>
    public int StateSize => Chain.StateSize;

    /// <summary>Indices that the model knows, if it takes indices instead of features; otherwise 0.</summary>
    public int VocabularySize => Chain.VocabularySize;

    /// <summary>Whether every layer runs forward, so that the model can be stepped and sequences cut anywhere.</summary>
    public bool CanStep => Chain.CanStep;

    internal LayerChain Chain { get; }
}
