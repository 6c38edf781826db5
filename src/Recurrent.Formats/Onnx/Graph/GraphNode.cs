using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Formats.Onnx;

/// <summary>A node of the graph with its attributes.</summary>
internal sealed class GraphNode
{
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);
    private readonly NodeProto _node;

    public GraphNode(NodeProto node, int index, long operatorSet)
    {
        _node = node;
        Index = index;
        OperatorSet = operatorSet;
        Operator = node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";
        Name = node.Name.Length > 0 ? node.Name : $"{node.OpType}#{index}";
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (!_attributes.TryAdd(attribute.Name, attribute))
            {
                throw Refuse($"the attribute '{attribute.Name}' is there twice");
            }
        }

        Captured = [.. node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => Capture(attribute.G)).Distinct()];
    }

    public int Index { get; }

    public string Name { get; }

    public string Operator { get; }

    public long OperatorSet { get; }

    public IReadOnlyList<string> Inputs => _node.Input;

    public IReadOnlyList<string> Outputs => _node.Output;

    /// <summary>Names that graphs inside of this node use and do not make.</summary>
    public IReadOnlyList<string> Captured { get; }

    /// <summary>Inputs, and what is captured.</summary>
    public IEnumerable<string> Needs => Inputs.Concat(Captured);

    /// <summary>Whether this is a layer with a state.</summary>
    public bool IsRecurrent => Operator is "RNN" or "LSTM" or "GRU" or "Loop" or RecurrentParts.QuantizedLstm;

    /// <summary>An input's name; empty if it is left out.</summary>
    public string Input(int index) => index < _node.Input.Count ? _node.Input[index] : "";

    public bool Has(string attribute) => _attributes.ContainsKey(attribute);

    public long Integer(string name, long otherwise) =>
        Find(name, out AttributeProto? attribute)
            ? attribute.HasI ? attribute.I : throw Refuse($"the attribute '{name}' is no integer")
            : otherwise;

    public float Single(string name, float otherwise) =>
        Find(name, out AttributeProto? attribute)
            ? attribute.HasF ? attribute.F : throw Refuse($"the attribute '{name}' is no floating-point number")
            : otherwise;

    public string Text(string name, string otherwise) =>
        Find(name, out AttributeProto? attribute)
            ? attribute.HasS ? attribute.S.ToStringUtf8() : throw Refuse($"the attribute '{name}' is no text")
            : otherwise;

    public IReadOnlyList<long>? Integers(string name) => Find(name, out AttributeProto? attribute) ? attribute.Ints : null;

    public IReadOnlyList<float>? Singles(string name) =>
        Find(name, out AttributeProto? attribute) ? attribute.Floats : null;

    public IReadOnlyList<string>? Texts(string name) =>
        Find(name, out AttributeProto? attribute) ? [.. attribute.Strings.Select(text => text.ToStringUtf8())] : null;

    public TensorProto? Tensor(string name) => Find(name, out AttributeProto? attribute) ? attribute.T : null;

    public GraphProto? Graph(string name) => Find(name, out AttributeProto? attribute) ? attribute.G : null;

    /// <summary>The refusal of this node.</summary>
    public ModelFormatException Refuse(string reason) => new($"node '{Name}' ({Operator}): {reason}.");

    private static IEnumerable<string> Capture(GraphProto graph)
    {
        HashSet<string> made = new(
            [.. graph.Input.Select(input => input.Name), .. graph.Initializer.Select(tensor => tensor.Name), .. graph.Node.SelectMany(node => node.Output)],
            StringComparer.Ordinal);
        return graph.Node.SelectMany(node => node.Input).Concat(graph.Output.Select(output => output.Name))
            .Where(name => name.Length > 0 && !made.Contains(name));
    }

    private bool Find(string name, [NotNullWhen(true)] out AttributeProto? attribute) =>
        _attributes.TryGetValue(name, out attribute);
}
