using Google.Protobuf;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Onnx;

/// <summary>A graph whose names have been checked: every value is made once, and before it is used.</summary>
internal sealed class OnnxGraph
{
    private const int MaxNodes = 100_000;

    private readonly Dictionary<string, GraphNode> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _initializers = new(StringComparer.Ordinal);

    private readonly GraphProto _graph;

    private OnnxGraph(ModelProto model, GraphProto? graph)
    {
        Model = model;
        if (graph is null || graph.Node.Count is 0 or > MaxNodes)
        {
            throw new ModelFormatException($"expected a graph of 1 to {MaxNodes} nodes.");
        }

        _graph = graph;
        OperatorSet = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 1;
        foreach (TensorProto tensor in graph.Initializer)
        {
            RequireNew(_initializers.TryAdd(tensor.Name, tensor), tensor.Name, "an initializer");
        }

        HashSet<string> inputs = new(StringComparer.Ordinal);
        foreach (ValueInfoProto input in graph.Input)
        {
            RequireNew(inputs.Add(input.Name), input.Name, "an input");
        }

        Nodes = [.. graph.Node.Select((node, i) => new GraphNode(node, i, OperatorSet))];
        foreach (GraphNode node in Nodes)
        {
            foreach (string output in node.Outputs.Where(name => name.Length > 0))
            {
                bool isNew = !inputs.Contains(output) && !_initializers.ContainsKey(output);
                RequireNew(isNew && _producers.TryAdd(output, node), output, $"an output of node '{node.Name}'");
            }
        }

        Inputs = [.. graph.Input.Where(input => !_initializers.ContainsKey(input.Name))];
    }

    public ModelProto Model { get; }

    public long OperatorSet { get; }

    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>Inputs without an initializer.</summary>
    public IReadOnlyList<ValueInfoProto> Inputs { get; }

    /// <summary>All inputs, in order.</summary>
    public IReadOnlyList<ValueInfoProto> FormalInputs => _graph.Input;

    public IEnumerable<string> Outputs => _graph.Output.Select(output => output.Name);

    public IReadOnlyDictionary<string, TensorProto> Initializers => _initializers;

    /// <summary>Parses a model that has been read without the elements of its tensors.</summary>
    /// <param name="message">The model.</param>
    /// <param name="place">The file, for messages.</param>
    /// <param name="budget">What may be allocated.</param>
    public static OnnxGraph Parse(ReadOnlySpan<byte> message, string place, MemoryBudget budget)
    {
        try
        {
            ModelProto model = ModelProto.Parser.ParseFrom(message);
            LocalFunctions.Inline(model, budget);
            ScanRewriting.Apply(model.Graph);
            CellRewriting.Apply(model.Graph, model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 1);
            return new OnnxGraph(model, model.Graph);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ModelFormatException($"{place}not an ONNX model: {e.Message}", e);
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{place}{e.Message}", e);
        }
    }

    /// <summary>A graph that a node of this one holds.</summary>
    /// <exception cref="ModelFormatException">It is empty, or has a name twice.</exception>
    public OnnxGraph Inner(GraphProto graph) => new(Model, graph);

    /// <summary>
    /// The nodes that the outputs need, each behind those whose values it uses. Recurrent ones come as early as they can: they
    /// say which axis is time.
    /// </summary>
    /// <exception cref="ModelFormatException">A value is made of itself.</exception>
    public IReadOnlyList<GraphNode> NeededNodes()
    {
        IReadOnlyList<GraphNode> needed = Ordered(Outputs.Select(name => _producers.GetValueOrDefault(name)));
        IEnumerable<GraphNode> recurrent = needed.Where(node => node.IsRecurrent).OrderBy(node => node.Index);
        return Ordered(recurrent.Concat(needed));
    }

    /// <summary>Nodes and all that they need.</summary>
    private List<GraphNode> Ordered(IEnumerable<GraphNode?> roots)
    {
        // Depth first without recursion: how deep a graph is, a file decides.
        List<GraphNode> ordered = [];
        Dictionary<GraphNode, int> nextInput = [];
        Stack<GraphNode> open = new();
        foreach (GraphNode root in roots.OfType<GraphNode>())
        {
            Open(root, root.Outputs[0]);
            while (open.TryPeek(out GraphNode? node))
            {
                int next = nextInput[node]++;
                if (next < node.Inputs.Count + node.Captured.Count)
                {
                    string name = next < node.Inputs.Count ? node.Inputs[next] : node.Captured[next - node.Inputs.Count];
                    if (_producers.TryGetValue(name, out GraphNode? producer))
                    {
                        Open(producer, name);
                    }
                }
                else
                {
                    ordered.Add(open.Pop());
                    nextInput[node] = int.MaxValue;
                }
            }
        }

        return ordered;

        void Open(GraphNode producer, string name)
        {
            if (nextInput.TryAdd(producer, 0))
            {
                open.Push(producer);
            }
            else if (nextInput[producer] != int.MaxValue)
            {
                throw producer.Refuse($"'{name}' is made of itself; the graph has a cycle");
            }
        }
    }

    private static void RequireNew(bool isNew, string name, string what)
    {
        if (!isNew)
        {
            throw new ModelFormatException($"the name '{name}' of {what} is there twice.");
        }
    }
}
