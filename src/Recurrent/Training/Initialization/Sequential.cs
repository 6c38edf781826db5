using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Builds a new model layer by layer (Keras <c>Sequential</c>): sizes follow from the layer before, parameters are drawn as
/// Keras does, dropout and penalties are kept beside the layers.
/// </summary>
/// <example>
/// <code>
/// using TrainableModel&lt;float> model =
///     new Sequential(inputSize: 1, seed: 1).Lstm(20).Dense(1).ToModel(ModelOutput.LastStep);
/// </code>
/// </example>
public sealed partial class Sequential
{
    private readonly ulong _seed;
    private readonly List<Layer> _layers = [];
    private readonly List<LayerDropout> _dropout = [];
    private readonly List<LayerRegularizers> _regularizers = [];
    private readonly HashSet<int> _sparse = [];
    private LayerDropout _next;
    private int _size;

    /// <summary>Begins a model.</summary>
    /// <param name="inputSize">Features of an input step; the vocabulary's size if an embedding is the first layer.</param>
    /// <param name="seed">Where parameters come from; every layer has numbers of its own.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public Sequential(int inputSize, ulong seed)
    {
        _size = Require.Size(inputSize, nameof(inputSize));
        _seed = seed;
    }

    /// <summary>The dropout of each layer so far.</summary>
    public IReadOnlyList<LayerDropout> DropoutRates => _dropout;

    /// <summary>The penalties of each layer so far.</summary>
    public IReadOnlyList<LayerRegularizers> Regularizers => _regularizers;

    /// <summary>How the parameters of the layers that follow are drawn.</summary>
    public LayerInitialization Initialization { get; init; } = LayerInitialization.Keras;

    /// <summary>A long short-term memory.</summary>
    /// <param name="units">Hidden units.</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    public Sequential Lstm(
        int units, float dropout = 0, float recurrentDropout = 0, LayerRegularizers regularizers = default) =>
        Recurrent(
            new LstmSpecification { InputSize = _size, HiddenSize = units }, dropout, recurrentDropout, regularizers);

    /// <summary>A gated recurrent unit, reset-after.</summary>
    /// <param name="units">Hidden units.</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    public Sequential Gru(
        int units, float dropout = 0, float recurrentDropout = 0, LayerRegularizers regularizers = default) =>
        Recurrent(
            new GruSpecification { InputSize = _size, HiddenSize = units }, dropout, recurrentDropout, regularizers);

    /// <summary>A simple recurrent layer, tanh.</summary>
    /// <param name="units">Hidden units.</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    public Sequential SimpleRnn(
        int units, float dropout = 0, float recurrentDropout = 0, LayerRegularizers regularizers = default) =>
        Recurrent(
            new SimpleRnnSpecification { InputSize = _size, HiddenSize = units },
            dropout, recurrentDropout, regularizers);

    /// <summary>Any recurrent layer.</summary>
    /// <param name="specification">What it is; its input size is set to what the layer before puts out.</param>
    /// <param name="dropout">Share of the inputs that is dropped, for a whole sequence.</param>
    /// <param name="recurrentDropout">
    /// Share of the state that is dropped on its way to the next step, for a whole sequence.
    /// </param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    public Sequential Recurrent(
        RecurrentSpecification specification,
        float dropout = 0,
        float recurrentDropout = 0,
        LayerRegularizers regularizers = default)
    {
        ArgumentNullException.ThrowIfNull(specification);
        RecurrentLayer layer = LayerFactory.Create(
            specification with { InputSize = _size }, NextRandom(), Initialization);
        return Add(layer, _next with { Input = dropout, State = recurrentDropout }, regularizers);
    }

    /// <summary>A dense layer, applied to every step.</summary>
    /// <param name="units">Features of an output step.</param>
    /// <param name="activation">Its activation; null for none.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    public Sequential Dense(int units, Activation? activation = null, LayerRegularizers regularizers = default) =>
        Add(LayerFactory.Dense(_size, units, NextRandom(), activation, Initialization), _next, regularizers);

    /// <summary>An embedding; the first layer, and the model then takes indices.</summary>
    /// <param name="units">Features of an output step.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <param name="sparse">
    /// Whether only those rows are moved that a batch has read (PyTorch <c>sparse=True</c>): <see cref="TrainingOptions.Sparse"/>.
    /// </param>
    /// <returns>This.</returns>
    public Sequential Embedding(int units, LayerRegularizers regularizers = default, bool sparse = false)
    {
        if (sparse)
        {
            _sparse.Add(_layers.Count);
        }

        return Add(LayerFactory.Embedding(_size, units, NextRandom(), Initialization), _next, regularizers);
    }

    /// <summary>Whether a block is a table that is updated sparsely: for <see cref="TrainingOptions.Sparse"/>.</summary>
    /// <param name="block">A block of the model's parameters.</param>
    /// <returns>Whether it is.</returns>
    public bool IsSparse(ParameterBlock block) => block.Role == ParameterRole.Table && _sparse.Contains(block.Layer);

    /// <summary>Softmax over the features of every step.</summary>
    /// <returns>This.</returns>
    public Sequential Softmax() => Add(new SoftmaxLayer(_size), _next, default);

    /// <summary>A layer that is there already.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentNullException">The layer is null.</exception>
    public Sequential Add(Layer layer, LayerRegularizers regularizers = default) => Add(layer, _next, regularizers);

    /// <summary>Drops elements in front of the next layer, every one of every step on its own (Keras <c>Dropout</c>).</summary>
    /// <param name="rate">Share that is dropped, from 0 to below 1.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is dropout already, and no layer after it.</exception>
    public Sequential Dropout(float rate)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "Expected a rate from 0 up to but not including 1.");
        }

        if (_next.Elements > 0)
        {
            throw new InvalidOperationException(
                $"Expected a layer after Dropout({_next.Elements}), found Dropout({rate}): give one rate for both.");
        }

        _next = new LayerDropout(Elements: rate);
        return this;
    }

    /// <summary>The model, batch-major as the <see cref="Sequences{T}"/> that it is trained with.</summary>
    /// <param name="output">What is put out for a sequence (Keras <c>return_sequences</c>).</param>
    /// <param name="masking">Whether steps may be missing; null if not.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">The layers do not fit each other.</exception>
    /// <exception cref="InvalidOperationException">No layer follows the last dropout.</exception>
    public ModelDefinition ToDefinition(ModelOutput output, Masking? masking = null) => _next.Elements == 0
        ? new(_layers, output, masking, SequenceLayout.BatchMajor)
        : throw new InvalidOperationException(
            $"Expected a layer after Dropout({_next.Elements}), found the end: outputs of a model are not dropped.");

    /// <summary>The model, to be trained natively with the dropout and penalties of its layers.</summary>
    /// <param name="output">What is put out for a sequence (Keras <c>return_sequences</c>).</param>
    /// <param name="masking">Whether steps may be missing; null if not.</param>
    /// <param name="options">How to train it besides; null for the defaults.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The layers do not fit each other.</exception>
    /// <exception cref="InvalidOperationException">No layer follows the last dropout.</exception>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    public TrainableModel<float> ToModel(
        ModelOutput output, Masking? masking = null, TrainingOptions? options = null) =>
        TrainableModel.Create(
            ToDefinition(output, masking),
            (options ?? new TrainingOptions()) with
            {
                Dropout = [.. _dropout],
                Regularizers = [.. _regularizers],
                Sparse = block => IsSparse(block) || options?.Sparse?.Invoke(block) == true,
            });

    private Sequential Add(Layer layer, LayerDropout dropout, LayerRegularizers regularizers)
    {
        ArgumentNullException.ThrowIfNull(layer);
        _layers.Add(layer);
        _dropout.Add(dropout);
        _regularizers.Add(regularizers);
        _next = default;
        _size = layer.Specification.OutputSize;
        return this;
    }

    private SeededRandom NextRandom() => new(_seed, (ulong)_layers.Count);
}
