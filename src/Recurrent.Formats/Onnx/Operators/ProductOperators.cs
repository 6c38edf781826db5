using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Products with constant matrices: dense layers.</summary>
internal static class ProductOperators
{
    public static Value MatMul(NodeContext context)
    {
        if (context.Required(0) is ConstantValue && context.Required(1) is FlowValue or PendingFlow)
        {
            return FromLeft(context);
        }

        if (context.Required(0) is FlowValue or PendingFlow && context.Required(1) is FlowValue or PendingFlow)
        {
            return Scores.Find(context, context.Required(0), context.Required(1))
                ?? WeightedSums.Product(context, context.Required(0), context.Required(1));
        }

        ConstantValue matrix = context.Constant(1, "B");
        bool isVector = matrix is { Rank: 1, IsSpread: false };
        matrix = isVector ? ConstantTensors.Reshape(matrix, [matrix.Dimensions[0], 1], [matrix.Shape[0], Extent.Of(1)]) : matrix;
        (FlowValue flow, FeaturesFirst? order) = Features(context, matrix, isTransposed: false);
        matrix = WithoutOnes(matrix, flow.Rank);
        ReadOnlyMemory<float> kernel = Ordered(context, Kernel(context, matrix, isTransposed: false), order);
        FlowValue product = Dense(context, flow, kernel, matrix, isTransposed: false, default);
        return isVector ? ShapeOperators.WithoutLast(product) : product;
    }

    /// <summary>Data times the transpose of a matrix, and a bias: PyTorch's linear module.</summary>
    /// <param name="context">What reads the data.</param>
    /// <param name="matrix">The matrix, outputs by inputs.</param>
    /// <param name="bias">The bias; empty for none.</param>
    public static FlowValue Linear(NodeContext context, ConstantValue matrix, ReadOnlyMemory<float> bias)
    {
        (FlowValue flow, FeaturesFirst? order) = Features(context, matrix, isTransposed: true);
        ReadOnlyMemory<float> kernel = Ordered(context, Kernel(context, matrix, isTransposed: true), order);
        return Dense(context, flow, kernel, matrix, isTransposed: true, bias);
    }

    /// <summary>A constant matrix times data that has its features in the dimension before the last one.</summary>
    private static FlowValue FromLeft(NodeContext context)
    {
        ConstantValue matrix = context.Constant(0, "A");
        int rank = context.Required(1) is PendingFlow { Flow.Rank: var pending } ? pending : ((FlowValue)context.Required(1)).Rank;
        FlowValue flow = rank < 2 ? throw context.RefuseInput(context.Required(1), "data of two dimensions or more")
            : Flows.Complete(context, context.Required(1), "features", rank - 2);
        if (!Flows.HoldsFeatures(flow, rank - 2))
        {
            throw context.RefuseInput(flow, "features in the dimension before the last one");
        }

        matrix = WithoutOnes(matrix, rank);
        return Dense(
            context, flow, Kernel(context, matrix, isTransposed: true), matrix, isTransposed: true, default, rank - 2);
    }

    public static Value Gemm(NodeContext context)
    {
        GraphNode node = context.Node;
        bool isTransposed = node.Integer("transB", 0) != 0;
        ConstantValue matrix = context.Constant(1, "B");
        (FlowValue flow, FeaturesFirst? order) = Features(context, matrix, isTransposed);
        if (flow.Rank != 2 || node.Integer("transA", 0) != 0)
        {
            throw context.RefuseInput(flow, "A of two dimensions, not transposed, features last");
        }

        ReadOnlyMemory<float> kernel = Kernel(context, matrix, isTransposed);
        context.Take(node.Single("alpha", 1) == 1 ? 0 : kernel.Length, areFloating: true);
        kernel = Ordered(context, Scaled(kernel, node.Single("alpha", 1)), order);
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

    /// <summary>Data with its features last; where these are those of a flattened sequence, perhaps in another order.</summary>
    private static (FlowValue Flow, FeaturesFirst? Order) Features(NodeContext context, ConstantValue matrix, bool isTransposed)
    {
        if (context.Required(0) is ConstantValue { IsSpread: true } state)
        {
            throw context.Refuse($"the product of {state}, as of the state that a cell begins with: cells that are written out step by step "
                + "(LSTMCell, GRUCell or RNNCell in a loop of Python) are not recognized, export LSTM, GRU or RNN");
        }

        if (context.Required(0) is not (FlowValue or PendingFlow))
        {
            throw context.Refuse(
                $"expected data times a constant matrix, found {context.Required(0)} and {context.Optional(1)}");
        }

        Value value = context.Required(0);
        int? size = matrix.Rank < 2 ? null : matrix.Dimensions[isTransposed ? 1 : matrix.Rank - 2];
        value = Flattening.StepsOfOne(
            context, value is FlowValue { Rank: var rank } ? Flattening.Row(context, value, rank - 1, size) : value);
        if (value is PendingFlow { What: FeaturesFirst order })
        {
            return (order.Row, order);
        }

        FlowValue flow = Flows.Complete(context, value, "features");
        return Flows.HoldsFeatures(flow, flow.Rank - 1)
            ? (flow, null)
            : throw context.RefuseInput(flow, "features in the last dimension");
    }

    private static ConstantValue WithoutOnes(ConstantValue matrix, int rank)
    {
        while (matrix.Rank > 2 && matrix.Dimensions[0] == 1 && matrix.Rank <= rank)
        {
            matrix = ConstantTensors.Reshape(matrix, [.. matrix.Dimensions.Skip(1)], [.. matrix.Shape.Skip(1)]);
        }

        return matrix;
    }

    /// <summary>A kernel with its columns where the features are.</summary>
    private static ReadOnlyMemory<float> Ordered(NodeContext context, ReadOnlyMemory<float> kernel, FeaturesFirst? order)
    {
        int columns = order?.Row.Features!.Size ?? 0;
        if (columns == 0 || kernel.Length % columns != 0)
        {
            return kernel;
        }

        context.Take(kernel.Length, areFloating: true);
        float[] ordered = new float[kernel.Length];
        ReadOnlySpan<float> source = kernel.Span;
        for (int i = 0; i < ordered.Length; i++)
        {
            int column = i % columns;
            ordered[i] = source[i - column + order!.PlaceOf(column)];
        }

        return ordered;
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
        ReadOnlyMemory<float> bias,
        int? dimension = null)
    {
        int inputs = matrix.Dimensions[isTransposed ? 1 : 0];
        int outputs = matrix.Dimensions[isTransposed ? 0 : 1];
        Flows.RequireSize(context, flow, inputs, "B");
        DenseLayer layer = new(
            new DenseSpecification { InputSize = inputs, OutputSize = outputs }, DenseWeights.Wrap(kernel, bias));
        return Flows.Append(context, flow, new LayerNode(context.Name, flow.Read, layer, []), outputs, dimension);
    }
}
