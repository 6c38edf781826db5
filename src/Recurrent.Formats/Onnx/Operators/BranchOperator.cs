namespace Recurrent.Formats.Onnx;

/// <summary>
/// <c>If</c> whose condition is known: one of its graphs is a part of the graph around it. PyTorch's exporter asks with one
/// whether a dimension that is taken away has one element.
/// </summary>
internal static class BranchOperator
{
    public static IReadOnlyList<Value?> Apply(NodeContext context)
    {
        if (context.Required(0) is not ConstantValue { IsSpread: false, Tensor: { ElementCount: 1, IsFloating: false } } condition)
        {
            throw context.Refuse($"control flow that depends on the input is not supported, found {context.Required(0)} as its condition");
        }

        string name = condition.Integers().Span[0] != 0 ? "then_branch" : "else_branch";
        GraphProto proto = context.Node.Graph(name) ?? throw context.Refuse($"expected a graph '{name}'");
        OnnxGraph graph = context.Interpreter.Inner(proto);
        Dictionary<string, Value> values = new(StringComparer.Ordinal);
        foreach (GraphNode node in graph.NeededNodes())
        {
            if (!context.Interpreter.TryTakeNode(node))
            {
                throw context.Refuse($"'{name}' is too much for a file of this size");
            }

            NodeContext inner = new(
                node, [.. node.Inputs.Select(input => input.Length == 0 ? null : Find(input))], context.Interpreter);
            IReadOnlyList<Value?> outputs = Interpreter.Apply(inner, isShaped: false);
            for (int i = 0; i < node.Outputs.Count && i < outputs.Count; i++)
            {
                if (node.Outputs[i].Length > 0 && outputs[i] is { } value)
                {
                    values[node.Outputs[i]] = value;
                }
            }
        }

        return [.. graph.Outputs.Select(Find)];

        Value Find(string input)
        {
            if (!values.TryGetValue(input, out Value? value))
            {
                value = graph.Initializers.TryGetValue(input, out TensorProto? tensor)
                    ? new ConstantValue(context.Interpreter.Read(tensor))
                    : context.Interpreter.Find(input) ?? throw context.Refuse($"nothing in '{name}' or around it makes '{input}'");
                values.Add(input, value);
            }

            return value;
        }
    }
}
