using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Makes a model of layers that name what they read, where a graph is no chain: several inputs and outputs, paths that are
/// joined, parts of values.
/// </summary>
internal sealed class GraphAssembler(Interpreter interpreter, Assembler assembler)
{
    private readonly List<InputNode> _inputs = [];
    private readonly List<(string Name, Layer Layer, IReadOnlyList<int> Reads)> _layers = [];
    private readonly HashSet<FlowNode> _sequences = [];
    private readonly Dictionary<FlowNode, int> _layerOf = [];
    private readonly Dictionary<FlowRead, int> _values = [];

    // What is read, were every layer folded that was: of these, one that was folded into another one reads it.
    private readonly HashSet<FlowNode> _needed = [];

    public OnnxBinding Assemble(IReadOnlyList<(string Name, FlowValue Flow)> flows)
    {
        // Cell states are nothing that a layer puts out: a session has them.
        (string Name, FlowValue Flow, FlowRead Read)[] outputs =
        [
            .. flows.Where(output => output.Flow.Kind is not (FlowKind.Cell or FlowKind.States))
                .Select(output => (output.Name, output.Flow, ReadOf(output.Name, output.Flow))),
        ];
        FlowNode[] roots =
        [
            .. outputs.Select(output => output.Read.Node),
            .. flows.SelectMany(output => output.Flow.Rows).Select(row => row.Merged.Node),
        ];
        _needed.UnionWith(Order(roots));
        IReadOnlyList<FlowNode> nodes = Order(roots);
        _inputs.AddRange(interpreter.Inputs.Where(nodes.ToHashSet().Contains));
        RowRules rules = new(interpreter, nodes, outputs.Select(output => (output.Name, output.Read)));
        _sequences.UnionWith(ReadAsSequences(nodes));
        foreach (InputNode input in _inputs)
        {
            assembler.AssignOpenAxes(input);
            _values.Add(new FlowRead(input, FlowKind.Sequence), _values.Count);
            _layerOf.Add(input, -1);
        }

        foreach (FlowNode node in nodes.Where(node => node is not InputNode))
        {
            Add(node);
        }

        NamedOutput[] named = Name(outputs);
        SequenceLayout layout = interpreter.Options.Layout ?? LayoutOfInputs();
        if (interpreter.Options.Output is { } asked and not ModelOutput.EveryStep)
        {
            throw new ModelFormatException(
                $"the graph says what is put out: expected no {nameof(ImportOptions)}.{nameof(ImportOptions.Output)}, found {asked}.");
        }

        ModelInput[] inputs = [.. _inputs.Select(Describe)];
        if (inputs.All(input => input.Kind == ValueKind.Row))
        {
            throw new ModelFormatException(
                $"input '{(inputs.Length > 0 ? inputs[0].Name : "")}': expected a sequence or indices, with an axis of steps, found rows of "
                + $"{(inputs.Length > 0 ? inputs[0].Size : 0)} features alone, and no cell that starts from an input of the graph and whose state is put out. "
                + "A model takes steps one after the other.");
        }

        ModelDefinition definition = new(
            inputs,
            [.. _layers.Select(layer => new Layers.LayerNode(layer.Layer, layer.Reads))],
            named,
            rules.Masking,
            layout,
            assembler.EmptyRow);
        foreach ((_, FlowValue flow, FlowRead read) in outputs)
        {
            rules.NoteMissing(flow.Kind == FlowKind.Sequence, read.Node is RecurrentNode);
        }

        return Bind(flows, definition, layout, rules);
    }

    private OnnxBinding Bind(
        IReadOnlyList<(string Name, FlowValue Flow)> flows, ModelDefinition definition, SequenceLayout layout, RowRules rules)
    {
        Binder binder = new(_layerOf, layout);
        OnnxInput[] inputs = [.. interpreter.Inputs.Select(binder.Input)];
        rules.Note();
        Dictionary<string, ValueKind> kinds = definition.Outputs.ToDictionary(output => output.Name, output => output.Kind);
        assembler.NoteFeatures(inputs, layout);
        List<OnnxOutput> outputs = [];
        foreach ((string name, FlowValue flow) in flows)
        {
            bool isPutOut = kinds.TryGetValue(name, out ValueKind kind);
            outputs.Add(binder.Output(name, flow, isPutOut ? kind : null));
            if (isPutOut)
            {
                assembler.NoteOrder(name, flow, layout);
            }
        }

        return new OnnxBinding
        {
            Model = assembler.Describe(definition, [.. _layers.Select(layer => layer.Name)], rules.Counted),
            Inputs = inputs,
            Outputs = outputs,
        };
    }

    private static FlowRead ReadOf(string name, FlowValue flow) => flow.IsComplete && flow.Kind != FlowKind.Hidden
        ? flow.Read
        : (flow.Picks.Count > 0 ? null : JoinOperators.Read(name, flow))
            ?? throw new ModelFormatException($"output '{name}': expected what layers make, found {flow}.");

    /// <summary>All nodes that some need, each behind those that it reads.</summary>
    private List<FlowNode> Order(IEnumerable<FlowNode> roots)
    {
        // Without recursion: how deep a graph is, a file decides.
        List<FlowNode> ordered = [];
        Dictionary<FlowNode, int> next = [];
        Stack<FlowNode> open = new();
        foreach (FlowNode root in roots)
        {
            Open(Merged(root));
            while (open.TryPeek(out FlowNode? node))
            {
                int index = next[node]++;
                FlowNode? needed = index == 0 && ReadInstead(node) is { } instead ? instead
                    : index < node.Reads.Count ? node.Reads[index].Node
                    : index == node.Reads.Count && node is ResidualNode residual ? residual.Origin
                    : null;
                if (needed is not null)
                {
                    Open(Merged(needed));
                }
                else
                {
                    ordered.Add(open.Pop());
                }
            }
        }

        return ordered;

        void Open(FlowNode node)
        {
            if (next.TryAdd(node, 0))
            {
                open.Push(node);
            }
        }
    }

    /// <summary>What recurrent layers read step by step, also where a graph takes one step and has no axis for it.</summary>
    private static HashSet<FlowNode> ReadAsSequences(IEnumerable<FlowNode> nodes)
    {
        HashSet<FlowNode> sequences = [];
        Stack<FlowRead> open = new(nodes.OfType<RecurrentNode>().Select(node => node.Reads[0]));
        while (open.TryPop(out FlowRead read))
        {
            if (read.Kind == FlowKind.Sequence && sequences.Add(read.Node)
                && read.Node is not StructureNode { Layer: RepeatLayer or UnflattenLayer })
            {
                foreach (FlowRead next in read.Node.Reads)
                {
                    open.Push(next);
                }
            }
        }

        return sequences;
    }

    private LayerNode? ReadInstead(FlowNode node) =>
        node is LayerNode { Folded: { Node: var folded } } && _needed.Contains(folded) ? folded : null;

    private static FlowNode Merged(FlowNode node) => node is RecurrentNode { MergedInto: { } merged } ? merged : node;

    private void Add(FlowNode node)
    {
        switch (node)
        {
            case RecurrentNode recurrent:
                Add(node, recurrent.Layer, [.. node.Reads.Select(ValueOf)]);
                break;
            case LayerNode { Folded: { Added: var rest, Name: var name } } when ReadInstead(node) is { } instead:
                interpreter.Unfold(name);
                Add(name, node, rest, [ValueOf(new FlowRead(instead, instead.Kind))]);
                break;
            case LayerNode layer:
                Add(node, layer.Layer, [ValueOf(node.Reads[0])]);
                break;
            case StructureNode { Layer: FinalCellStateLayer cell }:
                // One that became a part of another layer before has its cells there.
                Add(node, cell, [_values[new FlowRead(node.Reads[0].Node, FlowKind.Sequence)]]);
                break;
            case StructureNode structure:
                Add(node, structure.Layer, [.. node.Reads.Select(ValueOf)]);
                break;
            case ResidualNode residual:
                int source = ValueOf(new FlowRead(residual.Origin, node.Reads[0].Kind));
                if (SizeOf(source) > residual.Size)
                {
                    source = Add($"{node.Name}.slice", new SliceLayer(SizeOf(source), 0, residual.Size), [source]);
                }

                Add(node, new SumLayer(residual.Size), [ValueOf(node.Reads[0]), source]);
                break;
            default:
                throw new ModelFormatException($"{node} is no layer.");
        }
    }

    private void Add(FlowNode node, Layer layer, IReadOnlyList<int> reads) => Add(node.Name, node, layer, reads);

    private void Add(string name, FlowNode node, Layer layer, IReadOnlyList<int> reads)
    {
        _layerOf.Add(node, _layers.Count);
        _values.Add(new FlowRead(node, node.Kind), Add(name, layer, reads));
    }

    private int Add(string name, Layer layer, IReadOnlyList<int> reads)
    {
        if (_layers.Count == LayerListBuilder.MaxLayers)
        {
            throw new ModelFormatException($"node '{name}': expected at most {LayerListBuilder.MaxLayers} layers.");
        }

        _layers.Add((name, layer, reads));
        return _inputs.Count + _layers.Count - 1;
    }

    /// <summary>The number of a value, for which a layer is added if it is a step, a state or a direction of another one.</summary>
    private int ValueOf(FlowRead read)
    {
        FlowKind kind = read.Kind == FlowKind.Hidden ? FlowKind.FinalState : read.Kind;
        if (_values.TryGetValue(new FlowRead(read.Node, kind), out int known))
        {
            return known;
        }

        // A row is what it is, by whatever way it has become one.
        if (read.Node.Kind != FlowKind.Sequence && kind != FlowKind.Sequence)
        {
            return _values[new FlowRead(read.Node, read.Node.Kind)];
        }

        int value;
        FlowNode merged = Merged(read.Node);
        if (!ReferenceEquals(merged, read.Node))
        {
            int whole = ValueOf(new FlowRead(merged, kind));
            int size = SizeOf(whole) / merged.Rows.Count;
            int first = read.Node.Rows[0].Direction == Direction.Reverse ? size : 0;
            value = Add($"{read.Node.Name}.direction", new SliceLayer(SizeOf(whole), first, size), [whole]);
        }
        else
        {
            int sequence = _values[new FlowRead(read.Node, FlowKind.Sequence)];
            int size = SizeOf(sequence);
            value = kind == FlowKind.LastStep
                ? Add($"{read.Node.Name}.last_step", new LastStepLayer(size), [sequence])
                : Add($"{read.Node.Name}.final_state", new FinalStateLayer(size), [sequence]);
        }

        _values.Add(new FlowRead(read.Node, kind), value);
        return value;
    }

    private int SizeOf(int value) => value < _inputs.Count
        ? Describe(_inputs[value], value).Size
        : _layers[value - _inputs.Count].Layer.Specification.OutputSize;

    /// <summary>Outputs by the graph's names; one of a value that has a name already is a copy of it.</summary>
    private NamedOutput[] Name((string Name, FlowValue Flow, FlowRead Read)[] outputs)
    {
        HashSet<int> named = [];
        List<NamedOutput> result = [];
        foreach ((string name, _, FlowRead read) in outputs)
        {
            int value = ValueOf(read);
            result.Add(new NamedOutput(
                name,
                named.Add(value) ? value : Add($"{name}.copy", new ConcatenationLayer(SizeOf(value)), [value])));
        }

        return [.. result];
    }

    private ModelInput Describe(InputNode input, int value)
    {
        if (input.Role == OnnxInputRole.Indices)
        {
            // How many there are, whoever reads them says.
            return ModelInput.Indices(
                input.Name,
                _layers.FirstOrDefault(layer => layer.Reads.Contains(value)).Layer?.Specification.InputSize ?? 1);
        }

        Axis? features = input.Axes.FirstOrDefault(axis => axis.Role == OnnxAxis.Features);
        int size = features is null ? 1 : features.Size
            ?? throw new ModelFormatException($"input '{input.Name}': how many features it has is not known.");
        return input.Axes.Any(axis => axis.Role == OnnxAxis.Time) || _sequences.Contains(input)
            ? ModelInput.Sequence(input.Name, size)
            : ModelInput.Row(input.Name, size);
    }

    private SequenceLayout LayoutOfInputs() => _inputs
        .Where(input => input.Axes.Any(axis => axis.Role == OnnxAxis.Time))
        .Select(input => Assembler.LayoutOf(input.Axes)).FirstOrDefault(SequenceLayout.TimeMajor);
}
