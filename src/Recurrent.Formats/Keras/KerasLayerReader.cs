using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Reads the layers of a Keras model one after the other.</summary>
internal sealed class KerasLayerReader
{
    private const string Supported =
        "Embedding, Masking, LSTM, GRU, SimpleRNN, RNN, Bidirectional, TimeDistributed, Dense, Activation, ReLU, "
        + "LeakyReLU, PReLU with one slope, ELU, ThresholdedReLU, Softmax, BatchNormalization, Add, Flatten and Reshape "
        + "that change nothing, and what is idle outside training";

    private readonly LayerListBuilder _layers;
    private readonly KerasVersion _version;
    private readonly KerasRecurrent _recurrent;
    private readonly KerasStateless _stateless;
    private readonly KerasSequence _sequence;
    private readonly Dictionary<string, (int Begin, KerasPosition Position)> _behind = new(StringComparer.Ordinal);

    // Whether a step of the input is all there is: the model takes no sequences.
    private bool _isFlat;

    public KerasLayerReader(MemoryBudget budget, KerasTensors tensors, KerasVersion version)
    {
        _layers = new LayerListBuilder(budget);
        _version = version;
        _recurrent = new KerasRecurrent(tensors, version, _layers);
        _stateless = new KerasStateless(tensors, _layers);
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
                _stateless.AddDense(name, config, Read(config.Find("activation"), name));
                break;
            case "Activation":
                Read(config.Find("activation"), name).AddTo(_layers, name, isFunctionDone: false);
                break;
            case "PReLU":
                _stateless.AddParametricRelu(name);
                break;
            case "BatchNormalization":
                _stateless.AddBatchNormalization(name, config, HasSteps);
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
        _stateless.AddEmbedding(name, config);
        _isFlat = false;
        if (config.Find("mask_zero")?.Flag() ?? false)
        {
            _sequence.SetMasking(0);
        }
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
