namespace Recurrent.Layers;

/// <summary>
/// A model as plain data: its layers with their weights, what it puts out, and whether steps may be missing. It is what
/// files are read into and written from; a RecurrentModel computes it natively and a ReferenceModel in C#. Immutable.
/// </summary>
public sealed class ModelDefinition
{
    /// <summary>Checks that layers fit each other and the options.</summary>
    /// <param name="layers">
    /// 1 to 1024 layers, from the input to the output; each takes what the one before puts out.
    /// </param>
    /// <param name="output">What is put out for a sequence.</param>
    /// <param name="masking">Whether steps may be missing; null if not: NaN then propagates.</param>
    /// <exception cref="ArgumentNullException">The list or a layer is null.</exception>
    /// <exception cref="ArgumentException">
    /// There is no layer or too many, a layer does not fit the one before, an embedding is not the first one, a residual
    /// connection goes around more layers than there are, or final states are to be put out and there are none.
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

    /// <summary>Indices that the model knows, if it takes indices instead of features; otherwise 0.</summary>
    public int VocabularySize => Chain.VocabularySize;

    /// <summary>Whether every layer runs forward, so that the model can be stepped and sequences cut anywhere.</summary>
    public bool CanStep => Chain.CanStep;

    internal LayerChain Chain { get; }
}
