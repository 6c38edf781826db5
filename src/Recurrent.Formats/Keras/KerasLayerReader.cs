using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Reads the layers of a Keras model one after the other.</summary>
internal sealed class KerasLayerReader
{
    private const string Supported =
        "Embedding, Masking, LSTM, GRU, SimpleRNN, RNN, Bidirectional, TimeDistributed, Dense, Activation, ReLU, "
        + "LeakyReLU, PReLU with one slope, ELU, ThresholdedReLU, Softmax, BatchNormalization, Add, Average, Multiply, "
        + "Concatenate, RepeatVector, Flatten and Reshape that change nothing, and what is idle outside training";

    // What a list of layers calls its output.
    private const string SingleOutput = "y";

    private readonly LayerListBuilder _layers;
    private readonly KerasVersion _version;
    private readonly KerasRecurrent _recurrent;
    private readonly KerasStateless _stateless;
    private readonly KerasSequence _sequence;
    private readonly KerasJoins _joins;
    private readonly KerasTensors _tensors;
    private readonly KerasNetwork _network;

    // Whether layers say which values they read, and rows are values of their own.
    private readonly bool _isGraph;

    private readonly Dictionary<string, KerasValue> _behind = new(StringComparer.Ordinal);

    // Whether a step of the input is all there is: the model takes no sequences.
    private bool _isFlat;

    public KerasLayerReader(MemoryBudget budget, KerasTensors tensors, KerasVersion version, KerasNetwork network)
    {
        _layers = new LayerListBuilder(budget);
        _version = version;
        _tensors = tensors;
        _isGraph = !network.IsList;
        _network = _isGraph ? network.WithInput() : network;
        _recurrent = new KerasRecurrent(tensors, version, _layers);
        _stateless = new KerasStateless(tensors, _layers);
        _sequence = new KerasSequence(_layers);
        _joins = new KerasJoins(_layers, _sequence);
    }

    /// <summary>Whether there is more than one step at this place of the model.</summary>
    private bool HasSteps => _sequence.Position.IsSequence && !_isFlat;

    /// <summary>Reads the model.</summary>
    /// <param name="format">What the file is, for people.</param>
    public ImportedModel Read(string format)
    {
        if (_isGraph)
        {
            DeclareInputs();
        }

        foreach (KerasLayer layer in _network.Layers)
        {
            if (!_isGraph && _layers.Count == 0)
            {
                DeclareInput(layer.Config);
            }
            else if (_isGraph && !layer.IsInput)
            {
                MoveTo(layer.Name, layer.Inputs[0]);
            }

            if (!_isGraph || !layer.IsInput)
            {
                Add(layer, layer.Kind, layer.Config);
                _behind.Add(layer.Name, new KerasValue(_layers.Value, _layers.Count, _sequence.Position));
            }
        }

        _tensors.RequireAllTaken();
        NoteStrangers();
        return _isGraph ? _sequence.Build(format, ReadOutputs()) : _sequence.Build(format);
    }

    private void NoteStrangers()
    {
        IReadOnlyList<string> strangers = _tensors.Strangers;
        if (strangers.Count > 0)
        {
            _layers.Note(
                ImportNoteKind.Ignored, strangers[0],
                strangers.Count == 1 ? "belongs to no layer." : $"and {strangers.Count - 1} others belong to no layer.");
        }
    }

    private void MoveTo(string name, string input)
    {
        if (!_behind.TryGetValue(input, out KerasValue value))
        {
            throw new ModelFormatException($"layer '{name}': '{input}' is not an input of the model.");
        }

        _layers.MoveTo(value.Number);
        _sequence.Position = value.Position;
    }

    private void DeclareInputs()
    {
        var inputs = new List<ModelInput>();
        foreach (string name in _network.Inputs)
        {
            ModelInput input = KerasInput.Read(
                name, _network, isOnly: _network.Inputs.Count == 1);
            _behind[name] = new KerasValue(
                inputs.Count, 0, new KerasPosition(input.Kind != ValueKind.Row, IsReversed: false));
            inputs.Add(input);
        }

        _layers.DeclareInputs(inputs);
    }

    private NamedOutput[] ReadOutputs()
    {
        var outputs = new List<NamedOutput>();
        foreach (string name in _network.Outputs)
        {
            MoveTo(name, name);
            _sequence.TurnAround(name);
            outputs.Add(new NamedOutput(_network.Outputs.Count == 1 ? SingleOutput : name, _layers.Value));
        }

        return [.. outputs];
    }

    private void Add(KerasLayer layer, string kind, JsonValue config)
    {
        string name = layer.Name;
        bool isJoin = kind is "Add" or "Average" or "Multiply" or "Concatenate";
        if (!isJoin && layer.Inputs.Count > 1)
        {
            throw new ModelFormatException(
                $"layer '{name}' ({kind}): expected one layer that it reads, found '{string.Join("', '", layer.Inputs)}'.");
        }

        switch (kind)
        {
            case KerasLayer.InputKind:
                break;
            case "Embedding":
                AddEmbedding(layer, config);
                break;
            case "Masking":
                RequireMaskForAll(layer);
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
            case "Add" when !_isGraph:
                AddResidual(layer);
                break;
            case "Add" or "Average" or "Multiply" or "Concatenate" when _isGraph:
                _joins.Add(kind, name, config, [.. layer.Inputs.Select(input => _behind[input])]);
                break;
            case "RepeatVector":
                AddRepeat(name, config);
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
            TakeFinalState(name);
        }
        else if (KerasActivationLayers.Find(kind, config, name) is { } activation)
        {
            activation.AddTo(_layers, name, isFunctionDone: false);
        }
        else
        {
            RequireMaskIsKnown(name, kind);
            throw new ModelFormatException($"layer '{name}': {kind} is not supported; expected {Supported}.");
        }
    }

    /// <summary>Keras computes layers that know nothing of masks with missing steps as if they were there.</summary>
    private void RequireMaskIsKnown(string name, string kind)
    {
        if (_sequence is { HasMask: true, Position.IsSequence: true }
            && kind is ("GlobalMaxPooling1D" or "MaxPooling1D" or "AveragePooling1D" or "Conv1D" or "Flatten"))
        {
            throw new ModelFormatException(
                $"layer '{name}': a mask reaches {kind}, which ignores it: Keras computes with missing steps as if they were "
                + "there. That is not supported.");
        }
    }

    /// <summary>In a graph the state behind the last step is a value of its own.</summary>
    private void TakeFinalState(string name)
    {
        if (_isGraph && !_sequence.Position.IsSequence)
        {
            _layers.Add(name, new FinalStateLayer(_layers.Size!.Value));
        }
    }

    private void AddRepeat(string name, JsonValue config)
    {
        if (_sequence.Position.IsSequence)
        {
            throw new ModelFormatException($"layer '{name}': RepeatVector expects a row, found a sequence.");
        }

        _layers.Add(name, new RepeatLayer(_layers.Size!.Value, config["n"].Integer(1, RepeatSpecification.MaxSteps)));
        _sequence.Position = new KerasPosition(IsSequence: true, IsReversed: false);
    }

    /// <summary>A missing step is skipped by the whole model: so all of it has to be behind the layer that finds it.</summary>
    private void RequireMaskForAll(KerasLayer layer)
    {
        if (_isGraph
            && (_behind.Values.Count(value => value.Layers == 0 && value.Position.IsSequence) > 1
                || _network.Layers.Any(other => other != layer && other.Inputs.Contains(layer.Inputs[0]))))
        {
            throw new ModelFormatException(
                $"layer '{layer.Name}': a mask is supported where all sequences of the model are behind it; found another "
                + "sequence, or a layer beside it.");
        }
    }

    private void AddBidirectional(string name, JsonValue config)
    {
        string mode = config.Find("merge_mode")?.Text() ?? "null";
        if (mode is not ("concat" or "sum" or "ave" or "mul"))
        {
            throw new ModelFormatException(
                $"layer '{name}': Bidirectional with merge_mode '{mode}' is not supported; expected 'concat', 'sum', 'ave' "
                + "or 'mul'.");
        }

        JsonValue inner = config["layer"];
        KerasCell cell = KerasCell.Read(inner["class_name"].Text(), inner["config"], name);
        _sequence.BeginRecurrent(name, cell, isBidirectional: true);
        _layers.Add(name, _recurrent.ReadBidirectional(name, config, cell));
        TakeFinalState(name);
        _joins.Merge(mode, name, cell.Units);
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

    private void AddEmbedding(KerasLayer layer, JsonValue config)
    {
        _stateless.AddEmbedding(layer.Name, config);
        _isFlat = false;
        if (config.Find("mask_zero")?.Flag() ?? false)
        {
            RequireMaskForAll(layer);
            _sequence.SetMasking(0);
        }
    }

    private void AddResidual(KerasLayer layer)
    {
        string last = _network.Layers[_behind.Count - 1].Name;
        string from = layer.Inputs.First(input => input != last);
        KerasValue source = _behind[from];
        if (source.Position != _sequence.Position)
        {
            throw new ModelFormatException(
                $"layer '{layer.Name}': the steps of '{from}' are not those that it is added to.");
        }

        _layers.AddResidual(layer.Name, source.Layers);
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
            RequireMaskIsKnown(name, kind);
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
