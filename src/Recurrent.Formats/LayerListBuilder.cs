using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// The layers of a model in the making, with their names, and the notes that arise on the way. Each layer reads the value of
/// the one before, unless the builder is moved to another value.
/// </summary>
internal sealed class LayerListBuilder
{
    /// <summary>The most layers that a model can have.</summary>
    public const int MaxLayers = 1024;

    private readonly MemoryBudget _budget;
    private readonly List<Layer> _layers = [];
    private readonly List<string> _names = [];
    private readonly List<int[]> _reads = [];
    private IReadOnlyList<ModelInput> _inputs = [];
    private readonly List<ImportNote> _notes = [];
    private int? _inputSize;

    /// <summary>Starts with no layer.</summary>
    /// <param name="budget">What is asked for memory that the file only speaks of.</param>
    /// <param name="inputSize">Features of an input step; null if the file says it with its first weights only.</param>
    public LayerListBuilder(MemoryBudget budget, int? inputSize = null)
    {
        _budget = budget;
        _inputSize = inputSize;
    }

    /// <summary>Layers so far.</summary>
    public int Count => _layers.Count;

    /// <summary>The number of the value that the next layer reads: inputs first, then what each layer puts out.</summary>
    public int Value { get; private set; }

    /// <summary>Whether the next layer reads an input of the model.</summary>
    public bool IsAtInput => Value < InputCount;

    /// <summary>Features of a step of what the next layer reads; null if that is not known yet.</summary>
    public int? Size => SizeOf(Value);

    /// <summary>The same where a layer cannot be without it.</summary>
    /// <param name="name">The layer, for the message.</param>
    public int RequireSize(string name) => Size ?? throw new ModelFormatException(
        $"layer '{name}': the number of its features does not follow from the file.");

    private int InputCount => Math.Max(1, _inputs.Count);

    /// <summary>Says how many features an input step has, where layers before the first have not said so.</summary>
    public void DeclareInput(int? inputSize) => _inputSize = inputSize;

    /// <summary>Says which inputs there are, before the first layer; without that there is one, a sequence or indices.</summary>
    public void DeclareInputs(IReadOnlyList<ModelInput> inputs) => _inputs = inputs;

    /// <summary>Lets the next layer read another value.</summary>
    public void MoveTo(int value) => Value = value;

    /// <summary>Features of a step of a value; null if that is not known yet.</summary>
    public int? SizeOf(int value) => value >= InputCount ? _layers[value - InputCount].Specification.OutputSize
        : _inputs.Count > 0 ? _inputs[value].Size
        : _inputSize;

    /// <summary>Adds a layer. Importers check sizes where they have better words for it; this is the last resort.</summary>
    public void Add(string name, Layer layer)
    {
        if (Size is { } size && layer.Specification.InputSize != size)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected {size} input features, found {layer.Specification.InputSize}.");
        }

        _inputSize ??= layer.Specification.InputSize;
        Join(name, layer, [Value]);
    }

    /// <summary>Adds a layer that reads several values. Whether they fit is checked when the model is made.</summary>
    public void Join(string name, Layer layer, IReadOnlyList<int> reads)
    {
        if (_layers.Count == MaxLayers)
        {
            throw new ModelFormatException($"layer '{name}': expected at most {MaxLayers} layers.");
        }

        _layers.Add(layer);
        _names.Add(name);
        _reads.Add([.. reads]);
        Value = InputCount + _layers.Count - 1;
    }

    /// <summary>Adds a factor, the same for every feature; nothing if it is 1.</summary>
    public void AddFactor(string name, float factor)
    {
        if (factor != 1)
        {
            Add(name, new ScaleLayer(Fill(name, factor)));
        }
    }

    /// <summary>Adds a slice of features; nothing if it is all of them.</summary>
    public void AddSlice(string name, int first, int count)
    {
        int size = RequireSize(name);
        if (count < size)
        {
            Add(name, new SliceLayer(new SliceSpecification { InputSize = size, First = first, OutputSize = count }));
        }
    }

    /// <summary>Puts features of several values side by side; nothing if it is one.</summary>
    public void AddConcatenation(string name, IReadOnlyList<int> values)
    {
        if (values.Count > 1)
        {
            long size = values.Sum(value => (long)SizeOf(value)!.Value);
            Join(
                name,
                size <= LayerSpecification.MaxSize
                    ? new ConcatenationLayer((int)size)
                    : throw new ModelFormatException(
                        $"layer '{name}': expected at most {LayerSpecification.MaxSize} features side by side, found {size}."),
                values);
        }
    }

    /// <summary>The same number for every feature.</summary>
    public float[] Fill(string name, float value)
    {
        int size = Size ?? throw new ModelFormatException($"layer '{name}': expected a layer before it, found none.");

        // The layer has a copy.
        Charge(2L * sizeof(float) * size, name);
        float[] values = new float[size];
        values.AsSpan().Fill(value);
        return values;
    }

    /// <summary>Asks for memory that a layer takes and the file has no bytes for.</summary>
    /// <exception cref="ModelFormatException">It is too much for the file's size.</exception>
    public void Charge(Int128 bytes, string name) => _budget.Take(bytes, $"layer '{name}'");

    /// <summary>
    /// Adds what layer <paramref name="begin"/> took in, its first features if it took in more, to the output of the
    /// last layer.
    /// </summary>
    public void AddResidual(string name, int begin)
    {
        int size = Size ?? throw new ModelFormatException($"layer '{name}': expected a layer before it, found none.");
        int taken = begin < _layers.Count ? _layers[begin].Specification.InputSize : 0;
        if (taken < size)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected a connection from at least {size} features, found {taken}.");
        }

        Add(name, new ResidualLayer(new ResidualSpecification { InputSize = size, Span = _layers.Count - begin }));
    }

    public void Note(ImportNoteKind kind, string subject, string message) =>
        _notes.Add(new ImportNote(kind, subject, message));

    /// <summary>Makes the model.</summary>
    /// <param name="format">What the file is, for people.</param>
    /// <param name="output">What is put out for a sequence.</param>
    /// <param name="masking">Whether steps may be missing.</param>
    /// <param name="layout">Order of the axes of a sequence.</param>
    public ImportedModel Build(
        string format,
        ModelOutput output = ModelOutput.EveryStep,
        Masking? masking = null,
        SequenceLayout layout = SequenceLayout.BatchMajor)
    {
        if (_layers.Count == 0)
        {
            throw new ModelFormatException("expected at least one layer, found none.");
        }

        return Describe(format, new ModelDefinition(_layers, output, masking, layout));
    }

    /// <summary>Makes a model of the inputs that were declared.</summary>
    /// <param name="format">What the file is, for people.</param>
    /// <param name="outputs">What is put out.</param>
    /// <param name="masking">Whether steps may be missing.</param>
    /// <param name="layout">Order of the axes of a sequence.</param>
    public ImportedModel BuildGraph(
        string format, IReadOnlyList<NamedOutput> outputs, Masking? masking, SequenceLayout layout) =>
        Describe(format, new ModelDefinition(
            _inputs,
            [.. _layers.Select((layer, index) => new LayerNode(layer, _reads[index]))],
            outputs,
            masking,
            layout));

    private ImportedModel Describe(string format, ModelDefinition definition) => new()
    {
        Definition = definition,
        Format = format,
        LayerNames = _names,
        Notes = _notes,
    };
}
