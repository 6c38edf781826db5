using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A value times weights, and a bias, as exporters write a linear function of rows.</summary>
/// <param name="Value">The value.</param>
/// <param name="Weights">The name of the weights.</param>
/// <param name="IsByInput">Whether they are <c>[inputs, outputs]</c>, and not <c>[outputs, inputs]</c>.</param>
/// <param name="Bias">The name of the bias; null without one.</param>
/// <param name="Inputs">Features of the value.</param>
/// <param name="Outputs">Features of the result.</param>
internal sealed record AffineMatch(string Value, string Weights, bool IsByInput, string? Bias, long Inputs, long Outputs)
{
    /// <summary>The first of the weights' inputs that the value is multiplied by, where others are multiplied by another value.</summary>
    public long First { get; init; }

    /// <summary>Whether some of the weights' inputs belong to another value.</summary>
    public bool IsPart { get; init; }

    /// <summary>A function of one of two values that are side by side in <see cref="Value"/>.</summary>
    /// <param name="value">The value.</param>
    /// <param name="first">The first of its features.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="hasBias">Whether the bias is added to it.</param>
    public AffineMatch Part(string value, long first, long count, bool hasBias) => this with
    {
        Value = value,
        First = first,
        Inputs = count,
        IsPart = true,
        Bias = hasBias ? Bias : null,
    };

    /// <summary>Reads how a value is made; null if it is made otherwise.</summary>
    public static AffineMatch? Of(ProtoGraph graph, string name)
    {
        if (graph.Producer(name, "Gemm") is { Input.Count: 2 or 3 } gemm)
        {
            bool isPlain = Number(gemm, "alpha") == 1 && Number(gemm, "beta") == 1 && Integer(gemm, "transA") == 0;
            string? bias = gemm.Input.Count == 3 && gemm.Input[2].Length > 0 ? gemm.Input[2] : null;
            return isPlain ? Make(graph, gemm.Input[0], gemm.Input[1], Integer(gemm, "transB") == 0, bias) : null;
        }

        foreach ((string product, string bias) in graph.Orders(name, "Add"))
        {
            if (graph.Arguments(product, "MatMul") is var (value, weights))
            {
                return Make(graph, value, weights, isByInput: true, bias);
            }
        }

        return graph.Arguments(name, "MatMul") is var (data, kernel) ? Make(graph, data, kernel, isByInput: true, null) : null;
    }

    private static AffineMatch? Make(ProtoGraph graph, string value, string weights, bool isByInput, string? bias)
    {
        if (graph.SizesOf(weights) is not [long first, long second])
        {
            return null;
        }

        (long inputs, long outputs) = isByInput ? (first, second) : (second, first);
        if (inputs is < 1 or > LayerSpecification.MaxSize || outputs is < 1 or > 4L * LayerSpecification.MaxSize)
        {
            return null;
        }

        return bias is null || (graph.SizesOf(bias) is [long size] && size == outputs)
            ? new AffineMatch(value, weights, isByInput, bias, inputs, outputs)
            : null;
    }

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static float Number(NodeProto node, string name) => Find(node, name)?.F ?? 1;

    private static long Integer(NodeProto node, string name) => Find(node, name)?.I ?? 0;
}
