using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Layers that make a row of a time-major sequence, or a sequence of a row, as nodes.</summary>
internal static class RowNodes
{
    /// <summary>Adds the nodes of the mean or the largest values over time.</summary>
    public static string OverTime(GraphBuilder graph, string name, string operation, string input)
    {
        string read = graph.Node($"{name}_features_first", "Transpose", [input], GraphBuilder.Attribute("perm", [1L, 2, 0]));
        string pooled = graph.Node($"{name}_pooled", operation, [read]);
        return graph.Node(name, "Squeeze", [pooled, graph.Constant($"{name}_time_axis", 2)]);
    }

    /// <summary>Adds the nodes of a sum over time, weighted by the softmax of scores.</summary>
    public static string SoftmaxOverTime(GraphBuilder graph, string name, string values, string scores)
    {
        string weights = graph.Node($"{name}_weights", "Softmax", [scores], GraphBuilder.Attribute("axis", 0));
        string weighted = graph.Node($"{name}_weighted", "Mul", [values, weights]);
        return graph.Node(
            name,
            "ReduceSum",
            [weighted, graph.Constant($"{name}_time_axis", 0)],
            GraphBuilder.Attribute("keepdims", 0));
    }

    /// <summary>Adds the nodes that put the steps of a sequence side by side.</summary>
    public static string Flatten(GraphBuilder graph, string name, FlattenSpecification specification, string input)
    {
        string read = graph.Node($"{name}_batch_first", "Transpose", [input], GraphBuilder.Attribute("perm", [1L, 0, 2]));
        return graph.Node(name, "Reshape", [read, graph.Constant($"{name}_shape", -1, specification.OutputSize)]);
    }

    /// <summary>Adds the nodes that make steps of the parts of a row.</summary>
    public static string Unflatten(GraphBuilder graph, string name, UnflattenSpecification specification, string input)
    {
        string steps = graph.Node(
            $"{name}_steps",
            "Reshape",
            [input, graph.Constant($"{name}_shape", -1, specification.Steps, specification.OutputSize)]);
        return graph.Node(name, "Transpose", [steps], GraphBuilder.Attribute("perm", [1L, 0, 2]));
    }
}
