using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Sums, products and normalizations with constants, and sums of two paths.</summary>
internal static class ArithmeticOperators
{
    // What a normalization is made of, factors and offsets, and the layer's own copies of both.
    private const int ArraysOfScale = 8;

    public static Value Apply(NodeContext context)
    {
        Value left = context.Required(0);
        Value right = context.Required(1);
        return (left, right) switch
        {
            (FlowValue a, FlowValue b) => context.Node.Operator switch
            {
                "Add" => ResidualOperator.Add(context, a, b),
                "Sub" => JoinOperators.Sum(context, a, Negative(context, b)),
                "Mul" => JoinOperators.Product(context, a, b),
                _ => throw context.Refuse($"only sums, differences and products of two paths are layers, found {a} and {b}"),
            },
            (FlowValue flow, ConstantValue constant) => WithConstant(context, flow, constant, constantFirst: false),
            (ConstantValue constant, FlowValue flow) => WithConstant(context, flow, constant, constantFirst: true),
            (FlowValue, _) or (_, FlowValue) => throw context.Refuse($"cannot combine {left} and {right}"),
            _ => ConstantArithmetic.Apply(context, left, right),
        };
    }

    public static Value Sum(NodeContext context)
    {
        Value[] values = [.. Enumerable.Range(0, context.InputCount).Select(context.Required)];
        return values.All(value => value is FlowValue) && values.Length > 0
            ? values.Cast<FlowValue>().Aggregate((sum, next) => ResidualOperator.Add(context, sum, next))
            : throw context.Refuse($"expected paths to add, found {string.Join<Value>(" and ", values)}");
    }

    public static Value Negate(NodeContext context) => Negative(context, context.Required(0));

    private static FlowValue Negative(NodeContext context, Value value)
    {
        FlowValue flow = Flows.Complete(context, value, "features");
        int size = Flows.KnownSize(context, flow);
        context.Take((long)ArraysOfScale * size, areFloating: true);
        return Scale(context, flow, Filled(size, -1), new float[size]);
    }

    public static Value BatchNormalization(NodeContext context)
    {
        FlowValue flow = Flows.Complete(context, context.Required(0), "features");
        int size = context.Constant(1, "scale").Tensor.ElementCount;
        if (flow.Rank < 2 || !Flows.HoldsFeatures(flow, 1) || context.Node.Integer("training_mode", 0) != 0)
        {
            throw context.Refuse($"expected features in dimension 1, and statistics that are fixed; found {flow}");
        }

        Flows.RequireSize(context, flow, size, "scale");
        context.Take((long)ArraysOfScale * size, areFloating: true);
        float[][] parts = [.. Enumerable.Range(1, 4).Select(i => Vector(context, context.Constant(i, $"input {i}"), size))];
        float epsilon = context.Node.Single("epsilon", 1e-5f);
        float[] factors = new float[size];
        float[] offsets = new float[size];
        for (int i = 0; i < size; i++)
        {
            double factor = parts[0][i] / Math.Sqrt((double)parts[3][i] + epsilon);
            factors[i] = (float)factor;
            offsets[i] = (float)(parts[1][i] - (parts[2][i] * factor));
        }

        return Scale(context, flow, factors, offsets);
    }

    private static FlowValue WithConstant(NodeContext context, Value value, ConstantValue constant, bool constantFirst)
    {
        FlowValue flow = Flows.Complete(context, value, "features");
        if (Flows.SizeOf(flow) is null && constant.Rank > 0 && constant.Dimensions[^1] > 1)
        {
            Flows.RequireSize(context, flow, constant.Dimensions[^1], "the constant");
        }

        int size = Flows.KnownSize(context, flow);
        context.Take((long)ArraysOfScale * size, areFloating: true);
        float[] numbers = Features(context, flow, constant, size);
        (Func<float, float> factor, Func<float, float> offset) = (context.Node.Operator, constantFirst) switch
        {
            ("Add", _) => ((Func<float, float>)(_ => 1), (Func<float, float>)(c => c)),
            ("Sub", false) => (_ => 1, c => -c),
            ("Sub", true) => (_ => -1, c => c),
            ("Mul", _) => (c => c, _ => 0),
            ("Div", false) => (c => 1 / c, _ => 0),
            _ => throw context.Refuse("a constant divided by data is not part of a recurrent model"),
        };
        return Scale(context, flow, [.. numbers.Select(factor)], [.. numbers.Select(offset)]);
    }

    /// <summary>A constant as one number for each feature.</summary>
    private static float[] Features(NodeContext context, FlowValue flow, ConstantValue constant, int size)
    {
        int count = constant.Tensor.ElementCount;
        bool fits = constant.Tensor.IsFloating && !constant.IsSpread && constant.Rank <= flow.Rank
            && (count == 1
                || (count == size && constant.Dimensions[^1] == size && Flows.HoldsFeatures(flow, flow.Rank - 1)));
        if (!fits)
        {
            throw context.Refuse($"expected one number, or one for each of {size} features, found {constant} for {flow}");
        }

        return count == 1 ? Filled(size, constant.Singles().Span[0]) : constant.Singles().ToArray();
    }

    /// <summary>Appends factors and offsets, or makes them part of the layer before.</summary>
    private static FlowValue Scale(NodeContext context, FlowValue flow, float[] factors, float[] offsets)
    {
        bool onlyAdds = !factors.AsSpan().ContainsAnyExcept(1f);
        if (onlyAdds && flow.Source is LayerNode { Layer: DenseLayer { Weights.Bias.IsEmpty: true } dense } node
            && dense.Specification.Activation == Activation.Identity)
        {
            context.Interpreter.Note(ImportNoteKind.Folded, context.Name, $"became the bias of '{node.Name}'");
            DenseLayer folded = new(dense.Specification, DenseWeights.Wrap(dense.Weights.Kernel, offsets));
            return flow.From(new LayerNode(node.Name, node.Reads[0], folded, [])
            {
                Folded = (node, new ScaleLayer(factors, offsets), context.Name),
            });
        }

        if (onlyAdds && flow.Source is LayerNode { Layer: ScaleLayer { Offsets.IsEmpty: true } scale } scaled)
        {
            context.Interpreter.Note(ImportNoteKind.Folded, context.Name, $"became the offsets of '{scaled.Name}'");
            ScaleLayer folded = new(scale.Factors.Span, offsets);
            return flow.From(new LayerNode(scaled.Name, scaled.Reads[0], folded, scaled.Rows)
            {
                Folded = (scaled, new ScaleLayer(factors, offsets), context.Name),
            });
        }

        bool adds = offsets.AsSpan().ContainsAnyExcept(0f);
        return Flows.AppendElementwise(context, flow, new ScaleLayer(factors, adds ? offsets : []));
    }

    private static float[] Vector(NodeContext context, ConstantValue value, int size) =>
        value is { Rank: 1, IsSpread: false, Tensor.IsFloating: true } && value.Dimensions[0] == size
            ? value.Singles().ToArray()
            : throw context.RefuseInput(value, $"{size} numbers");

    private static float[] Filled(int size, float value)
    {
        float[] values = new float[size];
        values.AsSpan().Fill(value);
        return values;
    }
}
