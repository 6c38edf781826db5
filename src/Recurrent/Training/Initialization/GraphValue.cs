using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// A value of a <see cref="Graph"/> that is being built: an input, or what a layer puts out. Its methods call layers on it.
/// Immutable; it may be read any number of times.
/// </summary>
public sealed partial class GraphValue
{
    private readonly ModelValue _value;

    internal GraphValue(Graph graph, GraphEntry? entry, ModelValue value)
    {
        Graph = graph;
        Entry = entry;
        _value = value;
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>Whether it is a sequence, a row, or an input of indices.</summary>
    public ValueKind Kind => _value.Kind;

    /// <summary>Features; of indices, how many there are.</summary>
    public int Size => _value.Size;

    /// <summary>The layer that puts it out; null for an input.</summary>
    internal GraphEntry? Entry { get; }

    /// <summary>The sum (Keras <c>Add</c>).</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other, of the same kind, size and steps.</param>
    /// <returns>The sum.</returns>
    public static GraphValue operator +(GraphValue left, GraphValue right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.Add(right);
    }

    /// <summary>The product, feature by feature (Keras <c>Multiply</c>).</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other, of the same kind, size and steps.</param>
    /// <returns>The product.</returns>
    public static GraphValue operator *(GraphValue left, GraphValue right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.Multiply(right);
    }

    /// <summary>A long short-term memory: <c>[batch, time, units]</c>, every step.</summary>
    /// <param name="units">Hidden units of a direction.</param>
    /// <param name="direction">Which way it reads; of two the outputs lie side by side (Keras <c>Bidirectional</c>).</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <param name="initialState">
    /// Rows that its states start from: the hidden states, as many as it outputs, and of an LSTM the cell states; null for those
    /// of the session. With such rows the model needs whole sequences.
    /// </param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentException">
    /// The value is no sequence, an argument is out of range, or a state to start from is no row of the right size.
    /// </exception>
    public GraphValue Lstm(
        int units,
        Direction direction = Direction.Forward,
        float dropout = 0,
        float recurrentDropout = 0,
        LayerRegularizers regularizers = default,
        IReadOnlyList<GraphValue>? initialState = null) => Recurrent(
            new LstmSpecification { InputSize = Size, HiddenSize = units, Direction = direction },
            dropout, recurrentDropout, regularizers, initialState);

    /// <summary>A gated recurrent unit, reset-after: <c>[batch, time, units]</c>, every step.</summary>
    /// <param name="units">Hidden units of a direction.</param>
    /// <param name="direction">Which way it reads; of two the outputs lie side by side (Keras <c>Bidirectional</c>).</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <param name="initialState">
    /// Rows that its states start from: the hidden states, as many as it outputs, and of an LSTM the cell states; null for those
    /// of the session. With such rows the model needs whole sequences.
    /// </param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentException">
    /// The value is no sequence, an argument is out of range, or a state to start from is no row of the right size.
    /// </exception>
    public GraphValue Gru(
        int units,
        Direction direction = Direction.Forward,
        float dropout = 0,
        float recurrentDropout = 0,
        LayerRegularizers regularizers = default,
        IReadOnlyList<GraphValue>? initialState = null) => Recurrent(
            new GruSpecification { InputSize = Size, HiddenSize = units, Direction = direction },
            dropout, recurrentDropout, regularizers, initialState);

    /// <summary>A simple recurrent layer, tanh: <c>[batch, time, units]</c>, every step.</summary>
    /// <param name="units">Hidden units of a direction.</param>
    /// <param name="direction">Which way it reads; of two the outputs lie side by side (Keras <c>Bidirectional</c>).</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <param name="initialState">
    /// Rows that its states start from: the hidden states, as many as it outputs, and of an LSTM the cell states; null for those
    /// of the session. With such rows the model needs whole sequences.
    /// </param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentException">
    /// The value is no sequence, an argument is out of range, or a state to start from is no row of the right size.
    /// </exception>
    public GraphValue SimpleRnn(
        int units,
        Direction direction = Direction.Forward,
        float dropout = 0,
        float recurrentDropout = 0,
        LayerRegularizers regularizers = default,
        IReadOnlyList<GraphValue>? initialState = null) => Recurrent(
            new SimpleRnnSpecification { InputSize = Size, HiddenSize = units, Direction = direction },
            dropout, recurrentDropout, regularizers, initialState);

    /// <summary>Any recurrent layer, every step.</summary>
    /// <param name="specification">What it is; its input size is set to that of the value.</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <param name="initialState">
    /// Rows that its states start from: the hidden states, as many as it outputs, and of an LSTM the cell states; null for those
    /// of the session. With such rows the model needs whole sequences.
    /// </param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    /// <exception cref="ArgumentException">
    /// The value is no sequence, an argument is out of range, or a state to start from is no row of the right size.
    /// </exception>
    public GraphValue Recurrent(
        RecurrentSpecification specification,
        float dropout = 0,
        float recurrentDropout = 0,
        LayerRegularizers regularizers = default,
        IReadOnlyList<GraphValue>? initialState = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        RecurrentLayer layer = LayerFactory.Create(
            specification with { InputSize = Size }, Graph.NextRandom(), Graph.Initialization);
        return Graph.Add(layer, [this, .. initialState ?? []], new LayerDropout(Input: dropout, State: recurrentDropout), regularizers);
    }

    /// <summary>A dense layer, of a row or of every step.</summary>
    /// <param name="units">Features that it puts out.</param>
    /// <param name="activation">Its activation; null for none.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentException">The value has no features, or the number of units is out of range.</exception>
    public GraphValue Dense(int units, Activation? activation = null, LayerRegularizers regularizers = default) => Graph.Add(
        LayerFactory.Dense(Size, units, Graph.NextRandom(), activation, Graph.Initialization), [this], default, regularizers);

    /// <summary>An embedding of an input of indices: <c>[batch, time, units]</c>.</summary>
    /// <param name="units">Features that it puts out.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <param name="sparse">
    /// Whether only those rows are moved that a batch has read (PyTorch <c>sparse=True</c>): <see cref="TrainingOptions.Sparse"/>.
    /// </param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentException">The value is no input of indices, or the number of units is out of range.</exception>
    public GraphValue Embedding(int units, LayerRegularizers regularizers = default, bool sparse = false) => Graph.Add(
        LayerFactory.Embedding(Size, units, Graph.NextRandom(), Graph.Initialization),
        [this], default, regularizers, isSparse: sparse);

    /// <summary>A function of every feature.</summary>
    /// <param name="activation">The function.</param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentException">The value has no features, or the function is not defined.</exception>
    public GraphValue Activation(Activation activation) => Call(new ActivationLayer(Size, activation));

    /// <summary>Softmax over the features.</summary>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentException">The value has no features.</exception>
    public GraphValue Softmax() => Call(new SoftmaxLayer(Size));

    /// <summary>
    /// Drops elements for what reads the value, every one of every step on its own (Keras <c>Dropout</c>). All that read the
    /// result see the same elements dropped.
    /// </summary>
    /// <param name="rate">Share that is dropped, from 0 to below 1.</param>
    /// <returns>The value with elements dropped while it is trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    /// <exception cref="ArgumentException">The value has no features.</exception>
    public GraphValue Dropout(float rate) => rate >= 0 && rate < 1
        ? Graph.Add(
            new ActivationLayer(Size, Layers.Activation.Identity), [this], new LayerDropout(Elements: rate), default,
            isDropout: true)
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "Expected a rate from 0 up to but not including 1.");

    /// <summary>This value and others side by side (Keras <c>Concatenate</c>).</summary>
    /// <param name="others">Values of the same kind and steps.</param>
    /// <returns>The features of all, in their order.</returns>
    /// <exception cref="ArgumentException">The values do not go together.</exception>
    public GraphValue Concatenate(params IReadOnlyList<GraphValue> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return Graph.Call(
            new ConcatenationLayer((int)Math.Min(int.MaxValue, Size + others.Sum(value => (long)(value?.Size ?? 0)))),
            [this, .. others]);
    }

    /// <summary>The sum of this value and others (Keras <c>Add</c>).</summary>
    /// <param name="others">One or more values of the same kind, size and steps.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="ArgumentException">The values do not go together, or there are none.</exception>
    public GraphValue Add(params IReadOnlyList<GraphValue> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return Graph.Call(new SumLayer(Size), [this, .. others]);
    }

    /// <summary>The product of this value and another, feature by feature (Keras <c>Multiply</c>).</summary>
    /// <param name="other">A value of the same kind, size and steps.</param>
    /// <returns>The product.</returns>
    /// <exception cref="ArgumentException">The values do not go together.</exception>
    public GraphValue Multiply(GraphValue other) => Graph.Call(new ProductLayer(Size), [this, other]);

    /// <summary>Features that follow each other.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <returns>Those features.</returns>
    /// <exception cref="ArgumentException">The value does not have these features.</exception>
    public GraphValue Slice(int first, int count) => Call(new SliceLayer(Size, first, count));

    /// <summary>
    /// The last valid step of each row: <c>[batch, size]</c> (Keras <c>return_sequences=False</c> of a forward layer).
    /// </summary>
    /// <returns>The row.</returns>
    /// <exception cref="ArgumentException">The value is no sequence.</exception>
    public GraphValue LastStep() => Call(new LastStepLayer(Size));

    /// <summary>
    /// The final hidden state of the recurrent layer that puts the value out, both directions side by side: <c>[batch, size]</c>
    /// (Keras <c>return_sequences=False</c>).
    /// </summary>
    /// <returns>The row.</returns>
    /// <exception cref="ArgumentException">The value is not what a recurrent layer puts out.</exception>
    public GraphValue FinalState() => Call(new FinalStateLayer(Size));

    /// <summary>
    /// The final cell state of the LSTM that puts the value out, both directions side by side: <c>[batch, cells]</c> (the last
    /// state of Keras's <c>return_state=True</c>). It needs whole sequences.
    /// </summary>
    /// <returns>The row.</returns>
    /// <exception cref="ArgumentException">The value is not the output of an LSTM.</exception>
    public GraphValue FinalCellState() => Call(new FinalCellStateLayer(
        Size,
        Entry?.Layer.Specification is LstmSpecification lstm ? lstm.DirectionCount * lstm.HiddenSize : Size));

    /// <summary>The row at every step: <c>[batch, steps, size]</c> (Keras <c>RepeatVector</c>).</summary>
    /// <param name="steps">How many steps; 0 for as many as the model's inputs have.</param>
    /// <returns>The sequence.</returns>
    /// <exception cref="ArgumentException">The value is no row, or the number of steps is negative.</exception>
    public GraphValue Repeat(int steps = 0) => Call(new RepeatLayer(Size, steps));

    /// <summary>The steps from the last valid one to the first.</summary>
    /// <returns>The sequence.</returns>
    /// <exception cref="ArgumentException">The value is no sequence.</exception>
    public GraphValue Reverse() => Call(new ReverseLayer(Size));

    /// <summary>The last valid steps of each row: <c>[batch, steps, size]</c>.</summary>
    /// <param name="steps">How many, or fewer of a row that is shorter.</param>
    /// <returns>The sequence.</returns>
    /// <exception cref="ArgumentException">The value is no sequence, or the number of steps is not positive.</exception>
    public GraphValue LastSteps(int steps) => Call(new LastStepsLayer(Size, steps));

    /// <summary>Calls a layer that is there already.</summary>
    /// <param name="layer">The layer, such as one with given weights.</param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="ArgumentNullException">The layer is null.</exception>
    /// <exception cref="ArgumentException">The layer does not take the value.</exception>
    public GraphValue Call(Layer layer) => Graph.Call(layer, [this]);

    /// <summary>What it is: a sequence of 20 features.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Kind switch
    {
        ValueKind.Row => $"a row of {Size} features",
        ValueKind.Indices => $"a sequence of indices below {Size}",
        _ => $"a sequence of {Size} features, {_value.Time}",
    };
}
