using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// A model computed in plain C#, without the native library. Over <see cref="float"/> it is the canonical
/// arithmetic of docs/numerics.md, the same bits as every native kernel; over <see cref="double"/> it is the accuracy
/// oracle: the platform's functions, nothing flushed. It is made to be read, not to be fast.
/// </summary>
/// <typeparam name="T">The number type of inputs, states and outputs.</typeparam>
/// <remarks>Immutable; any number of threads may use it.</remarks>
[SuppressMessage(
    "Design", "CA1000", Justification = "The number type has to be named: nothing in the arguments tells it.")]
public sealed partial class ReferenceModel<T>
    where T : IFloatingPointIeee754<T>
{
    private ReferenceModel(LayerGraph graph, LayerFormats[] formats)
    {
        Graph = graph;
        Runners =
        [
            .. graph.Layers.Select((layer, index) =>
                RunnerFactory<T>.Default.Create(layer, formats[index], $"layers[{index}]")),
        ];
    }

    /// <summary>What the layers are, from the input to the output.</summary>
    public IReadOnlyList<LayerSpecification> Layers => Graph.Specifications;

    /// <summary>What the model takes: the input <c>x</c>, if the layers follow each other.</summary>
    public IReadOnlyList<ModelInput> Inputs => Graph.Inputs;

    /// <summary>What the model puts out: the output <c>y</c>, if the layers follow each other.</summary>
    public IReadOnlyList<OutputValue> Outputs => Graph.Outputs;

    /// <summary>Features of a step of the first input; 1 if it takes indices.</summary>
    public int InputSize => Graph.InputSize;

    /// <summary>Indices that the first input knows, if it takes indices instead of features; otherwise 0.</summary>
    public int VocabularySize => Graph.VocabularySize;

    /// <summary>Features of a step of the first output.</summary>
    public int OutputSize => Graph.OutputSize;

    /// <summary>What is put out for a sequence.</summary>
    public ModelOutput Output => Graph.Output;

    /// <summary>Whether steps may be missing; null if not.</summary>
    public Masking? Masking => Graph.Masking;

    /// <summary>Order of the axes of a sequence where a call does not say another.</summary>
    public SequenceLayout Layout => Graph.Layout;

    /// <summary>What the final state of a row is whose length is 0, where a session does not say another.</summary>
    public EmptyRow EmptyRow => Graph.EmptyRow;

    /// <summary>
    /// Elements of state of one batch row in all layers and directions, and the output that is repeated at missing steps
    /// if there is one: a row of a saved state.
    /// </summary>
    public int StateSize => Graph.StateSize;

    /// <summary>
    /// Whether every layer takes one step after the other, so that the model can be stepped and sequences cut anywhere.
    /// </summary>
    public bool CanStep => Graph.CanStep;

    internal LayerGraph Graph { get; }

    internal IReadOnlyList<LayerRunner<T>> Runners { get; }

    /// <summary>Makes a model of layers that follow each other.</summary>
    /// <param name="layers">
    /// 1 to 1024 layers, from the input to the output; each takes what the one before puts out.
    /// </param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The list or a layer is null.</exception>
    /// <exception cref="ArgumentException">
    /// There is no layer or too many, or a layer does not fit the one before.
    /// </exception>
    public static ReferenceModel<T> Create(IReadOnlyList<Layer> layers) => Create(new ModelDefinition(layers));

    /// <inheritdoc cref="Create(IReadOnlyList{Layer})"/>
    public static ReferenceModel<T> Create(params Layer[] layers) => Create((IReadOnlyList<Layer>)layers);

    /// <summary>Makes a model.</summary>
    /// <param name="definition">The model.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    public static ReferenceModel<T> Create(ModelDefinition definition) => Create(definition, WeightFormat.Float32);

    /// <summary>
    /// Makes a model whose weights have a format: over <see cref="float"/> with the bits that the native library has with the
    /// same options.
    /// </summary>
    /// <param name="definition">The model.</param>
    /// <param name="weights">
    /// The format of the recurrent layers. All others have floats, unless <paramref name="layers"/> names them.
    /// </param>
    /// <param name="layers">Of layers, by their index, what differs; null for nothing.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The format is not defined, or there is no such layer.</exception>
    /// <exception cref="ArgumentException">
    /// A layer has no weights that could take a format, or a weight has no value in it: integers take finite weights only.
    /// </exception>
    public static ReferenceModel<T> Create(
        ModelDefinition definition, WeightFormat weights, IReadOnlyDictionary<int, LayerOptions>? layers = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Require.Defined(weights, nameof(weights));
        return new ReferenceModel<T>(
            definition.Graph, LayerFormats.Of(definition.Graph, weights, layers, nameof(layers)));
    }

    /// <inheritdoc cref="ModelDefinition.OutputSteps"/>
    public int OutputSteps(int output, int time) => Graph.RequireOutputSteps(output, time);

    /// <summary>Opens a session with the states that a sequence starts from.</summary>
    /// <param name="batch">Batch rows, 0 or more; with 0 every call succeeds and does nothing.</param>
    /// <param name="emptyRow">What the final state of a row is whose length is 0; null for the model's rule.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ArgumentException">
    /// The batch is negative, or so large that a step would not fit a span.
    /// </exception>
    public ReferenceSession<T> OpenSession(int batch = 1, EmptyRow? emptyRow = null) =>
        new(this, batch, Require.Defined(emptyRow ?? EmptyRow, nameof(emptyRow)));
}
