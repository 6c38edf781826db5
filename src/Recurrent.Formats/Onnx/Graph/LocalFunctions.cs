using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Functions of the file's own, as newer exporters write them: a node that calls one becomes the nodes of the function, with
/// names of their own.
/// </summary>
internal sealed class LocalFunctions
{
    private const int MaxDepth = 16;

    // A node with its fields, and a name of an input or output.
    private const long NodeBytes = 1536;
    private const long NameBytes = 192;

    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
    private readonly MemoryBudget _budget;
    private int _calls;

    private LocalFunctions(IEnumerable<FunctionProto> functions, MemoryBudget budget)
    {
        _budget = budget;
        foreach (FunctionProto function in functions)
        {
            if (!_functions.TryAdd((function.Domain, function.Name, function.Overload), function))
            {
                throw new ModelFormatException($"the local function '{function.Domain}.{function.Name}' is there twice.");
            }
        }
    }

    /// <summary>Replaces all calls of local functions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="budget">What may be allocated.</param>
    /// <exception cref="ModelFormatException">A function calls itself, is there twice, or there are too many nodes.</exception>
    public static void Inline(ModelProto model, MemoryBudget budget)
    {
        if (model.Functions.Count > 0 && model.Graph is { } graph)
        {
            new LocalFunctions(model.Functions, budget).Inline(graph, 0);
        }
    }

    private void Inline(GraphProto graph, int depth)
    {
        List<NodeProto> nodes = [];
        foreach (NodeProto node in graph.Node)
        {
            Add(nodes, node, depth);
        }

        graph.Node.Clear();
        graph.Node.AddRange(nodes);
    }

    /// <summary>Adds a node, or the nodes of the function that it calls.</summary>
    private void Add(List<NodeProto> nodes, NodeProto node, int depth)
    {
        if (!_functions.TryGetValue((node.Domain, node.OpType, node.Overload), out FunctionProto? function))
        {
            foreach (AttributeProto attribute in node.Attribute.Where(attribute => attribute.G is not null))
            {
                Inline(attribute.G, depth);
            }

            nodes.Add(node);
            return;
        }

        if (depth == MaxDepth)
        {
            throw new ModelFormatException(
                $"node '{node.Name}' ({node.Domain}.{node.OpType}): expected local functions that call each other at most {MaxDepth} deep.");
        }

        if (node.Input.Count > function.Input.Count || node.Output.Count > function.Output.Count)
        {
            throw new ModelFormatException(
                $"node '{node.Name}' ({node.Domain}.{node.OpType}): expected at most {function.Input.Count} inputs and "
                + $"{function.Output.Count} outputs, as the local function has, found {node.Input.Count} and {node.Output.Count}.");
        }

        Call call = new(node, function, $"{(node.Name.Length > 0 ? node.Name : node.OpType)}.{_calls++}/");
        foreach (NodeProto inner in function.Node)
        {
            Take(inner);
            Add(nodes, call.Copy(inner), depth + 1);
        }

        foreach ((string from, string to) in call.Passed)
        {
            nodes.Add(new NodeProto { OpType = "Identity", Name = $"{node.Name}.{to}", Input = { from }, Output = { to } });
        }
    }

    private void Take(NodeProto node) => _budget.Take(
        NodeBytes + (4L * node.CalculateSize()) + (NameBytes * (node.Input.Count + node.Output.Count)),
        $"the nodes of local functions, at '{node.Name}' ({node.OpType})");

    /// <summary>A node that calls a function: what names and attributes mean inside of it.</summary>
    private sealed class Call
    {
        private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal) { [""] = "" };
        private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);
        private readonly string _prefix;

        public Call(NodeProto node, FunctionProto function, string prefix)
        {
            _prefix = prefix;
            foreach (AttributeProto attribute in function.AttributeProto.Concat(node.Attribute))
            {
                _attributes[attribute.Name] = attribute;
            }

            for (int i = 0; i < function.Input.Count; i++)
            {
                _names[function.Input[i]] = i < node.Input.Count ? node.Input[i] : "";
            }

            for (int i = 0; i < node.Output.Count; i++)
            {
                string name = function.Output[i];
                if (node.Output[i].Length > 0 && !_names.TryAdd(name, node.Output[i]))
                {
                    // An output that is an input, or a value that is two outputs.
                    Passed.Add((_names[name], node.Output[i]));
                }
            }
        }

        /// <summary>Outputs that have the values of others.</summary>
        public List<(string From, string To)> Passed { get; } = [];

        public NodeProto Copy(NodeProto inner)
        {
            NodeProto copy = new()
            {
                OpType = inner.OpType,
                Domain = inner.Domain,
                Overload = inner.Overload,
                Name = _prefix + (inner.Name.Length > 0 ? inner.Name : inner.OpType),
                Input = { inner.Input.Select(Outer) },
                Output = { inner.Output.Select(Outer) },
            };
            copy.Attribute.AddRange(inner.Attribute.Select(Copy).OfType<AttributeProto>());
            return copy;
        }

        /// <summary>An attribute with what the call says; null if it says nothing.</summary>
        private AttributeProto? Copy(AttributeProto attribute)
        {
            AttributeProto? given = attribute.RefAttrName.Length > 0 ? _attributes.GetValueOrDefault(attribute.RefAttrName) : attribute;
            if (given is null)
            {
                return null;
            }

            AttributeProto copy = given.Clone();
            copy.Name = attribute.Name;
            if (copy.G is not null && ReferenceEquals(given, attribute))
            {
                Rename(copy.G);
            }

            return copy;
        }

        /// <summary>The names that a graph inside of the function takes from around it.</summary>
        private void Rename(GraphProto graph)
        {
            HashSet<string> made = new(
                [.. graph.Input.Select(input => input.Name), .. graph.Initializer.Select(tensor => tensor.Name), .. graph.Node.SelectMany(node => node.Output)],
                StringComparer.Ordinal);
            foreach (NodeProto node in graph.Node)
            {
                for (int i = 0; i < node.Input.Count; i++)
                {
                    node.Input[i] = made.Contains(node.Input[i]) ? node.Input[i] : Outer(node.Input[i]);
                }

                AttributeProto[] attributes = [.. node.Attribute.Select(Copy).OfType<AttributeProto>()];
                node.Attribute.Clear();
                node.Attribute.AddRange(attributes);
            }

            foreach (ValueInfoProto output in graph.Output)
            {
                output.Name = made.Contains(output.Name) ? output.Name : Outer(output.Name);
            }
        }

        private string Outer(string name) => _names.TryGetValue(name, out string? outer) ? outer : _prefix + name;
    }
}
