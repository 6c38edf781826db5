namespace Recurrent.Formats.Onnx;

/// <summary>A graph as it is in the file, by the names of its values.</summary>
internal sealed class ProtoGraph
{
    // Operators that pass elements on as they are.
    private static readonly string[] ShapeOperators =
        ["Gather", "Slice", "Split", "Squeeze", "Unsqueeze", "Reshape", "Identity", "Transpose", "Concat"];

    // A longer way than exporters write between a state and where it comes from.
    private const int LongestWay = 16;

    private readonly Dictionary<string, NodeProto> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<long?>> _inputs;
    private readonly HashSet<string> _outputs;
    private readonly ILookup<string, NodeProto> _readers;
    private readonly Dictionary<NodeProto, bool> _handsOut = new(ReferenceEqualityComparer.Instance);

    public ProtoGraph(GraphProto graph)
    {
        foreach (TensorProto tensor in graph.Initializer)
        {
            _tensors.TryAdd(tensor.Name, tensor);
        }

        foreach (NodeProto node in graph.Node)
        {
            foreach (string output in node.Output.Where(output => output.Length > 0))
            {
                _producers.TryAdd(output, node);
            }
        }

        _inputs = graph.Input.Where(input => !_tensors.ContainsKey(input.Name)).DistinctBy(input => input.Name).ToDictionary(
            input => input.Name,
            input => (IReadOnlyList<long?>)[.. (input.Type?.TensorType?.Shape?.Dim ?? []).Select(dim => dim.HasDimValue ? dim.DimValue : (long?)null)],
            StringComparer.Ordinal);
        _outputs = [.. graph.Output.Select(output => output.Name)];
        _readers = graph.Node.SelectMany(node => node.Input.Distinct().Select(name => (Name: name, Node: node)))
            .ToLookup(read => read.Name, read => read.Node, StringComparer.Ordinal);
    }

    /// <summary>Whether every input of the graph has two dimensions.</summary>
    public bool HasRowsAlone => _inputs.Values.All(shape => shape.Count == 2);

    /// <summary>Features of an input of the graph; null of another value, or where the file does not say it.</summary>
    public long? FeaturesOf(string name) => _inputs.TryGetValue(name, out IReadOnlyList<long?>? shape) && shape is [.., long size] ? size : null;

    /// <summary>Two values whose features are side by side in rows; null if it is no such value.</summary>
    public (string First, string Second)? Joined(string name) =>
        Producer(name, "Concat") is { } join && AxisOf(join) is 1 or -1 ? Arguments(name, "Concat") : null;

    public bool IsOutput(string name) => _outputs.Contains(name);

    public IEnumerable<NodeProto> Readers(string name) => _readers[name];

    /// <summary>The node that makes a value, if it has this operator.</summary>
    public NodeProto? Producer(string name, string kind) =>
        _producers.GetValueOrDefault(name) is { Domain: "" or "ai.onnx" } node && node.OpType == kind ? node : null;

    /// <summary>The sizes of an initializer; null of anything else.</summary>
    public IReadOnlyList<long>? SizesOf(string name) => _tensors.TryGetValue(name, out TensorProto? tensor) ? tensor.Dims : null;

    /// <summary>What a function of one value reads.</summary>
    public string? Argument(string name, string kind) => Producer(name, kind) is { Input: [string input] } ? input : null;

    /// <summary>What a function of two values reads.</summary>
    public (string First, string Second)? Arguments(string name, string kind) =>
        Producer(name, kind) is { Input: [string first, string second] } ? (first, second) : null;

    /// <summary>The same in both orders, for functions that do not mind it.</summary>
    public IEnumerable<(string First, string Second)> Orders(string name, string kind) =>
        Arguments(name, kind) is var (first, second) ? [(first, second), (second, first)] : [];

    /// <summary>The part of a value that is divided into equal ones along its last axis of two.</summary>
    /// <param name="name">The part.</param>
    /// <param name="count">How many parts there are.</param>
    public (string Whole, int Index)? Part(string name, int count)
    {
        if (Producer(name, "Split") is not { Input.Count: > 0 } split || split.Output.Count != count || AxisOf(split) is not (1 or -1))
        {
            return null;
        }

        // Parts of a state are all as wide; other ones would not fit each other later.
        return (split.Input[0], split.Output.IndexOf(name));
    }

    /// <summary>The input of the graph of which a value is, or is a part; null if something is computed on the way.</summary>
    public string? Origin(string name)
    {
        for (int i = 0; i < LongestWay; i++)
        {
            if (_inputs.ContainsKey(name))
            {
                return name;
            }

            if (!_producers.TryGetValue(name, out NodeProto? node) || node.Input.Count == 0 || node.OpType == "Concat"
                || !ShapeOperators.Contains(node.OpType))
            {
                return null;
            }

            name = node.Input[0];
        }

        return null;
    }

    /// <summary>Whether a node does nothing but hand a value on to outputs of the graph.</summary>
    public bool HandsOut(NodeProto node) => HandsOut(node, 0);

    private bool HandsOut(NodeProto node, int depth)
    {
        if (!_handsOut.TryGetValue(node, out bool found))
        {
            found = depth < LongestWay && node.Domain.Length == 0 && ShapeOperators.Contains(node.OpType) && node.Output.All(output =>
                (IsOutput(output) || _readers[output].Any()) && _readers[output].All(reader => HandsOut(reader, depth + 1)));
            _handsOut[node] = found;
        }

        return found;
    }

    private static long AxisOf(NodeProto node) => node.Attribute.FirstOrDefault(attribute => attribute.Name == "axis")?.I ?? 0;
}
