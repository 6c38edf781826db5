using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Products with constant matrices: dense layers.</summary>
internal static class ProductOperators
{
    public static Value MatMul(NodeContext context)
    {
        FlowValue flow = Features(context);
        ConstantValue matrix = context.Constant(1, "B");
        while (matrix.Rank > 2 && matrix.Dimensions[0] == 1 && matrix.Rank <= flow.Rank)
        {
            matrix = ConstantTensors.Reshape(matrix, [.. matrix.Dimensions.Skip(1)], [.. matrix.Shape.Skip(1)]);
        }

        return Dense(context, flow, Kernel(context, matrix, isTransposed: false), matrix, isTransposed: false, default);
    }

    public static Value Gemm(NodeContext context)
    {
        GraphNode node = context.Node;
        FlowValue flow = Features(context);
        bool isTransposed = node.Integer("transB", 0) != 0;
        if (flow.Rank != 2 || node.Integer("transA", 0) != 0)
        {
            throw context.RefuseInput(flow, "A of two dimensions, not transposed, features last");
        }

        ConstantValue matrix = context.Constant(1, "B");
        ReadOnlyMemory<float> kernel = Kernel(context, matrix, isTransposed);
        context.Take(node.Single("alpha", 1) == 1 ? 0 : kernel.Length, areFloating: true);
        kernel = Scaled(kernel, node.Single("alpha", 1));
        ReadOnlyMemory<float> bias = default;
        if (context.Optional(2) is not null)
        {
            ConstantValue constant = context.Constant(2, "C");
            int outputs = matrix.Dimensions[isTransposed ? 0 : 1];
            int count = constant.Tensor.ElementCount;
            bool fits = constant.Tensor.IsFloating && !constant.IsSpread && constant.Rank <= 2
                && (count == 1 || (count == outputs && constant.Dimensions[^1] == outputs));
            if (!fits)
            {
                throw context.RefuseInput(constant, $"C as one number for each of {outputs} features");
            }

            context.Take(2L * outputs, areFloating: true);
            float[] values = new float[outputs];
            values.AsSpan().Fill(constant.Singles().Span[0]);
            bias = Scaled(count == 1 ? values : constant.Singles(), node.Single("beta", 1));
        }

        return Dense(context, flow, kernel, matrix, isTransposed, bias);
    }

    private static FlowValue Features(NodeContext context)
    {
        if (context.Required(0) is not FlowValue)
        {
            throw context.Refuse(
                $"expected data times a constant matrix, found {context.Required(0)} and {context.Required(1)}");
        }

        FlowValue flow = Flows.Complete(context, context.Required(0), "features");
        return Flows.HoldsFeatures(flow, flow.Rank - 1)
            ? flow
            : throw context.RefuseInput(flow, "features in the last dimension");
    }

    /// <summary>The matrix as a dense layer has it, outputs by inputs.</summary>
    private static ReadOnlyMemory<float> Kernel(NodeContext context, ConstantValue matrix, bool isTransposed)
    {
        bool isMatrix = matrix is { Rank: 2, IsSpread: false, Tensor.IsFloating: true }
            && !matrix.Dimensions.Any(length => length is 0 or > LayerSpecification.MaxSize);
        if (!isMatrix)
        {
            throw context.RefuseInput(matrix, $"B as a matrix of 1 to {LayerSpecification.MaxSize} rows and columns");
        }

        return (isTransposed ? matrix : ConstantTensors.Transpose(context, matrix, [1, 0])).Singles();
    }

    private static ReadOnlyMemory<float> Scaled(ReadOnlyMemory<float> values, float factor)
    {
        if (factor == 1)
        {
            return values;
        }

        float[] scaled = values.ToArray();
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] *= factor;
        }

        return scaled;
    }

    private static FlowValue Dense(
        NodeContext context,
        FlowValue flow,
        ReadOnlyMemory<float> kernel,
        ConstantValue matrix,
        bool isTransposed,
        ReadOnlyMemory<float> bias)
    {
        int inputs = matrix.Dimensions[isTransposed ? 1 : 0];
        int outputs = matrix.Dimensions[isTransposed ? 0 : 1];
        Flows.RequireSize(context, flow, inputs, "B");
        DenseLayer layer = new(
            new DenseSpecification { InputSize = inputs, OutputSize = outputs }, DenseWeights.Wrap(kernel, bias));
        return Flows.Append(context, flow, new LayerNode(context.Name, flow.Read, layer, []), outputs);
    }
}
