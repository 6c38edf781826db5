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
                AddState(layer);
            }
        }

        _tensors.RequireAllTaken();
        NoteStrangers();
        return _isGraph ? _sequence.Build(format, ReadOutputs()) : _sequence.Build(format);
    }

    /// <summary>The last hidden state of a recurrent layer, where another layer reads it: the second output of the layer.</summary>
    private void AddState(KerasLayer layer)
    {
        KerasReference state = layer.Output with { Tensor = 1 };
        if (!KerasCell.IsKnown(layer.Kind)
            || !(_network.Outputs.Contains(state) || _network.Layers.Any(other => other.Inputs.Contains(state))))
        {
            return;
        }

        if (_sequence.Position.IsSequence)
        {
            _layers.Add(layer.Name, new FinalStateLayer(_layers.Size!.Value));
        }

        _behind.Add(state, new KerasValue(_layers.Value, _layers.Count, KerasPosition.Row));
    }

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
            : $"layer '{name}': it reads output {input.Tensor} of '{input.Layer}'. Of the outputs behind the first one, the last hidden "
                + "state of LSTM, GRU and SimpleRNN is supported, output 1.");

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

        RequireSameSteps();
        _layers.DeclareInputs(inputs);
    }

    /// <summary>All sequences that a model is given have the same steps.</summary>
    private void RequireSameSteps()
    {
        KerasLayer[] sequences =
        [
            .. _network.Inputs.Select(name => _network.Layers.First(layer => layer.Name == name))
                .Where(layer => _behind[layer.Output].Position.IsSequence),
        ];
        int?[] steps = [.. sequences.Select(layer => _behind[layer.Output].Position.Steps)];
        _sequence.InputSteps = steps.FirstOrDefault(count => count is not null);
        int single = Array.FindIndex(steps, count => count == 1);
        if (single >= 0 && steps.Any(count => count != 1)
            && _network.Layers.Any(reader => reader.Kind == "Embedding" && reader.Inputs.Contains(sequences[single].Output)))
        {
            throw new ModelFormatException(
                $"input '{sequences[single].Name}': it has one index for a whole row, and a model takes an index for each step alone.");
        }

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
        if (!isJoin && layer.Inputs.Count > 1)
        {
            string found = string.Join("', '", layer.Inputs);
            throw new ModelFormatException(
                KerasCell.IsKnown(layer.Kind) || layer.Kind == "Bidirectional"
                ? $"layer '{layer.Name}' ({layer.Kind}): it reads '{found}', of which all but the first are the states that it starts from. "
                    + "A layer that starts from the state of another one (a decoder from its encoder's) is not supported."
                : $"layer '{layer.Name}' ({layer.Kind}): expected one layer that it reads, found '{found}'.");
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
            _kinds.Add(layer);
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
