using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Adds the layers of Keras by their classes.</summary>
/// <param name="tensors">The weights.</param>
/// <param name="version">Who wrote the file.</param>
/// <param name="layers">The model in the making.</param>
/// <param name="sequence">What has become of the steps.</param>
/// <param name="isGraph">Whether rows are values of their own.</param>
internal sealed class KerasLayers(
    KerasTensors tensors, KerasVersion version, LayerListBuilder layers, KerasSequence sequence, bool isGraph)
{
    private const string Supported =
        "Embedding, Masking, LSTM, GRU, SimpleRNN, RNN, Bidirectional, TimeDistributed, Dense, Activation, ReLU, "
        + "LeakyReLU, PReLU with one slope, ELU, ThresholdedReLU, Softmax, BatchNormalization, Add, Subtract, Average, Multiply, "
        + "Maximum, Minimum, Concatenate, RepeatVector, Flatten, Reshape, Permute, Conv1D, Conv1DTranspose, MaxPooling1D, AveragePooling1D, "
        + "GlobalAveragePooling1D, GlobalMaxPooling1D, ZeroPadding1D, Cropping1D, UpSampling1D, LayerNormalization, Normalization, Rescaling, and what is idle outside training";

    private readonly KerasRecurrent _recurrent = new(tensors, version, layers);
    private readonly KerasStateless _stateless = new(tensors, layers);
    private readonly KerasNormalizations _normalizations = new(tensors, layers);
    private readonly KerasWindows _windows = new(tensors, layers, sequence);
    private readonly KerasSteps _steps = new(tensors, layers, sequence);
    private readonly KerasShapes _shapes = new(layers, sequence);
    private readonly KerasJoins _joins = new(layers, sequence);
    private readonly KerasInner _inner = new(tensors, layers, sequence, new KerasJoins(layers, sequence));

    // Whether the layer is inside TimeDistributed, where it sees one step.
    private bool _isInside;

    // What the layer reads behind its sequence.
    private IReadOnlyList<KerasValue> _states = [];

    /// <summary>The last recurrent layer, and the number of its output; null before the first one.</summary>
    public (int Value, RecurrentSpecification Specification)? Last { get; private set; }

    private bool SeesSteps => sequence.HasSteps && !_isInside;

    /// <summary>Whether an embedding finds missing steps.</summary>
    public static bool HasMask(JsonValue config) => config.Find("mask_zero")?.Flag() ?? false;

    /// <summary>Adds a layer that reads several others.</summary>
    public void AddJoin(KerasLayer layer, IReadOnlyList<KerasValue> inputs)
    {
        foreach (KerasValue input in inputs)
        {
            RequireRows(layer.Name, layer.Kind, input.Position);
        }

        _joins.Add(layer.Kind, layer.Name, layer.Config, inputs);
    }

    /// <summary>Refuses what does not know that a step may have several rows.</summary>
    public static void RequireRows(string name, string kind, KerasPosition position)
    {
        if (position.Inner is { } rows)
        {
            throw new ModelFormatException(
                $"layer '{name}': {kind} of [steps, {rows}, features] is not supported; expected TimeDistributed around Conv1D, pooling, "
                + "activations and at last Flatten.");
        }
    }

    /// <summary>Adds steps that are 0.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="isForConvolutions">Whether the layers behind it pad.</param>
    public void AddZeroPadding(KerasLayer layer, bool isForConvolutions)
    {
        RequireRows(layer.Name, layer.Kind, sequence.Position);
        _steps.AddZeroPadding(layer.Name, layer.Config, isForConvolutions);
    }

    /// <summary>Adds a layer that reads one other.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="states">Of a recurrent layer the states that it starts from; none if it starts from 0.</param>
    public void Add(KerasLayer layer, IReadOnlyList<KerasValue> states)
    {
        _states = states;
        if (!layer.IsPerStep)
        {
            if (layer.Kind != "TimeDistributed" && !IsIdle(layer.Kind))
            {
                RequireRows(layer.Name, layer.Kind, sequence.Position);
            }

            Add(layer.Name, layer.Kind, layer.Config);
            return;
        }

        AddInside(layer.Name, layer.Kind, layer.Config);
    }

    private void Add(string name, string kind, JsonValue config)
    {
        switch (kind)
        {
            case KerasLayer.InputKind:
                break;
            case "Embedding":
                AddEmbedding(name, config);
                break;
            case "Masking":
                sequence.AddMasking(name, config.Find("mask_value")?.Single() ?? 0);
                break;
            case "Bidirectional":
                AddBidirectional(name, config);
                break;
            case "TimeDistributed":
                AddTimeDistributed(name, config);
                break;
            case "Dense":
                _stateless.AddDense(name, config, Read(config.Find("activation"), name));
                break;
            case "Activation":
                Read(config.Find("activation"), name).AddTo(layers, name, isFunctionDone: false);
                break;
            case "PReLU":
                _stateless.AddParametricRelu(name);
                break;
            case "BatchNormalization":
                _normalizations.AddBatchNormalization(name, config, SeesSteps);
                break;
            case "LayerNormalization":
                _normalizations.AddLayerNormalization(name, config, SeesSteps);
                break;
            case "Normalization":
                sequence.RequireNoMask(name, kind);
                _normalizations.AddNormalization(name, config, SeesSteps);
                break;
            case "Rescaling":
                sequence.RequireNoMask(name, kind);
                _normalizations.AddRescaling(name, config);
                break;
            case "Conv1D":
                _windows.AddConvolution(name, config, Read(config.Find("activation"), name));
                break;
            case "Conv1DTranspose":
                _steps.AddTransposedConvolution(name, config, Read(config.Find("activation"), name));
                break;
            case "Cropping1D":
                _steps.AddCropping(name, config);
                break;
            case "UpSampling1D":
                _steps.AddUpSampling(name, config);
                break;
            case "MaxPooling1D" or "AveragePooling1D":
                _windows.AddPooling(kind, name, config);
                break;
            case "GlobalAveragePooling1D" or "GlobalMaxPooling1D":
                _shapes.AddGlobalPooling(kind, name, config);
                break;
            case "RepeatVector":
                _shapes.AddRepeat(name, config);
                break;
            case "Flatten":
                _shapes.AddFlatten(name, config);
                break;
            case "Reshape":
                sequence.RequireNoMask(name, kind);
                _shapes.AddReshape(name, config);
                break;
            case "Permute":
                sequence.RequireNoMask(name, kind);
                _shapes.AddPermute(name, config);
                break;
            case var idle when IsIdle(idle):
                layers.Note(ImportNoteKind.Ignored, name, $"{kind} is idle outside training.");
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
            NoteStateful(name, cell);
            Direction direction = sequence.BeginRecurrent(name, cell, isBidirectional: false);
            AddRecurrent(name, _recurrent.ReadSingle(name, cell, direction));
            TakeFinalState(name);
        }
        else if (KerasActivationLayers.Find(kind, config, name) is { } activation)
        {
            // The layer takes the mask for one of the features.
            if (activation.IsSoftmax)
            {
                sequence.RequireNoMask(name, kind);
            }

            activation.AddTo(layers, name, isFunctionDone: false);
        }
        else
        {
            throw new ModelFormatException(kind is "Attention" or "AdditiveAttention" or "MultiHeadAttention" or "GroupQueryAttention"
                ? $"layer '{name}': {kind} is not supported: every step looks at every other one, which no layer here does."
                : $"layer '{name}': {kind} is not supported; expected {Supported}.");
        }
    }

    private void NoteStateful(string name, KerasCell cell)
    {
        if (cell.IsStateful)
        {
            layers.Note(
                ImportNoteKind.Assumed, name, "stateful: Keras keeps its state from one batch to the next. A session does so between its calls; "
                + "Predict begins anew at each.");
        }
    }

    /// <summary>Adds a recurrent layer, with the states that it starts from side by side.</summary>
    private void AddRecurrent(string name, RecurrentLayer layer)
    {
        int value = layers.Value;
        if (_states.Count == 0)
        {
            layers.Add(name, layer);
        }
        else
        {
            int[] states = ReadStates(name, layer.Specification);
            if (layers.SizeOf(value) is { } size && size != layer.Specification.InputSize)
            {
                throw new ModelFormatException(
                    $"layer '{name}': expected {size} input features, found {layer.Specification.InputSize}.");
            }

            layers.Join(name, layer, [value, .. states]);
        }

        Last = (layers.Value, layer.Specification);
    }

    /// <summary>Hidden states, then those of cells: Keras has both of a direction before those of the next one.</summary>
    private int[] ReadStates(string name, RecurrentSpecification specification)
    {
        int kinds = specification.HasCellState ? 2 : 1;
        int expected = kinds * specification.DirectionCount;
        if (_states.Count != expected)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected {expected} states to start from (initial_state), found {_states.Count}.");
        }

        foreach (KerasValue state in _states)
        {
            if (state.Position.IsSequence || layers.SizeOf(state.Number) != specification.HiddenSize)
            {
                throw new ModelFormatException(
                    $"layer '{name}': expected states [batch, {specification.HiddenSize}] to start from (initial_state), found "
                    + $"{(state.Position.IsSequence ? "a sequence" : $"[batch, {layers.SizeOf(state.Number)}]")}.");
            }
        }

        return
        [
            .. Enumerable.Range(0, kinds).Select(kind =>
            {
                int[] ofDirections = [.. Enumerable.Range(0, specification.DirectionCount).Select(d => _states[(d * kinds) + kind].Number)];
                layers.MoveTo(ofDirections[0]);
                layers.AddConcatenation(name, ofDirections);
                return layers.Value;
            }),
        ];
    }

    /// <summary>Adds a state that the last recurrent layer ends with, and gives its number.</summary>
    /// <param name="name">The layer.</param>
    /// <param name="isCell">Whether it is the cell state.</param>
    /// <param name="direction">Whose: 0 for the first direction.</param>
    public int AddState(string name, bool isCell, int direction)
    {
        (int value, RecurrentSpecification specification) = Last!.Value;
        layers.MoveTo(value);
        int size = specification.OutputSize;
        layers.Add(name, isCell
            ? new FinalCellStateLayer(size, specification.DirectionCount * specification.HiddenSize)
            : new FinalStateLayer(size));
        layers.AddSlice(name, direction * specification.HiddenSize, specification.HiddenSize);
        return layers.Value;
    }

    /// <summary>In a graph the state behind the last step is a value of its own.</summary>
    private void TakeFinalState(string name)
    {
        if (isGraph && !sequence.Position.IsSequence)
        {
            layers.Add(name, new FinalStateLayer(layers.Size!.Value));
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
        NoteStateful(name, cell);
        sequence.BeginRecurrent(name, cell, isBidirectional: true);
        AddRecurrent(name, _recurrent.ReadBidirectional(name, config, cell));
        TakeFinalState(name);
        _joins.Merge(mode, name, cell.Units);
    }

    private void AddTimeDistributed(string name, JsonValue config)
    {
        // A layer without a state computes every step anyhow.
        JsonValue inner = config["layer"];
        string kind = inner["class_name"].Text();
        if (!KerasNesting.IsStepWise(kind))
        {
            throw Unsupported(name, kind);
        }

        AddInside(name, kind, inner["config"]);
    }

    /// <summary>Adds a layer inside of <c>TimeDistributed</c>, which sees one step.</summary>
    private void AddInside(string name, string kind, JsonValue config)
    {
        if (sequence.Position.Inner is not null)
        {
            AddToRows(name, kind, config);
        }
        else if (KerasInner.IsKnown(kind))
        {
            throw Unsupported(name, kind);
        }
        else if (kind is "Flatten" or "Reshape")
        {
            // A step is a row: only another row of as many features is a layer.
            _shapes.RequireRow(name, kind, config);
        }
        else
        {
            _isInside = true;
            Add(name, kind, config);
            _isInside = false;
        }

        sequence.EndMask(name);
    }

    /// <summary>Adds a layer inside of <c>TimeDistributed</c> to steps that have several rows.</summary>
    private void AddToRows(string name, string kind, JsonValue config)
    {
        sequence.RequireNoMask(name, $"TimeDistributed({kind})");
        sequence.TurnAround(name);
        switch (kind)
        {
            case "Conv1D":
                _inner.AddConvolution(name, config, Read(config.Find("activation"), name));
                break;
            case "Flatten":
                sequence.Position = sequence.Position with { Inner = null };
                break;
            case var window when KerasInner.IsKnown(window):
                _inner.AddPooling(kind, name, config);
                break;
            case var idle when IsIdle(idle):
            case "Activation" when !Read(config.Find("activation"), name).IsSoftmax:
            case "ReLU" or "LeakyReLU" or "ELU":
                Add(name, kind, config);
                break;
            default:
                RequireRows(name, $"TimeDistributed({kind})", sequence.Position);
                break;
        }
    }

    private static bool IsIdle(string kind) => kind is KerasLayer.InputKind or "Dropout" or "SpatialDropout1D" or "GaussianNoise"
        or "GaussianDropout" or "AlphaDropout" or "ActivityRegularization";

    private static ModelFormatException Unsupported(string name, string kind) => new(
        $"layer '{name}': TimeDistributed({kind}) is not supported; expected a layer that works on the features of "
        + "a step inside, such as Dense or Activation.");

    private void AddEmbedding(string name, JsonValue config)
    {
        bool isOneHot = sequence.OneHots.Contains(layers.Value);
        _stateless.AddEmbedding(name, config, isOneHot);
        sequence.IsFlat = false;
        if (HasMask(config) && isOneHot)
        {
            throw new ModelFormatException(
                $"layer '{name}': mask_zero is not supported where there is one index for a whole row.");
        }

        if (HasMask(config))
        {
            sequence.SetMasking(0);
        }
    }

    private KerasActivation Read(JsonValue? activation, string name) =>
        KerasActivationLayers.Read(activation, "linear", name, version, layers);
}
