using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Reads the layers of a Keras model one after the other.</summary>
internal sealed class KerasLayerReader
{
    // What a list of layers calls its output.
    private const string SingleOutput = "y";

    private readonly LayerListBuilder _layers;
    private readonly KerasSequence _sequence;
    private readonly KerasLayers _kinds;
    private readonly KerasTensors _tensors;
    private readonly KerasNetwork _network;

    // Whether layers say which values they read, and rows are values of their own.
    private readonly bool _isGraph;

    private readonly Dictionary<KerasReference, KerasValue> _behind = [];

    // Inputs that are one index for a whole row, and how many indices there are.
    private readonly Dictionary<int, int> _oneIndices = [];

    public KerasLayerReader(MemoryBudget budget, KerasTensors tensors, KerasVersion version, KerasNetwork network)
    {
        _layers = new LayerListBuilder(budget);
        _tensors = tensors;
        _isGraph = !network.IsList || network.Layers.Any(HasSlopes);
        _network = _isGraph ? network.WithInput() : network;
        _sequence = new KerasSequence(_layers, version);
        _kinds = new KerasLayers(tensors, version, _layers, _sequence, _isGraph);
    }

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
                ChargeCopy(layer);
                Add(layer);
                _behind.Add(layer.Output, new KerasValue(_layers.Value, _layers.Count, _sequence.Position));
                AddStates(layer);
            }
        }

        _tensors.RequireAllTaken();
        NoteStrangers();
        return _isGraph ? _sequence.Build(format, ReadOutputs()) : _sequence.Build(format);
    }

    /// <summary>The states that a recurrent layer ends with, where another layer reads them: the outputs behind the first one.</summary>
    private void AddStates(KerasLayer layer)
    {
        if (!IsRecurrent(layer) || _kinds.Last is not { } last)
        {
            return;
        }

        int kinds = last.Specification.HasCellState ? 2 : 1;
        for (int tensor = 1; tensor <= kinds * last.Specification.DirectionCount; tensor++)
        {
            KerasReference state = layer.Output with { Tensor = tensor };
            if (_network.Outputs.Contains(state) || _network.Layers.Any(other => other.Inputs.Contains(state)))
            {
                bool isCell = kinds == 2 && tensor % 2 == 0;
                _behind.Add(state, new KerasValue(
                    _kinds.AddState(layer.Name, isCell, (tensor - 1) / kinds), _layers.Count, KerasPosition.Row));
            }
        }
    }

    private static bool IsRecurrent(KerasLayer layer) => KerasCell.IsKnown(layer.Kind) || layer.Kind == "Bidirectional";

    private bool HasSlopes(KerasLayer layer) =>
        layer.Kind == "PReLU" && !KerasStateless.IsOneSlope(_tensors.Peek(layer.Name, KerasStateless.SlopesName));

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

    /// <summary>A layer that is called again is there again, with a copy of its weights.</summary>
    private void ChargeCopy(KerasLayer layer)
    {
        if (layer.Call > 0)
        {
            _layers.Charge(_tensors.BytesOf(layer.Name), layer.Name);
        }

        if (layer.Call == 1)
        {
            _layers.Note(
                ImportNoteKind.Folded, layer.Name, "is called more than once; every call has a copy of its weights.");
        }
    }

    private void MoveTo(string name, KerasReference input)
    {
        KerasValue value = Behind(name, input);
        _layers.MoveTo(value.Number);
        _sequence.Position = value.Position;
    }

    private KerasValue Behind(string name, KerasReference input) =>
        _behind.TryGetValue(input, out KerasValue value) ? value : throw new ModelFormatException(input.Tensor == 0
            ? $"layer '{name}': '{input}' is not an input of the model."
            : $"layer '{name}': it reads output {input.Tensor} of '{input.Layer}', which has no such output: behind the first one are the "
                + "last states of a recurrent layer.");

    private void DeclareInputs()
    {
        var inputs = new List<ModelInput>();
        foreach (string name in _network.Inputs)
        {
            ModelInput input = KerasInput.Read(
                name, _network, isOnly: _network.Inputs.Count == 1);
            KerasLayer layer = _network.Layers.First(layer => layer.Name == name);
            _behind[layer.Output] = new KerasValue(
                inputs.Count, 0, input.Kind == ValueKind.Row
                    ? KerasPosition.Row
                    : new KerasPosition(
                        IsSequence: true, Steps: KerasInput.StepsOf(layer.Config), Inner: KerasInput.InnerOf(layer.Config)));
            if (KerasInput.StepsOfRow(layer, _network) is var (steps, features))
            {
                _behind[layer.Output] = new KerasValue(inputs.Count, 0, new KerasPosition(IsSequence: true, Steps: steps));
                _layers.Note(
                    ImportNoteKind.Assumed, name, $"a row of {steps * features} features is the {steps} steps of {features} features that are made of it; "
                    + "the model takes the steps.");
            }

            if (_behind[layer.Output].Position.Inner is { } rows)
            {
                _layers.Note(
                    ImportNoteKind.Assumed, name, $"a step has {rows} rows of {input.Size / rows} features; the model takes them side by "
                    + $"side, {input.Size} features.");
            }

            inputs.Add(input);
        }

        HashSet<string> others = TakeOtherSteps(inputs);
        RequireSameSteps(others);
        _layers.DeclareInputs(inputs);
        foreach (string name in _network.Inputs.Where(others.Contains))
        {
            MakeSteps(name, inputs);
        }
    }

    /// <summary>
    /// All sequences that a model is given have the same steps. One that has another number of them, as the file says, is a row of
    /// their elements; one index for a whole row is a number.
    /// </summary>
    /// <returns>The inputs that are.</returns>
    private HashSet<string> TakeOtherSteps(List<ModelInput> inputs)
    {
        var others = new HashSet<string>(StringComparer.Ordinal);
        int? steps = null;
        bool hasOpen = false;
        for (int i = 0; i < inputs.Count; i++)
        {
            KerasLayer layer = InputLayer(_network.Inputs[i]);
            if (inputs[i].Kind != ValueKind.Row && IsSequenceOf(layer) && !IsOneIndex(layer, inputs[i]))
            {
                int? found = _behind[layer.Output].Position.Steps;
                steps ??= found;
                hasOpen |= found is null;
            }
        }

        for (int i = 0; i < inputs.Count; i++)
        {
            string name = _network.Inputs[i];
            KerasLayer layer = InputLayer(name);
            KerasPosition position = _behind[layer.Output].Position;
            if (IsOneIndex(layer, inputs[i]) && (hasOpen || steps > 1))
            {
                others.Add(name);
                _oneIndices.Add(i, inputs[i].Size);
                inputs[i] = ModelInput.Row(inputs[i].Name, 1);
            }
            else if (inputs[i].Kind == ValueKind.Sequence && !hasOpen && position is { Inner: null, Steps: { } own } && own != steps
                && (long)own * inputs[i].Size <= LayerSpecification.MaxSize)
            {
                others.Add(name);
                inputs[i] = ModelInput.Row(inputs[i].Name, own * inputs[i].Size);
            }
        }

        return others;
    }

    private KerasLayer InputLayer(string name) => _network.Layers.First(layer => layer.Name == name);

    private bool IsSequenceOf(KerasLayer layer) => _behind[layer.Output].Position.IsSequence;

    /// <summary>Whether an input has one index for a whole row: its shape is <c>[batch]</c> or <c>[batch, 1]</c>.</summary>
    private static bool IsOneIndex(KerasLayer layer, ModelInput input) =>
        input.Kind == ValueKind.Indices && KerasInput.ShapeOf(layer.Config) is [_] or [_, { IsNumber: true }]
        && (KerasInput.ShapeOf(layer.Config)!.Count == 1 || KerasInput.StepsOf(layer.Config) == 1);

    /// <summary>Steps of a row of their elements, or of a number the index that it is: 1 at its place among zeros.</summary>
    private void MakeSteps(string name, List<ModelInput> inputs)
    {
        KerasLayer layer = InputLayer(name);
        int number = _behind[layer.Output].Number;
        _layers.MoveTo(number);
        if (_oneIndices.TryGetValue(number, out int count))
        {
            AddOneHot(name, count);
            bool hasAxis = KerasInput.ShapeOf(layer.Config)!.Count > 1;
            if (hasAxis)
            {
                _layers.Add(name, new UnflattenLayer(count, 1));
            }

            _sequence.OneHots.Add(_layers.Value);
            _behind[layer.Output] = new KerasValue(
                _layers.Value, _layers.Count, hasAxis ? new KerasPosition(IsSequence: true, Steps: 1, IsMade: true) : KerasPosition.Row);
            _layers.Note(
                ImportNoteKind.Assumed, name, $"one index for a whole row: the model takes it as a number, 0 to {count - 1}; another "
                + "one is a vector of zeros.");
            return;
        }

        int steps = _behind[layer.Output].Position.Steps!.Value;
        _layers.Add(name, new UnflattenLayer(inputs[number].Size, steps));
        _behind[layer.Output] = new KerasValue(
            _layers.Value, _layers.Count, new KerasPosition(IsSequence: true, Steps: steps, IsMade: true));
        _layers.Note(
            ImportNoteKind.Assumed, name, $"it has {steps} steps, another input has others: the model takes all of its steps as a row of "
            + $"{inputs[number].Size} numbers, the elements in the same order.");
    }

    /// <summary><c>relu(1 - |x - k|)</c> for every index <c>k</c>, which is exact for whole numbers.</summary>
    private void AddOneHot(string name, int count)
    {
        _layers.Charge(8L * sizeof(float) * count, name);
        int number = _layers.Value;
        float[] ones = new float[count];
        ones.AsSpan().Fill(1);
        float[] places = [.. Enumerable.Range(0, count).Select(index => (float)index)];
        var specification = new DenseSpecification { InputSize = 1, OutputSize = count, Activation = Activation.Relu };
        _layers.Add(name, new DenseLayer(specification, DenseWeights.Wrap(ones, places.Select(place => -place).ToArray())));
        int above = _layers.Value;
        _layers.MoveTo(number);
        _layers.Add(name, new DenseLayer(specification, DenseWeights.Wrap(ones.Select(one => -one).ToArray(), places)));
        _layers.Join(name, new SumLayer(count), [above, _layers.Value]);
        _layers.Add(name, new ActivationLayer(count, Activation.Affine(-1, 1)));
        _layers.Add(name, new ActivationLayer(count, Activation.Relu));
    }

    /// <summary>All sequences that a model is given have the same steps.</summary>
    private void RequireSameSteps(HashSet<string> others)
    {
        KerasLayer[] sequences =
        [
            .. _network.Inputs.Where(name => !others.Contains(name)).Select(InputLayer)
                .Where(layer => _behind[layer.Output].Position.IsSequence),
        ];
        int?[] steps = [.. sequences.Select(layer => _behind[layer.Output].Position.Steps)];
        _sequence.InputSteps = steps.FirstOrDefault(count => count is not null);
        int[] said = [.. steps.OfType<int>().Distinct()];
        if (said.Length > 1)
        {
            throw new ModelFormatException(
                $"inputs '{string.Join("', '", sequences.Select(layer => layer.Name))}': expected sequences with the same steps, found "
                + $"{string.Join(" and ", said)}.");
        }
    }

    private NamedOutput[] ReadOutputs()
    {
        var outputs = new List<NamedOutput>();
        for (int i = 0; i < _network.Outputs.Count; i++)
        {
            KerasReference output = _network.Outputs[i];
            MoveTo(output.Layer, output);
            KerasLayers.RequireRows(output.Layer, "an output", _sequence.Position);
            _sequence.TurnAround(output.Layer);
            outputs.Add(new NamedOutput(_network.Outputs.Count == 1 ? SingleOutput : _network.OutputNames[i], _layers.Value));
        }

        return [.. outputs];
    }

    /// <summary>Adds a layer. What depends on others than the one that it reads is found out here.</summary>
    private void Add(KerasLayer layer)
    {
        bool isJoin = KerasJoins.IsKnown(layer.Kind);
        if (!isJoin && layer.Inputs.Count > 1 && !IsRecurrent(layer))
        {
            throw new ModelFormatException(
                $"layer '{layer.Name}' ({layer.Kind}): expected one layer that it reads, found '{string.Join("', '", layer.Inputs)}'.");
        }

        if (layer.Kind == "Masking" || (layer.Kind == "Embedding" && KerasLayers.HasMask(layer.Config)))
        {
            RequireMaskForAll(layer);
        }

        if (layer.Kind == "Add" && !_isGraph)
        {
            AddResidual(layer);
        }
        else if (isJoin && _isGraph)
        {
            _kinds.AddJoin(layer, [.. layer.Inputs.Select(input => Behind(layer.Name, input))]);
        }
        else if (layer is { Kind: "ZeroPadding1D", IsPerStep: false })
        {
            _kinds.AddZeroPadding(layer, KerasSteps.IsForConvolutions(layer, _network));
        }
        else
        {
            _kinds.Add(layer, [.. layer.Inputs.Skip(1).Select(input => Behind(layer.Name, input))]);
        }
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

    private void AddResidual(KerasLayer layer)
    {
        KerasReference last = _network.Layers[_behind.Count - 1].Output;
        KerasReference from = layer.Inputs.First(input => input != last);
        KerasValue source = Behind(layer.Name, from);
        if (source.Position != _sequence.Position)
        {
            throw new ModelFormatException(
                $"layer '{layer.Name}': the steps of '{from}' are not those that it is added to.");
        }

        _layers.AddResidual(layer.Name, source.Layers);
    }

    /// <summary>The shape of the input, which the input layer has, or in older files the first layer.</summary>
    private void DeclareInput(JsonValue config)
    {
        if (KerasInput.ShapeOf(config) is not { } axes)
        {
            return;
        }

        if (axes.Count is < KerasInput.RowAxes or > KerasInput.RowAxes + 1)
        {
            throw new ModelFormatException(
                $"the shape of the input: expected [batch, steps, features] or [batch, features], found {axes.Count} axes.");
        }

        _sequence.IsFlat = axes.Count == KerasInput.RowAxes;
        _sequence.Position = _sequence.Position with { Steps = KerasInput.StepsOf(config) };
        _layers.DeclareInput(axes[^1].IsNumber ? axes[^1].Size() : null);
    }
}
