using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Reads the layers of a Keras model one after the other.</summary>
internal sealed class KerasLayerReader
{
    private const string Supported =
        "Embedding, Masking, LSTM, GRU, SimpleRNN, RNN, Bidirectional, TimeDistributed, Dense, Activation, ReLU, "
        + "LeakyReLU, PReLU with one slope, ELU, ThresholdedReLU, Softmax, BatchNormalization, Add, Flatten and Reshape "
        + "that change nothing, and what is idle outside training";

    private readonly LayerListBuilder _layers = new();
    private readonly KerasTensors _tensors;
    private readonly KerasVersion _version;
    private readonly KerasRecurrent _recurrent;
    private readonly KerasSequence _sequence;
    private readonly Dictionary<string, (int Begin, KerasPosition Position)> _behind = new(StringComparer.Ordinal);

    // Whether a step of the input is all there is: the model takes no sequences.
    private bool _isFlat;

    public KerasLayerReader(KerasTensors tensors, KerasVersion version)
    {
        _tensors = tensors;
        _version = version;
        _recurrent = new KerasRecurrent(tensors, version, _layers);
        _sequence = new KerasSequence(_layers);
    }

    /// <summary>Whether there is more than one step at this place of the model.</summary>
    private bool HasSteps => _sequence.Position.IsSequence && !_isFlat;

    /// <summary>Reads the next layer.</summary>
    public void Add(KerasLayer layer)
    {
        if (_layers.Count == 0)
        {
            DeclareInput(layer.Config);
        }

        Add(layer, layer.Kind, layer.Config);
        _behind.Add(layer.Name, (_layers.Count, _sequence.Position));
    }

    /// <summary>Makes the model.</summary>
    /// <param name="strangers">Tensors that belong to no layer.</param>
    public ImportedModel Build(IReadOnlyList<string> strangers)
    {
        if (strangers.Count > 0)
        {
            _layers.Note(
                ImportNoteKind.Ignored, strangers[0],
                strangers.Count == 1 ? "belongs to no layer." : $"and {strangers.Count - 1} others belong to no layer.");
        }

        return _sequence.Build();
    }

    private void Add(KerasLayer layer, string kind, JsonValue config)
    {
        string name = layer.Name;
        switch (kind)
        {
            case "InputLayer":
                break;
            case "Embedding":
                AddEmbedding(name, config);
                break;
            case "Masking":
                _sequence.AddMasking(name, config.Find("mask_value")?.Single() ?? 0);
                break;
            case "Bidirectional":
                AddBidirectional(name, config);
                break;
            case "TimeDistributed":
                AddTimeDistributed(layer, config);
                break;
            case "Dense":
                AddDense(name, config);
                break;
            case "Activation":
                Read(config.Find("activation"), name).AddTo(_layers, name, isFunctionDone: false);
                break;
            case "PReLU":
                AddParametricRelu(name);
                break;
            case "BatchNormalization":
                AddBatchNormalization(name, config);
                break;
            case "Add":
                AddResidual(layer);
                break;
            case "Flatten" or "Reshape":
                RequireUnchanged(name, kind, config);
                break;
            case "Dropout" or "SpatialDropout1D" or "GaussianNoise" or "GaussianDropout" or "AlphaDropout"
                or "ActivityRegularization":
                _layers.Note(ImportNoteKind.Ignored, name, $"{kind} is idle outside training.");
                break;
            default:
                AddByClass(name, kind, config);
                break;
        }
    }

    private void AddByClass(string name, string kind, JsonValue config)
    {
        if (KerasCell.IsKnown(kind))
        {
            KerasCell cell = KerasCell.Read(kind, config, name);
            Direction direction = _sequence.BeginRecurrent(name, cell, isBidirectional: false);
            _layers.Add(name, _recurrent.ReadSingle(name, cell, direction));
        }
        else if (KerasActivationLayers.Find(kind, config, name) is { } activation)
        {
            activation.AddTo(_layers, name, isFunctionDone: false);
        }
        else
        {
            throw new ModelFormatException($"layer '{name}': {kind} is not supported; expected {Supported}.");
        }
    }

    private void AddBidirectional(string name, JsonValue config)
    {
        string mode = config.Find("merge_mode")?.Text() ?? "null";
        if (mode != "concat")
        {
            throw new ModelFormatException(
                $"layer '{name}': Bidirectional with merge_mode '{mode}' is not supported; expected 'concat'.");
        }

        JsonValue inner = config["layer"];
        KerasCell cell = KerasCell.Read(inner["class_name"].Text(), inner["config"], name);
        _sequence.BeginRecurrent(name, cell, isBidirectional: true);
        _layers.Add(name, _recurrent.ReadBidirectional(name, config, cell));
    }

    private void AddTimeDistributed(KerasLayer layer, JsonValue config)
    {
        // A layer without a state computes every step anyhow.
        JsonValue inner = config["layer"];
        string kind = inner["class_name"].Text();
        if (kind is not ("Dense" or "Activation" or "Dropout" or "BatchNormalization"))
        {
            throw new ModelFormatException(
                $"layer '{layer.Name}': TimeDistributed({kind}) is not supported; expected Dense, Activation, Dropout or "
                + "BatchNormalization inside.");
        }

        Add(layer, kind, inner["config"]);
    }

    private void AddEmbedding(string name, JsonValue config)
    {
        if (_layers.Count > 0)
        {
            throw new ModelFormatException($"layer '{name}': an Embedding is supported as the first layer only.");
        }

        var specification = new EmbeddingSpecification
        {
            InputSize = config["input_dim"].Size(),
            OutputSize = config["output_dim"].Size(),
        };
        _layers.DeclareInput(specification.InputSize);
        _isFlat = false;
        float[] table = _tensors.Take(
            name, false, "embeddings", specification.InputSize, specification.OutputSize);
        _layers.Add(name, EmbeddingLayer.Wrap(specification, table));
        if (config.Find("mask_zero")?.Flag() ?? false)
        {
            _sequence.SetMasking(0);
        }
    }

    private void AddDense(string name, JsonValue config)
    {
        int units = config["units"].Size();
        KerasActivation activation = Read(config.Find("activation"), name);
        int inputSize = _layers.Size ?? InputSizeOf(name, _tensors.Shape(name, "kernel"));
        float[] kernel = _tensors.Take(name, false, "kernel", inputSize, units);
        float[] bias = config.Find("use_bias")?.Flag() ?? true ? _tensors.Take(name, false, "bias", units) : [];
        _layers.Add(name, KerasWeights.Dense(kernel, inputSize, bias, activation.Function));
        activation.AddTo(_layers, name, isFunctionDone: true);
    }

    private void AddBatchNormalization(string name, JsonValue config)
    {
        int size = _layers.Size ?? InputSizeOf(name, _tensors.Shape(name, "moving_mean"));
        RequireLastAxis(name, config);
        float[] Take(string role) => _tensors.Take(name, false, role, size);
        _layers.Add(name, KerasWeights.BatchNormalization(
            name,
            config.Find("scale")?.Flag() ?? true ? Take("gamma") : [],
            config.Find("center")?.Flag() ?? true ? Take("beta") : [],
            Take("moving_mean"),
            Take("moving_variance"),
            config.Find("epsilon")?.Number() ?? 1e-3));
    }

    private void AddParametricRelu(string name)
    {
        IReadOnlyList<long> shape = _tensors.Shape(name, "alpha");
        float[] slopes = _tensors.Take(name, false, "alpha", [.. shape]);
        int size = _layers.Size ?? InputSizeOf(name, shape is [.., var last] ? [last] : []);
        if (slopes.Length == 0 || slopes.Any(slope => slope != slopes[0]))
        {
            throw new ModelFormatException(
                $"layer '{name}': PReLU is supported if its slopes are equal; found {slopes.Length} that are not.");
        }

        _layers.Add(name, new ActivationLayer(size, Activation.LeakyRelu(slopes[0])));
    }

    private void AddResidual(KerasLayer layer)
    {
        if (layer.ResidualFrom is not { } from || !_behind.TryGetValue(from, out (int Begin, KerasPosition Position) source))
        {
            throw new ModelFormatException($"layer '{layer.Name}': Add is supported in functional models only.");
        }

        if (source.Position != _sequence.Position)
        {
            throw new ModelFormatException(
                $"layer '{layer.Name}': the steps of '{from}' are not those that it is added to.");
        }

        _layers.AddResidual(layer.Name, source.Begin);
    }

    private void RequireUnchanged(string name, string kind, JsonValue config)
    {
        bool isSame = kind == "Flatten"
            ? !HasSteps
            : config["target_shape"].Items() is [.., { IsNumber: true } last] shape
                && last.Number() == _layers.Size
                && shape.Count == (HasSteps ? 2 : 1);
        if (!isSame)
        {
            throw new ModelFormatException($"layer '{name}': a {kind} that changes the shape of its input is not supported.");
        }
    }

    private void RequireLastAxis(string name, JsonValue config)
    {
        JsonValue? axis = config.Find("axis");
        if (axis is { IsArray: true } list && list.Items() is [JsonValue only])
        {
            axis = only;
        }

        if (axis is { } value && !(value.IsNumber && (value.Number() == -1 || value.Number() == (HasSteps ? 2 : 1))))
        {
            throw new ModelFormatException(
                $"layer '{name}': {value.Unexpected("a normalisation of the features, axis -1").Message}");
        }
    }

    private static int InputSizeOf(string name, IReadOnlyList<long> shape) =>
        shape is [>= 1 and <= LayerSpecification.MaxSize and var size, ..]
            ? (int)size
            : throw new ModelFormatException(
                $"layer '{name}': expected 1 to {LayerSpecification.MaxSize} input features, found shape "
                + $"[{string.Join(", ", shape)}].");

    /// <summary>The shape of the input, which the input layer has, or in older files the first layer.</summary>
    private void DeclareInput(JsonValue config)
    {
        if ((config.Find("batch_shape") ?? config.Find("batch_input_shape")) is not { IsArray: true } shape)
        {
            return;
        }

        IReadOnlyList<JsonValue> axes = shape.Items();
        if (axes.Count is < 2 or > 3)
        {
            throw new ModelFormatException(
                $"'{shape.Path}': expected [batch, steps, features] or [batch, features], found {axes.Count} axes.");
        }

        _isFlat = axes.Count == 2;
        _layers.DeclareInput(axes[^1].IsNumber ? axes[^1].Size() : null);
    }

    private KerasActivation Read(JsonValue? activation, string name) =>
        KerasActivationLayers.Read(activation, "linear", name, _version, _layers);
}
