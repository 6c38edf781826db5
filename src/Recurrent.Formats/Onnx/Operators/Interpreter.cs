using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Goes through a graph once, with what is known of each value in place of numbers: constants are computed, data becomes
/// layers and orders of axes, and what a recurrent model cannot have is refused.
/// </summary>
internal sealed class Interpreter
{
    // What an operator makes besides elements of constants: a value with its axes, perhaps a layer and a note.
    private const long NodeBytes = 512;
    private const long ValueBytes = 192;

    // Of an operator that code has in the place of a node: the node is made, too, and is garbage behind it.
    private const long OperatorBytes = 1024;

    private readonly OnnxGraph _graph;

    /// <summary>Whether something was refused that no other order or number of axes of the inputs would change.</summary>
    public bool IsFinal { get; set; }
    private readonly TensorReader _tensors;
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly List<InputNode> _inputs = [];
    private readonly List<ImportNote> _notes = [];
    private readonly List<LengthsNode> _lengths = [];
    private readonly List<(GraphNode Node, StepMaskNode Mask)> _requiredMasks = [];
    private readonly MemoryBudget _budget;

    public Interpreter(OnnxGraph graph, TensorReader tensors, ImportOptions options, MemoryBudget budget)
    {
        _budget = budget;
        Options = options;
        _graph = graph;
        _tensors = tensors;
    }

    /// <summary>What makes layers of something else than a graph in a file.</summary>
    public Interpreter(ImportOptions options, MemoryBudget budget)
        : this(null!, null!, options, budget)
    {
    }

    /// <summary>The orders of axes that an input of three is likely to have.</summary>
    public static IReadOnlyList<OnnxAxis[]> InputOrders { get; } =
    [
        [OnnxAxis.Batch, OnnxAxis.Time, OnnxAxis.Features],
        [OnnxAxis.Time, OnnxAxis.Batch, OnnxAxis.Features],
        [OnnxAxis.Batch, OnnxAxis.Features, OnnxAxis.Time],
    ];

    public ImportOptions Options { get; }

    /// <summary>What the axes of the first input of three are taken for; empty if only layers say that.</summary>
    public IReadOnlyList<OnnxAxis> InputOrder { get; init; } = [];

    /// <summary>The inputs that are no constants.</summary>
    public IReadOnlyList<InputNode> Inputs => _inputs;

    public IReadOnlyList<ImportNote> Notes => _notes;

    /// <summary>Nodes whose values are right only where a step is there.</summary>
    public IReadOnlyList<(GraphNode Node, StepMaskNode Mask)> RequiredMasks => _requiredMasks;

    public void Note(ImportNoteKind kind, string subject, string message) =>
        _notes.Add(new ImportNote(kind, subject, message));

    /// <summary>Says once that half precision is computed in single.</summary>
    public void NoteHalf()
    {
        const string Subject = "float16";
        if (!_notes.Exists(note => note.Subject == Subject))
        {
            Note(ImportNoteKind.Assumed, Subject, "half precision is computed in float32; nothing is rounded to 16 bits");
        }
    }

    /// <summary>Takes back the note that a node was folded.</summary>
    public void Unfold(string subject) =>
        _notes.RemoveAll(note => note.Kind == ImportNoteKind.Folded && note.Subject == subject);

    /// <summary>A tensor of the file, whose elements are read when they are needed.</summary>
    public OnnxTensor Read(TensorProto tensor)
    {
        OnnxTensor read = _tensors.Create(tensor);
        return TryTake(read.ElementCount, read.IsFloating)
            ? read
            : throw new ModelFormatException($"tensor '{read.Name}': the same bytes are used too often.");
    }

    /// <summary>Asks for elements of constants before they are made.</summary>
    public bool TryTake(long elements, bool areFloating) =>
        elements <= Array.MaxLength && TryTake(elements * (areFloating ? sizeof(float) : sizeof(long)));

    /// <summary>Asks for memory.</summary>
    public bool TryTake(long bytes) => _budget.TryTake(bytes);

    /// <summary>Asks for the memory of what a node makes besides elements of constants.</summary>
    public bool TryTakeNode(GraphNode node) =>
        TryTake(NodeBytes + (ValueBytes * (node.Inputs.Count + node.Captured.Count + node.Outputs.Count)));

    /// <summary>A graph inside of a node.</summary>
    public OnnxGraph Inner(GraphProto graph) => _graph.Inner(graph);

    /// <summary>Lengths of rows that are counted: the same ones wherever they are.</summary>
    public LengthsNode LengthsOf(InputNode input, float missing)
    {
        LengthsNode? known = _lengths.Find(lengths => lengths.Input == input && lengths.Missing.Equals(missing));
        if (known is null)
        {
            known = new LengthsNode(input, missing);
            _lengths.Add(known);
        }

        return known;
    }

    /// <summary>Says that a value is right only where a step is there.</summary>
    public void RequireMask(NodeContext context, StepMaskNode mask) => _requiredMasks.Add((context.Node, mask));

    /// <summary>Adds an input.</summary>
    public void Add(InputNode input) => _inputs.Add(input);

    /// <summary>Asks for what an operator makes besides elements of constants.</summary>
    /// <param name="values">Its inputs and outputs.</param>
    public void Require(int values)
    {
        if (!TryTake(OperatorBytes + (ValueBytes * values)))
        {
            throw new ModelFormatException("so many operators, inputs and outputs are too much for a file of this size.");
        }
    }

    /// <summary>Goes through the graph.</summary>
    /// <param name="constants">Values of inputs, by name.</param>
    /// <returns>The values of the graph's outputs, in its order.</returns>
    public IReadOnlyList<(string Name, Value Value)> Run(IReadOnlyDictionary<string, OnnxTensor> constants)
    {
        IReadOnlyList<GraphNode> nodes = _graph.NeededNodes();
        foreach (string name in nodes.SelectMany(node => node.Needs).Concat(_graph.Outputs))
        {
            _uses[name] = _uses.GetValueOrDefault(name) + 1;
        }

        foreach (ValueInfoProto input in _graph.Inputs.Where(input => !constants.ContainsKey(input.Name)))
        {
            _values[input.Name] = Input(input);
        }

        foreach ((string name, OnnxTensor tensor) in constants)
        {
            _values[name] = new ConstantValue(tensor);
        }

        HashSet<GraphNode> shaped = ShapedOperators.Find(nodes, _graph.Outputs);
        foreach (GraphNode node in nodes)
        {
            Run(node, shaped.Contains(node));
        }

        return [.. _graph.Outputs.Select(name => (name, Output(name)))];
    }

    /// <summary>The value of an output, whose layers may not have been made yet.</summary>
    private Value Output(string name) => Completed(
        new GraphNode(new NodeProto { Name = name, OpType = "Identity" }, _graph.Nodes.Count, _graph.OperatorSet),
        Find(name) ?? throw new ModelFormatException($"output '{name}': nothing in the graph makes it."));

    /// <summary>A value with layers that have not been made yet; the same where there are none to make.</summary>
    /// <param name="node">What reads it.</param>
    /// <param name="value">The value.</param>
    public Value Completed(GraphNode node, Value value) =>
        PendingLayers.Find(new NodeContext(node, [value], this), value) ?? value;

    private void Run(GraphNode node, bool isShaped)
    {
        if (!TryTakeNode(node))
        {
            throw node.Refuse("so many nodes, inputs and outputs are too much for a file of this size");
        }

        Value?[] inputs = [.. node.Inputs.Select(name => name.Length == 0
            ? null
            : Find(name) ?? throw node.Refuse($"nothing in the graph makes its input '{name}'"))];
        IReadOnlyList<Value?> outputs = Apply(new NodeContext(node, inputs, this), isShaped);
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i].Length > 0 && i < outputs.Count && outputs[i] is { } value)
            {
                _values[node.Outputs[i]] = value;
            }
        }

        // What is not used any more is let go: folded weights may be large.
        foreach (string name in node.Needs)
        {
            if (--_uses[name] == 0)
            {
                _values.Remove(name);
            }
        }
    }

    /// <summary>What a node makes.</summary>
    /// <param name="context">The node.</param>
    /// <param name="isShaped">Whether nothing but the shape of that is used.</param>
    public static IReadOnlyList<Value?> Apply(NodeContext context, bool isShaped)
    {
        if (context.HasShapes && context.Node.Operator != "Shape")
        {
            return ShapedOperators.Apply(context) ?? throw context.Refuse("expected values, found that nothing but their shape is known");
        }

        try
        {
            return Operators.Apply(context);
        }
        catch (ModelFormatException) when (isShaped && ShapedOperators.Apply(context) is not null)
        {
            // Nothing but the shape is used, and that is known.
            return ShapedOperators.Apply(context)!;
        }
    }

    /// <summary>The value of a name; null if nothing has made it yet.</summary>
    public Value? Find(string name)
    {
        if (_values.TryGetValue(name, out Value? value))
        {
            return value;
        }

        if (!_graph.Initializers.TryGetValue(name, out TensorProto? tensor))
        {
            return null;
        }

        value = new ConstantValue(Read(tensor));
        _values.Add(name, value);
        return value;
    }

    private FlowValue Input(ValueInfoProto input)
    {
        TensorTypeProto type = input.Type?.TensorType
            ?? throw new ModelFormatException($"input '{input.Name}': expected a tensor.");
        TensorElementType element = ElementTypes.Of(type.ElemType)
            ?? throw new ModelFormatException($"input '{input.Name}': expected numbers, found the type {type.ElemType}.");
        if (type.Shape is null || type.Shape.Dim.Count > 4)
        {
            throw new ModelFormatException($"input '{input.Name}': expected a shape of at most 4 dimensions.");
        }

        if (element is TensorElementType.F16 or TensorElementType.BF16)
        {
            NoteHalf();
        }

        Axis[] axes = [.. type.Shape.Dim.Select((dimension, i) => new Axis(
            dimension.HasDimParam && dimension.DimParam.Length > 0 ? dimension.DimParam : $"{input.Name}.{i}",
            Size(dimension, input.Name)))];
        InputNode node = new(input.Name, ElementTypes.IsFloating(element), axes);
        if (_graph.Model.ProducerName == OnnxModelWriter.Producer)
        {
            // Names that OnnxExport gives: with no recurrent layer nothing else says which axis is the time.
            Assembler.AssignByName(node);
        }

        if (node.IsFloating && axes.Length == InputOrder.Count && !_inputs.Exists(other => other.IsFloating && other.Axes.Count == axes.Length))
        {
            foreach ((Axis axis, OnnxAxis role) in axes.Zip(InputOrder))
            {
                axis.Assign(role);
            }

            Note(
                ImportNoteKind.Assumed, input.Name, $"its axes are taken for [{AxisOrder.Names(InputOrder)}]: steps of it are taken "
                    + "before a layer says which they are");
        }

        _inputs.Add(node);
        return new FlowValue { Source = node, Groups = [.. axes.Select(axis => (Axis[])[axis])] };
    }

    private static int? Size(TensorShapeProto.Types.Dimension dimension, string input)
    {
        // Some writers have 0 or -1 where a length is open.
        if (!dimension.HasDimValue || dimension.DimValue is 0 or -1)
        {
            return null;
        }

        return dimension.DimValue is > 0 and <= int.MaxValue
            ? (int)dimension.DimValue
            : throw new ModelFormatException($"input '{input}': expected dimensions above 0, found {dimension.DimValue}.");
    }
}
