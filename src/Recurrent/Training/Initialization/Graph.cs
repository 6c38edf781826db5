using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Builds a new model of several inputs and outputs (Keras's functional API): inputs, layers that are called on values, outputs.
/// Sizes follow from the values, parameters are drawn as Keras does, dropout and penalties are kept beside the layers.
/// </summary>
/// <remarks>
/// Layers that follow each other are shorter with <see cref="Sequential"/>. A recurrent layer always puts out every step:
/// <c>x.Lstm(20)</c> is Keras's <c>LSTM(20, return_sequences=True)</c>, and <c>x.Lstm(20).FinalState()</c> its
/// <c>LSTM(20)</c>.
/// </remarks>
/// <example>
/// <code>
/// Graph graph = new(seed: 1);
/// GraphValue x = graph.Input("x", 8);                  // [batch, time, 8]
/// GraphValue constants = graph.RowInput("static", 3);  // [batch, 3]
/// GraphValue h = x.Lstm(20);                           // [batch, time, 20]
/// GraphValue y = h.LastStep().Concatenate(constants).Dense(1);  // [batch, 1]
/// ModelDefinition definition = graph.ToDefinition(("mean", y));
/// </code>
/// </example>
public sealed class Graph
{
    private readonly ulong _seed;
    private readonly List<ModelInput> _inputs = [];
    private readonly List<GraphValue> _inputValues = [];
    private readonly List<GraphEntry> _entries = [];

    /// <summary>Begins a model.</summary>
    /// <param name="seed">Where parameters come from; every layer has numbers of its own.</param>
    public Graph(ulong seed)
    {
        _seed = seed;
    }

    /// <summary>How the parameters of the layers that follow are drawn.</summary>
    public LayerInitialization Initialization { get; init; } = LayerInitialization.Keras;

    /// <summary>An input of features of every step: <c>[batch, time, size]</c>.</summary>
    /// <param name="name">Its name, unlike that of other inputs.</param>
    /// <param name="size">Features of a step.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The name or the size cannot be used.</exception>
    public GraphValue Input(string name, int size) => AddInput(ModelInput.Sequence(name, size), TimeBase.Model);

    /// <summary>An input of features that all steps have in common: <c>[batch, size]</c>.</summary>
    /// <param name="name">Its name, unlike that of other inputs.</param>
    /// <param name="size">Features of a row.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The name or the size cannot be used.</exception>
    public GraphValue RowInput(string name, int size) => AddInput(ModelInput.Row(name, size), TimeBase.Row);

    /// <summary>An input of an index per step, for an embedding: <c>[batch, time]</c>.</summary>
    /// <param name="name">Its name, unlike that of other inputs.</param>
    /// <param name="vocabularySize">Indices are from 0 to this number less 1.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The name or the size cannot be used.</exception>
    public GraphValue IndexInput(string name, int vocabularySize) =>
        AddInput(ModelInput.Indices(name, vocabularySize), TimeBase.Model);

    /// <summary>Calls a layer that is there already on values.</summary>
    /// <param name="layer">The layer, such as one with given weights.</param>
    /// <param name="values">What it reads, in its order.</param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentNullException">The layer or a value is null.</exception>
    /// <exception cref="ArgumentException">A value is of another graph, or the layer does not take it.</exception>
    public GraphValue Call(Layer layer, params IReadOnlyList<GraphValue> values) =>
        Add(layer, values, default, default, isDropout: false, isSparse: false);

    /// <summary>The model, batch-major as the <see cref="Sequences{T}"/> that models are trained with.</summary>
    /// <param name="outputs">What is put out, each under a name of its own.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentNullException">The list or a value is null.</exception>
    /// <exception cref="ArgumentException">
    /// There is no output, a name or a value is given twice, a value is an input, a dropout or of another graph.
    /// </exception>
    public ModelDefinition ToDefinition(params IReadOnlyList<(string Name, GraphValue Value)> outputs) =>
        ToDefinition(null, outputs);

    /// <summary>The model, of which steps may be missing.</summary>
    /// <param name="masking">Which steps are missing, and what is put out there; null for none.</param>
    /// <param name="outputs">What is put out, each under a name of its own.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentNullException">The list or a value is null.</exception>
    /// <exception cref="ArgumentException">
    /// There is no output, a name or a value is given twice, a value is an input, a dropout or of another graph; or a layer
    /// changes the number of steps.
    /// </exception>
    public ModelDefinition ToDefinition(
        Masking? masking, params IReadOnlyList<(string Name, GraphValue Value)> outputs) =>
        Define(Assemble(outputs), outputs, masking);

    /// <summary>The model, to be trained natively with the dropout and penalties of its layers.</summary>
    /// <param name="outputs">What is put out, each under a name of its own.</param>
    /// <param name="masking">Whether steps may be missing; null if not.</param>
    /// <param name="options">How to train it besides; null for the defaults.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException">The list or a value is null.</exception>
    /// <exception cref="ArgumentException">The outputs cannot be used, as in <see cref="ToDefinition(Masking?,
    /// IReadOnlyList{ValueTuple{string, GraphValue}})"/>.</exception>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    public TrainableModel<float> ToModel(
        IReadOnlyList<(string Name, GraphValue Value)> outputs,
        Masking? masking = null,
        TrainingOptions? options = null)
    {
        GraphAssembly assembly = Assemble(outputs);
        return TrainableModel.Create(
            Define(assembly, outputs, masking),
            (options ?? new TrainingOptions()) with
            {
                Dropout = assembly.Dropout,
                Regularizers = assembly.Regularizers,
                Sparse = block => assembly.IsSparse(block) || options?.Sparse?.Invoke(block) == true,
            });
    }

    /// <summary>The dropout of each layer of the definition with some outputs, for <see cref="TrainingOptions.Dropout"/>.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <returns>The rates.</returns>
    /// <exception cref="ArgumentException">The outputs cannot be used.</exception>
    public IReadOnlyList<LayerDropout> DropoutRates(
        params IReadOnlyList<(string Name, GraphValue Value)> outputs) => Assemble(outputs).Dropout;

    internal GraphValue Add(
        Layer layer,
        IReadOnlyList<GraphValue> reads,
        LayerDropout dropout,
        LayerRegularizers regularizers,
        bool isDropout = false,
        bool isSparse = false)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(reads);
        RequireOwn(reads, "values");
        GraphEntry entry = new(layer, [.. reads], dropout, regularizers, isDropout, isSparse);
        GraphAssembly assembly = new(_inputValues, [.. _entries, entry], []);
        // Refuses what does not fit while the caller's line is known.
        ModelValue value = GraphWiring.OfNodes(_inputs, assembly.Nodes, "layers").Values[^1];
        _entries.Add(entry);
        return new GraphValue(this, entry, value);
    }

    /// <summary>Random numbers for the next layer: those that <see cref="Sequential"/> has for a layer of that number.</summary>
    internal SeededRandom NextRandom() => new(_seed, (ulong)_entries.Count(entry => !entry.IsDropout));

    private GraphValue AddInput(ModelInput input, TimeBase time)
    {
        ModelInput[] inputs = [.. _inputs, input];
        GraphArguments.RequireInputs(inputs, "inputs", mayBeRows: true);
        _inputs.Add(input);
        GraphValue value = new(this, null, new ModelValue(_inputValues.Count, input.Kind, input.Size, time));
        _inputValues.Add(value);
        return value;
    }

    private GraphAssembly Assemble(IReadOnlyList<(string Name, GraphValue Value)> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        GraphValue[] values = [.. outputs.Select(output => output.Value)];
        RequireOwn(values, nameof(outputs));
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Entry is { IsDropout: true })
            {
                throw new ArgumentException(
                    $"{nameof(outputs)}[{i}]: expected a layer after Dropout, found the end: outputs of a model are not "
                    + "dropped.",
                    nameof(outputs));
            }
        }

        return new GraphAssembly(_inputValues, _entries, values);
    }

    private ModelDefinition Define(
        GraphAssembly assembly, IReadOnlyList<(string Name, GraphValue Value)> outputs, Masking? masking) => new(
            _inputs,
            assembly.Nodes,
            [.. outputs.Select(output => new NamedOutput(output.Name, assembly.NumberOf(output.Value)))],
            masking,
            SequenceLayout.BatchMajor);

    private void RequireOwn(IReadOnlyList<GraphValue> values, string argument)
    {
        for (int i = 0; i < values.Count; i++)
        {
            ArgumentNullException.ThrowIfNull(values[i], $"{argument}[{i}]");
            if (values[i].Graph != this)
            {
                throw new ArgumentException(
                    $"{argument}[{i}]: expected a value of this graph, found one of another.", argument);
            }
        }
    }
}
