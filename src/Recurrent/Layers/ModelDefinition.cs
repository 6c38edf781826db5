namespace Recurrent.Layers;

/// <summary>
/// A model as plain data: its layers with their weights, what it outputs, whether steps may be missing, and in which order
/// the axes of its sequences are. It is what files are read into and written from; a RecurrentModel computes it natively
/// and a ReferenceModel in C#. Immutable.
/// </summary>
public sealed class ModelDefinition
{
    /// <summary>Checks that the layers fit each other and the options.</summary>
    /// <param name="layers">
    /// 1 to 1024 layers, from the input to the output; each takes what the one before puts out. The list is copied.
    /// </param>
    /// <param name="output">What is put out for a sequence.</param>
    /// <param name="masking">Whether steps may be missing; null if not: NaN then propagates.</param>
    /// <param name="layout">
    /// Order of the axes of a sequence where a call does not say another: that of the data that the model is made for.
    /// </param>
    /// <param name="emptyRow">
    /// What the final state of a batch row is whose length is 0, where a session does not say another.
    /// </param>
    /// <exception cref="ArgumentNullException">The list or a layer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The output, the layout or the rule is not defined.</exception>
    /// <exception cref="ArgumentException">
    /// There is no layer or too many; a layer does not fit the one before; an embedding is not the first one; a residual
    /// connection goes around more layers than there are before it, or starts from an index or from fewer features than
    /// it adds to; final states are to be put out, and no layer has any or a residual connection goes around the last one
    /// that has; or the value of a missing step is no index, for a model that takes indices.
    /// </exception>
    public ModelDefinition(
        IReadOnlyList<Layer> layers,
        ModelOutput output = ModelOutput.EveryStep,
        Masking? masking = null,
        SequenceLayout layout = SequenceLayout.TimeMajor,
        EmptyRow emptyRow = EmptyRow.KeepsState)
    {
        Chain = new LayerChain(layers, output, masking, layout, emptyRow, nameof(layers));
    }

    /// <summary>The layers, from the input to the output.</summary>
    public IReadOnlyList<Layer> Layers => Chain.Layers;

    /// <summary>What is put out for a sequence.</summary>
    public ModelOutput Output => Chain.Output;

    /// <summary>Whether steps may be missing; null if not.</summary>
    public Masking? Masking => Chain.Masking;

    /// <summary>
    /// Order of the axes of a sequence where a call does not say another. <c>Step</c> takes one step of every row, which is
    /// the same in both.
    /// </summary>
    public SequenceLayout Layout => Chain.Layout;

    /// <summary>What the final state of a batch row is whose length is 0, where a session does not say another.</summary>
    public EmptyRow EmptyRow => Chain.EmptyRow;

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

    /// <summary>The same model for data in another order of axes. Its layers and their weights are shared.</summary>
    /// <param name="layout">Order of the axes of a sequence where a call does not say another.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The layout is not defined.</exception>
    public ModelDefinition WithLayout(SequenceLayout layout) => new(Layers, Output, Masking, layout, EmptyRow);

    /// <summary>The same model with another rule for rows of length 0. Its layers and their weights are shared.</summary>
    /// <param name="emptyRow">What the final state of such a row is, where a session does not say another.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rule is not defined.</exception>
    public ModelDefinition WithEmptyRow(EmptyRow emptyRow) => new(Layers, Output, Masking, Layout, emptyRow);
}
