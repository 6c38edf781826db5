namespace Recurrent.Formats.Onnx;

/// <summary>
/// Nodes of which nothing but the shape of what they make is used. tf2onnx leaves a cell beside a loop in the graph that says
/// how large zeros have to be.
/// </summary>
internal static class ShapedOperators
{
    /// <summary>The nodes of a graph whose values go nowhere but to <c>Shape</c>, by way of each other.</summary>
    /// <param name="nodes">Nodes, each behind those whose values it uses.</param>
    /// <param name="outputs">What the graph puts out.</param>
    public static HashSet<GraphNode> Find(IReadOnlyList<GraphNode> nodes, IEnumerable<string> outputs)
    {
        HashSet<string> used = new(outputs, StringComparer.Ordinal);
        HashSet<GraphNode> found = [];
        foreach (GraphNode node in nodes.Reverse())
        {
            bool isShaped = node.Captured.Count == 0 && node.Outputs.Count > 0 && node.Operator != "Shape" && !node.Outputs.Any(used.Contains);
            if (isShaped)
            {
                found.Add(node);
            }

            if (!isShaped && node.Operator != "Shape")
            {
                used.UnionWith(node.Needs);
            }
        }

        return found;
    }

    /// <summary>The shapes of what a node makes; null if they are not known.</summary>
    public static IReadOnlyList<Value?>? Apply(NodeContext context)
    {
        Extent[][]? shapes = context.Node.Operator switch
        {
            "MatMul" or "Gemm" => Product(context) is { } product ? [product] : null,
            "Add" or "Sub" or "Mul" or "Div" => Broadcast(context) is { } sum ? [sum] : null,
            "Relu" or "Sigmoid" or "Tanh" or "Softsign" or "Softplus" or "HardSigmoid" or "LeakyRelu" or "Elu" or "Clip" or "Identity" =>
                ShapeOf(context, 0) is { } same ? [same] : null,
            "Split" => Split(context),
            _ => null,
        };
        return shapes is null ? null : [.. shapes.Select(shape => new ShapedValue(shape))];
    }

    public static Extent[]? ShapeOf(NodeContext context, int index) => context.Optional(index) switch
    {
        ShapedValue shaped => [.. shaped.Shape],
        FlowValue flow => [.. flow.Shape],
        ConstantValue constant => [.. constant.Shape],
        _ => null,
    };

    private static Extent[]? Product(NodeContext context)
    {
        bool isTransposed = context.Node.Operator == "Gemm" && context.Node.Integer("transB", 0) != 0;
        return ShapeOf(context, 0) is { Length: > 0 } left && ShapeOf(context, 1) is { Length: 2 } right
            && context.Node.Integer("transA", 0) == 0 && left[^1].Same(right[isTransposed ? 1 : 0])
            ? [.. left[..^1], right[isTransposed ? 0 : 1]]
            : null;
    }

    private static Extent[]? Broadcast(NodeContext context)
    {
        if (ShapeOf(context, 0) is not { Length: <= 16 } left || ShapeOf(context, 1) is not { Length: <= 16 } right)
        {
            return null;
        }

        Extent[] shape = new Extent[Math.Max(left.Length, right.Length)];
        for (int i = 1; i <= shape.Length; i++)
        {
            Extent a = i <= left.Length ? left[^i] : Extent.Of(1);
            Extent b = i <= right.Length ? right[^i] : Extent.Of(1);
            if (a.Known != 1 && b.Known != 1 && !a.Same(b))
            {
                return null;
            }

            shape[^i] = a.Known == 1 ? b : a;
        }

        return shape;
    }

    private static Extent[][]? Split(NodeContext context)
    {
        int parts = context.Node.Outputs.Count;
        if (ShapeOf(context, 0) is not { } shape || context.Numbers("split", 1) is not null)
        {
            return null;
        }

        int axis = context.Axis(context.Node.Integer("axis", 0), shape.Length);
        context.TakeShape((long)parts * shape.Length);
        return shape[axis].Known is { } length && length % parts == 0
            ? [.. Enumerable.Range(0, parts).Select(_ => (Extent[])[.. shape[..axis], Extent.Of(length / parts), .. shape[(axis + 1)..]])]
            : null;
    }
}
