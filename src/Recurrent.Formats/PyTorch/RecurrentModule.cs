using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// An <c>nn.LSTM</c>, <c>nn.GRU</c> or <c>nn.RNN</c> of any number of layers, or one of their cells, whose parameters
/// have no <c>_l0</c>.
/// </summary>
internal sealed class RecurrentModule : PyTorchModule
{
    public const int LstmGates = 4;
    public const int GruGates = 3;
    public const int RnnGates = 1;

    private static readonly string[] ParameterNames = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"];

    private readonly int _gates;
    private readonly bool _isCell;
    private readonly List<Sizes> _layers = [];

    private RecurrentModule(ITensorSource source, string prefix, int gates, bool isCell)
        : base(source, prefix)
    {
        _gates = gates;
        _isCell = isCell;
    }

    public override string Kind => (_gates switch
    {
        LstmGates => "nn.LSTM",
        GruGates => "nn.GRU",
        _ => "nn.RNN",
    }) + (_isCell ? "Cell" : "");

    public override int InputSize => _layers[0].Input;

    public override int OutputSize => _layers[^1].Output;

    public override int Rank => 0;

    /// <summary>Whether its activation cannot be told from the file.</summary>
    public bool IsSimple => _gates == RnnGates;

    /// <summary>Finds the layers of a module and checks their sizes.</summary>
    /// <param name="source">The file.</param>
    /// <param name="prefix">What the names of its parameters begin with.</param>
    /// <param name="gates">Its gates; null to take them from the shapes.</param>
    /// <param name="isCell">Whether it is a cell.</param>
    public static RecurrentModule Specify(ITensorSource source, string prefix, int? gates = null, bool isCell = false)
    {
        string first = isCell ? "" : "_l0";
        var module = new RecurrentModule(source, prefix, gates ?? InferGates(source, prefix, first), isCell);
        do
        {
            module.AddLayer();
        }
        while (!isCell && source.Has(module.ParameterName("weight_ih", module._layers.Count)));

        return module;
    }

    public override IReadOnlyList<Layer> Read(ModuleListEntry entry, PyTorchImport import)
    {
        Activation activation = Activation.Tanh;
        if (IsSimple)
        {
            activation = import.Nonlinearity(this, entry);
        }
        else if (entry.Argument is not null)
        {
            throw new ModelFormatException(
                $"module '{Name}': only an nn.RNN has a nonlinearity, this is {Kind}; found '{entry}'.");
        }

        return import.WithInitialStates(Name, Read(activation));
    }

    /// <summary>Reads the layers; the activation is that of simple cells.</summary>
    public IReadOnlyList<RecurrentLayer> Read(Activation activation)
    {
        var layers = new RecurrentLayer[_layers.Count];
        for (int i = 0; i < layers.Length; i++)
        {
            RecurrentSpecification specification = Specification(_layers[i], activation);
            layers[i] = _layers[i].IsBidirectional
                ? new RecurrentLayer(specification, ReadWeights(i, ""), ReadWeights(i, "_reverse"))
                : new RecurrentLayer(specification, ReadWeights(i, ""));
        }

        return layers;
    }

    /// <summary>Refuses a parameter of a layer or a direction that the others of its kind do not have.</summary>
    public void RequireAllParametersKnown()
    {
        string? unknown = Source.TensorNames
            .Where(name => ParameterNames.Any(stem => name.StartsWith($"{Prefix}{stem}_l", StringComparison.Ordinal)))
            .Except(KnownParameters(), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        if (unknown is not null)
        {
            throw new ModelFormatException($"tensor '{unknown}' belongs to none of the {_layers.Count} layers.");
        }
    }

    public override IEnumerable<string> KnownParameters() =>
        from layer in Enumerable.Range(0, _layers.Count)
        from direction in _layers[layer].IsBidirectional ? (string[])["", "_reverse"] : [""]
        from stem in ParameterNames
        where stem != "weight_hr" || _layers[layer].Projection > 0
        select ParameterName(stem, layer) + direction;

    public override ModuleListEntry FullEntry(ImportOptions options) => new(
        Name, IsSimple && options.Nonlinearity is null ? ActivationNames.Format(Activation.Tanh) : null);

    private static int InferGates(ITensorSource source, string prefix, string suffix)
    {
        Tensor state = source.Require(prefix + "weight_hh" + suffix);
        (int rows, int columns) = ModuleParameters.MatrixSizes(state, LstmGates);
        if (source.Has(prefix + "weight_hr" + suffix))
        {
            return LstmGates;
        }

        return rows == (long)columns * LstmGates ? LstmGates
            : rows == (long)columns * GruGates ? GruGates
            : rows == columns ? RnnGates
            : throw new ModelFormatException(
                $"tensor '{state.Name}': expected 1, 3 or 4 times as many rows as columns (RNN, GRU, LSTM), "
                + $"found [{rows}, {columns}].");
    }

    private void AddLayer()
    {
        int layer = _layers.Count;
        Tensor inputWeights = Source.Require(ParameterName("weight_ih", layer));
        (int rows, int inputSize) = ModuleParameters.MatrixSizes(inputWeights, _gates);
        if (rows % _gates != 0)
        {
            throw new ModelFormatException(
                $"tensor '{inputWeights.Name}': expected rows for {_gates} gates of one size, found {rows}.");
        }

        Tensor? projection = _gates == LstmGates ? Source.Find(ParameterName("weight_hr", layer)) : null;
        int projectionSize = projection is null ? 0 : ModuleParameters.MatrixSizes(projection).Rows;
        if (projectionSize >= rows / _gates)
        {
            throw new ModelFormatException(
                $"tensor '{projection!.Name}': expected fewer than {rows / _gates} rows, found {projectionSize}.");
        }

        if (layer > 0 && _layers[^1].Output != inputSize)
        {
            throw new ModelFormatException(
                $"tensor '{inputWeights.Name}': expected {_layers[^1].Output} columns, the outputs of the "
                + $"layer before, found {inputSize}.");
        }

        if (layer == PyTorchImport.MaxModules)
        {
            throw new ModelFormatException(
                $"tensor '{inputWeights.Name}': expected at most {PyTorchImport.MaxModules} layers.");
        }

        bool isBidirectional = !_isCell && Source.Has(inputWeights.Name + "_reverse");
        _layers.Add(new Sizes(inputSize, rows / _gates, projectionSize, isBidirectional));
    }

    private RecurrentSpecification Specification(Sizes sizes, Activation activation)
    {
        Direction direction = sizes.IsBidirectional ? Direction.Bidirectional : Direction.Forward;
        return _gates switch
        {
            LstmGates => new LstmSpecification
            {
                InputSize = sizes.Input,
                HiddenSize = sizes.Hidden,
                ProjectionSize = sizes.Projection,
                Direction = direction,
            },
            GruGates => new GruSpecification
            {
                InputSize = sizes.Input,
                HiddenSize = sizes.Hidden,
                Direction = direction,
            },
            _ => new SimpleRnnSpecification
            {
                InputSize = sizes.Input,
                HiddenSize = sizes.Hidden,
                Direction = direction,
                Activation = activation,
            },
        };
    }

    private CellWeights ReadWeights(int layer, string direction)
    {
        Sizes sizes = _layers[layer];
        long rows = (long)_gates * sizes.Hidden;
        string Name(string stem) => ParameterName(stem, layer) + direction;
        return CellWeights.Wrap(
            ModuleParameters.Read(Source, Name("weight_ih"), rows, sizes.Input),
            ModuleParameters.Read(Source, Name("weight_hh"), rows, sizes.State),
            ModuleParameters.ReadOptional(Source, Name("bias_ih"), rows),
            ModuleParameters.ReadOptional(Source, Name("bias_hh"), rows),
            projection: sizes.Projection > 0
                ? ModuleParameters.Read(Source, Name("weight_hr"), sizes.Projection, sizes.Hidden)
                : ReadOnlyMemory<float>.Empty);
    }

    private string ParameterName(string stem, int layer) => Prefix + stem + (_isCell ? "" : $"_l{layer}");

    private readonly record struct Sizes(int Input, int Hidden, int Projection, bool IsBidirectional)
    {
        public int State => Projection > 0 ? Projection : Hidden;

        public int Output => IsBidirectional ? 2 * State : State;
    }
}
