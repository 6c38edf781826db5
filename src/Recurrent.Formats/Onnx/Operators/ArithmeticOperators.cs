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
        if (StepIndices.Combine(context, left, right) is { } index)
        {
            return index;
        }

        if ((left is PendingFlow || right is PendingFlow) && Pending(context, left, right) is { } combined)
        {
            return combined;
        }

        (left, right) = (PendingLayers.Find(context, left) ?? left, PendingLayers.Find(context, right) ?? right);
        return (left, right) switch
        {
            (FlowValue a, FlowValue b) => context.Node.Operator switch
            {
                "Add" => ResidualOperator.Add(context, a, b),
                "Sub" => JoinOperators.Sum(context, a, Negative(context, b)),
                "Mul" => StepMasks.Multiply(context, a, b) ?? JoinOperators.Product(context, a, b),
                "Div" when Compositions.Softsign(context, a, b) is { } softsign => softsign,
                _ => throw context.Refuse($"only sums, differences and products of two paths are layers, found {a} and {b}"),
            },
            (FlowValue flow, ConstantValue constant) => WithConstant(context, flow, constant, constantFirst: false),
            (ConstantValue constant, FlowValue flow) => WithConstant(context, flow, constant, constantFirst: true),
            (FlowValue, ExtentsValue) or (ExtentsValue, FlowValue) when Compositions.IsOverTime(left) || Compositions.IsOverTime(right) =>
                throw context.Refuse($"a number of steps is no value of a model, nor is a normalization over time; found {left} and {right}"),
            (FlowValue, _) or (_, FlowValue) => throw context.Refuse($"cannot combine {left} and {right}"),
            _ => ConstantArithmetic.Apply(context, left, right),
        };
    }

    /// <summary>What two values of which one is on the way to a layer are together; null if they are combined as data.</summary>
    private static Value? Pending(NodeContext context, Value left, Value right) =>
        Standardizations.Combine(context, left, right)
        ?? context.Node.Operator switch
        {
            "Div" => Mean(left, right),
            "Mul" => WeightedSums.Multiply(context, left, right),
            _ => null,
        };

    /// <summary>A sum over time, divided by the number of steps; null if the values are something else.</summary>
    private static FlowValue? Mean(Value sum, Value count) =>
        sum is PendingFlow { What: TimeSum what, Flow: var flow } && count is ExtentsValue { Elements: [var steps] }
            && steps.IsLengthOf(what.Time)
            ? what.Mean.With(flow.Groups)
            : null;

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
        return Scale(context, flow, FeatureConstants.Filled(size, -1), new float[size]);
    }

    public static Value BatchNormalization(NodeContext context)
    {
        FlowValue flow = Flows.Complete(context, Flattening.Row(context, context.Required(0), 1), "features", 1);
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
        Value whole = constant.Tensor.ElementCount > 1 && value is FlowValue { Rank: var rank }
            ? Flattening.Row(context, value, rank - 1)
            : value;
        FlowValue flow = Flows.Complete(context, whole, "features");
        if (Flows.SizeOf(flow) is null && constant.Rank > 0 && constant.Dimensions[^1] > 1)
        {
            Flows.RequireSize(context, flow, constant.Dimensions[^1], "the constant");
        }

        int size = Flows.KnownSize(context, flow);
        context.Take((long)ArraysOfScale * size, areFloating: true);
        float[] numbers = FeatureConstants.Read(context, flow, constant, size);
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

        if (Folded(flow.Source, factors, offsets, onlyAdds) is { } layer)
        {
            var before = (LayerNode)flow.Source;
            context.Interpreter.Note(ImportNoteKind.Folded, context.Name, $"became a part of '{before.Name}'");
            return flow.From(new LayerNode(before.Name, before.Reads[0], layer, before.Rows)
            {
                Folded = (before, new ScaleLayer(factors, offsets), context.Name),
                Time = before.Time,
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

    /// <summary>A layer with factors or offsets that it has room for; null if it has not.</summary>
    private static Layer? Folded(FlowNode node, float[] factors, float[] offsets, bool onlyAdds) => (node as LayerNode)?.Layer switch
    {
        ConvolutionLayer { Weights.Bias.IsEmpty: true } convolution
            when onlyAdds && convolution.Specification.Activation == Activation.Identity => new ConvolutionLayer(
                convolution.Specification,
                ConvolutionWeights.Wrap(convolution.Weights.Kernel, offsets, convolution.Weights.InitialHistory)),
        LayerNormalizationLayer { Offsets.IsEmpty: true } layer when onlyAdds =>
            new LayerNormalizationLayer(layer.Specification, layer.Factors.Span, offsets),
        LayerNormalizationLayer { Factors.IsEmpty: true, Offsets.IsEmpty: true } layer when !offsets.AsSpan().ContainsAnyExcept(0f) =>
            new LayerNormalizationLayer(layer.Specification, factors),
        _ => null,
    };

    private static float[] Vector(NodeContext context, ConstantValue value, int size) =>
        value is { Rank: 1, IsSpread: false, Tensor.IsFloating: true } && value.Dimensions[0] == size
            ? value.Singles().ToArray()
            : throw context.RefuseInput(value, $"{size} numbers");

}
