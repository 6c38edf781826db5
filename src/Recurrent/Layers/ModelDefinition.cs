namespace Recurrent.Layers;

/// <summary>
/// A model as plain data: its layers with their weights, what each of them reads, what is put out, whether steps may be
/// missing, and in which order the axes of its sequences are. It is what files are read into and written from; a
/// RecurrentModel computes it natively and a ReferenceModel in C#. Immutable.
/// </summary>
/// <remarks>
/// Mostly layers follow each other, from one input to one output: a list of layers is a model. Layers that read several values,
/// and models of several inputs and outputs, name the values that they read.
/// </remarks>
/// <example>
/// <code>
/// ModelDefinition forecaster = new([lstm, dense], ModelOutput.LastStep);
/// ModelDefinition withConstants = new(
///     [ModelInput.Sequence("x", 8), ModelInput.Row("static", 3)],                  // values 0 and 1
///     [
///         new(lstm, 0),                                                            // value 2: a sequence of 20 features
///         new(new LastStepLayer(20)),                                              // value 3: a row; reads the value before
///         new(new ConcatenationLayer(23), 3, 1),                                   // value 4: a row of 20 + 3 features
///         new(dense, 4),                                                           // value 5
///     ],
///     [new NamedOutput("mean", 5)]);
/// </code>
/// </example>
public sealed class ModelDefinition
{
    /// <summary>Makes a model of layers that follow each other. Checks that they fit each other and the options.</summary>
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
    /// that has; the last step is to be put out of what is a row already; a layer changes the number of steps, and steps may
    /// be missing; or the value of a missing step is no index, for a model that takes indices.
    /// </exception>
    public ModelDefinition(
        IReadOnlyList<Layer> layers,
        ModelOutput output = ModelOutput.EveryStep,
        Masking? masking = null,
        SequenceLayout layout = SequenceLayout.TimeMajor,
        EmptyRow emptyRow = EmptyRow.KeepsState)
        : this(new LayerGraph(layers, output, masking, layout, emptyRow))
    {
    }

    /// <summary>Makes a model of layers that name what they read. Checks that everything fits.</summary>
    /// <remarks>
    /// Values are numbered: the inputs first, then what each layer puts out, so that of layer <c>i</c> has the number
    /// <c>inputs.Count + i</c>. All sequences that are inputs have the same number of steps.
    /// </remarks>
    /// <param name="inputs">1 to 1024 inputs, each with a name of its own. The list is copied.</param>
    /// <param name="layers">
    /// 1 to 1024 layers with the values that they read, each after those. One that names none reads the value before its own.
    /// The list is copied.
    /// </param>
    /// <param name="outputs">
    /// 1 or more values that are put out, each with a name of its own and once: those of layers. The list is copied.
    /// </param>
    /// <param name="masking">Whether steps may be missing; null if not: NaN then propagates.</param>
    /// <param name="layout">
    /// Order of the axes of a sequence where a call does not say another: that of the data that the model is made for.
    /// </param>
    /// <param name="emptyRow">
    /// What the final state of a batch row is whose length is 0, where a session does not say another.
    /// </param>
    /// <exception cref="ArgumentNullException">A list or what is in it is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A kind, a size, the layout or the rule is not defined.</exception>
    /// <exception cref="ArgumentException">
    /// A list is empty or too long; a name is not usable or given twice; a layer reads a value that is not before its own,
    /// too many or too few, or of a kind, size or number of steps that it does not take; an output is no layer's value, or is
    /// put out already; a layer changes the number of steps, and steps may be missing; or the value of a missing step is no
    /// index, for a model that takes only indices.
    /// </exception>
    public ModelDefinition(
        IReadOnlyList<ModelInput> inputs,
        IReadOnlyList<LayerNode> layers,
        IReadOnlyList<NamedOutput> outputs,
        Masking? masking = null,
        SequenceLayout layout = SequenceLayout.TimeMajor,
        EmptyRow emptyRow = EmptyRow.KeepsState)
        : this(new LayerGraph(inputs, layers, outputs, masking, layout, emptyRow))
    {
    }

    private ModelDefinition(LayerGraph graph)
    {
        Graph = graph;
        Nodes = [.. graph.Layers.Select((layer, index) => new LayerNode(layer, graph.Reads[index]))];
    }

    /// <summary>The layers, each after those that it reads from.</summary>
    public IReadOnlyList<Layer> Layers => Graph.Layers;

    /// <summary>The layers, and the numbers of the values that each of them reads.</summary>
    public IReadOnlyList<LayerNode> Nodes { get; }

    /// <summary>What the model takes: the input <c>x</c>, if the layers follow each other.</summary>
    public IReadOnlyList<ModelInput> Inputs => Graph.Inputs;

    /// <summary>What the model puts out: the output <c>y</c>, if the layers follow each other.</summary>
    public IReadOnlyList<OutputValue> Outputs => Graph.Outputs;

    /// <summary>
    /// All values: the inputs, then what each layer puts out. If <see cref="Output"/> is
    /// <see cref="ModelOutput.FinalState"/>, that of the last recurrent layer is its final state, a row.
    /// </summary>
    public IReadOnlyList<ModelValue> Values => Graph.Values;

    /// <summary>
    /// Whether the layers follow each other, from one sequence to one output: what files and tools that know only lists of
    /// layers can hold.
    /// </summary>
    public bool IsChain => Graph.IsChain;

    /// <summary>
    /// What is put out for a sequence, by the option of a model whose layers follow each other; a model that names its values
    /// has layers for that, and <see cref="ModelOutput.EveryStep"/> here.
    /// </summary>
    public ModelOutput Output => Graph.Output;

    /// <summary>Whether steps may be missing; null if not.</summary>
    public Masking? Masking => Graph.Masking;

    /// <summary>
    /// Order of the axes of a sequence where a call does not say another. <c>Step</c> takes one step of every row, which is
    /// the same in both.
    /// </summary>
    public SequenceLayout Layout => Graph.Layout;

    /// <summary>What the final state of a batch row is whose length is 0, where a session does not say another.</summary>
    public EmptyRow EmptyRow => Graph.EmptyRow;

    /// <summary>Features of a step of the first input; 1 if it takes indices.</summary>
    public int InputSize => Graph.InputSize;

    /// <summary>Features of a step of the first output.</summary>
    public int OutputSize => Graph.OutputSize;

    /// <summary>
    /// Elements of state of one batch row in all layers and directions, and the outputs that are repeated at missing steps
    /// if there are some.
    /// </summary>
    public int StateSize => Graph.StateSize;

    /// <summary>Indices that the first input knows, if it takes indices instead of features; otherwise 0.</summary>
    public int VocabularySize => Graph.VocabularySize;

    /// <summary>
    /// Whether every layer takes one step after the other, so that the model can be stepped and sequences cut anywhere: no
    /// reverse direction, no <see cref="ReverseLayer"/> or <see cref="LastStepsLayer"/>, no row that is repeated so many
    /// times or cut into steps, no convolution that is not causal, no pooling, and nothing that is made of all steps.
    /// </summary>
    public bool CanStep => Graph.CanStep;

    /// <summary>
    /// The fewest steps of a sequence: 1, unless the window of a convolution or of a pooling layer, or a
    /// <see cref="FlattenLayer"/>, takes more. A call of 0 steps does nothing.
    /// </summary>
    public int LeastTime => Graph.StepRules.LeastTime;

    /// <summary>The most steps of a sequence: any number, unless there is a <see cref="FlattenLayer"/>.</summary>
    public int MostTime => Graph.StepRules.MostTime;

    internal LayerGraph Graph { get; }

    /// <summary>Steps of an output: as many as the model's, unless layers make another number of them; 1 of a row.</summary>
    /// <param name="output">Index of an output.</param>
    /// <param name="time">Steps of the model's inputs, 0 or more.</param>
    /// <returns>The steps that memory for the output has room for.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output, or the number is negative.</exception>
    public int OutputSteps(int output, int time) => Graph.RequireOutputSteps(output, time);

    /// <summary>The same model for data in another order of axes. Its layers and their weights are shared.</summary>
    /// <param name="layout">Order of the axes of a sequence where a call does not say another.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The layout is not defined.</exception>
    public ModelDefinition WithLayout(SequenceLayout layout) => With(Layers, layout, EmptyRow);

    /// <summary>The same model with another rule for rows of length 0. Its layers and their weights are shared.</summary>
    /// <param name="emptyRow">What the final state of such a row is, where a session does not say another.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rule is not defined.</exception>
    public ModelDefinition WithEmptyRow(EmptyRow emptyRow) => With(Layers, Layout, emptyRow);

    /// <summary>The same model with other layers in the places of its own, such as layers with other weights.</summary>
    /// <param name="layers">As many layers.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The list or a layer is null.</exception>
    /// <exception cref="ArgumentException">There are not as many layers, or they do not fit.</exception>
    public ModelDefinition WithLayers(IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Require.Shape(layers.Count, Layers.Count, "one for each layer", nameof(layers));
        return With(layers, Layout, EmptyRow);
    }

    /// <summary>
    /// The same model with the values that its weights have in a format, as floats. A model of that format computes with
    /// these: rounding or packing them again changes nothing, and in <see cref="WeightFormat.BFloat16"/> the outputs are those
    /// of the rounded model in floats, bit for bit.
    /// </summary>
    /// <param name="weights">
    /// The format of the recurrent layers. All others stay as they are, unless <paramref name="layers"/> names them.
    /// </param>
    /// <param name="layers">Of layers, by their index, what differs; null for nothing.</param>
    /// <returns>The model; layers that do not change are shared.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The format is not defined, or there is no such layer.</exception>
    /// <exception cref="ArgumentException">
    /// A layer has no weights that could take a format, or a weight has no value in it: integers take finite weights only.
    /// </exception>
    public ModelDefinition Rounded(WeightFormat weights, IReadOnlyDictionary<int, LayerOptions>? layers = null)
    {
        Require.Defined(weights, nameof(weights));
        return WeightRounding.Round(this, LayerFormats.Of(Graph, weights, layers, nameof(layers)));
    }

    private ModelDefinition With(IReadOnlyList<Layer> layers, SequenceLayout layout, EmptyRow emptyRow) => Graph.IsList
        ? new(layers, Output, Masking, layout, emptyRow)
        : new(
            Inputs,
            [.. layers.Select((layer, index) => new LayerNode(layer, Nodes[index].Inputs))],
            [.. Outputs.Select(output => new NamedOutput(output.Name, output.Value))],
            Masking,
            layout,
            emptyRow);
}
