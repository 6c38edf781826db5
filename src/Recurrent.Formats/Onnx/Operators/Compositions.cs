using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Functions that are several layers.</summary>
internal static class Compositions
{
    // Layers between the mean of a normalization and its root.
    private const int LongestWay = 6;

    /// <summary><c>PRelu</c>: a slope of the negative side, one or one for each feature.</summary>
    public static Value PRelu(NodeContext context)
    {
        ConstantValue slope = context.Constant(1, "slope");
        if (slope is { IsSpread: false, Tensor: { IsFloating: true, ElementCount: 1 } })
        {
            return ActivationOperators.Append(context, Activation.LeakyRelu(slope.Singles().Span[0]));
        }

        FlowValue flow = Flows.Complete(context, context.Required(0), "features");
        if (Flows.SizeOf(flow) is null && slope.Rank > 0)
        {
            Flows.RequireSize(context, flow, slope.Dimensions.FirstOrDefault(length => length > 1, 1), "slope");
        }

        // What is above 0, less the slope times how far it is below.
        int size = Flows.KnownSize(context, flow);
        context.Take(8L * size, areFloating: true);
        float[] slopes = FeatureConstants.Read(context, flow, slope, size);
        return new Chain(context, flow, "below").Scale(-1).Then(Activation.Relu)
            .Scale([.. slopes.Select(one => -one)])
            .Plus(new Chain(context, flow, "above").Then(Activation.Relu)).Result;
    }

    /// <summary><c>Selu</c>: <c>gamma * elu(x)</c>.</summary>
    public static Value Selu(NodeContext context)
    {
        float alpha = context.Node.Single("alpha", 1.67326319217681884765625f);
        return Start(context).Then(Activation.Elu(Finite(context, alpha)))
            .Scale(Finite(context, context.Node.Single("gamma", 1.05070102214813232421875f))).Result;
    }

    /// <summary><c>Celu</c>: <c>alpha * elu(x / alpha)</c>.</summary>
    public static Value Celu(NodeContext context)
    {
        float alpha = Finite(context, context.Node.Single("alpha", 1));
        return alpha == 0
            ? throw context.Refuse("alpha: expected a number other than 0")
            : Start(context).Scale(1 / alpha).Then(Activation.Elu()).Scale(alpha).Result;
    }

    /// <summary><c>HardSwish</c>: <c>x * hard_sigmoid(x)</c> with 1/6 and 1/2.</summary>
    public static Value HardSwish(NodeContext context) =>
        Start(context).Then(Activation.HardSigmoid(1f / 6)).Times(Start(context)).Result;

    /// <summary><c>Swish</c>: <c>x * sigmoid(alpha * x)</c>.</summary>
    public static Value Swish(NodeContext context) =>
        Start(context).Scale(Finite(context, context.Node.Single("alpha", 1))).Then(Activation.Sigmoid).Times(Start(context)).Result;

    /// <summary><c>Mish</c>: <c>x * tanh(softplus(x))</c>.</summary>
    public static Value Mish(NodeContext context) =>
        Start(context).Then(Activation.Softplus).Then(Activation.Tanh).Times(Start(context)).Result;

    /// <summary><c>Abs</c>.</summary>
    public static Value Abs(NodeContext context) => ActivationOperators.Append(context, Activation.LeakyRelu(-1));

    /// <summary><c>Pow</c> of data by 2 or 3, and the powers of a layer normalization.</summary>
    public static Value Pow(NodeContext context)
    {
        float exponent = context.Required(1) is ConstantValue { IsSpread: false, Tensor.ElementCount: 1 } constant
            ? constant.Singles().Span[0]
            : throw context.RefuseInput(context.Required(1), "a constant exponent");
        return Standardizations.Apply(context, context.Required(0), exponent) ?? (exponent switch
        {
            1 => context.Required(0),
            2 => Start(context).Times(Start(context)).Result,
            3 => Start(context).Times(Start(context)).Times(Start(context)).Result,
            _ => throw context.Refuse($"expected 1, 2 or 3 as the exponent of {context.Required(0)}, found {exponent}"),
        });
    }

    /// <summary><c>Sqrt</c> and <c>Reciprocal</c>, which a layer normalization has.</summary>
    public static Value Root(NodeContext context) =>
        Standardizations.Apply(context, context.Required(0), context.Node.Operator == "Sqrt" ? 0.5f : -1)
            ?? throw context.Refuse(IsOverTime(context.Required(0))
                ? $"a normalization over time is no layer: its mean and deviation are those of all steps; found {context.Required(0)}"
                : $"expected a part of a layer normalization, found {context.Required(0)}");

    /// <summary>Whether a value was made of a mean over time by a layer or two.</summary>
    public static bool IsOverTime(Value value)
    {
        FlowNode? node = (value as FlowValue)?.Source ?? (value as PendingFlow)?.Flow.Source;
        for (int i = 0; i < LongestWay && node is not null; i++)
        {
            if (node is StructureNode { Layer: MeanOverTimeLayer } or LayerNode { Layer: MeanOverTimeLayer })
            {
                return true;
            }

            node = node.Reads.Count > 0 ? node.Reads[0].Node : null;
        }

        return false;
    }

    /// <summary><c>Log</c> of a softmax, or of a sigmoid: <c>-softplus(-x)</c>.</summary>
    public static Value Log(NodeContext context)
    {
        if (context.Required(0) is FlowValue { Source: LayerNode { Layer: SoftmaxLayer softmax } node } flow)
        {
            return flow.From(new LayerNode(context.Name, node.Reads[0], new LogSoftmaxLayer(softmax.Specification.InputSize), []));
        }

        if (context.Required(0) is FlowValue { IsComplete: true, Source: LayerNode sigmoid } bent && ArgumentOf(sigmoid, bent.Kind, Activation.Sigmoid) is { } argument)
        {
            return new Chain(context, bent.From(argument), "logsigmoid").Scale(-1).Then(Activation.Softplus).Scale(-1).Result;
        }

        throw context.Refuse($"only the logarithm of a softmax or a sigmoid is a layer, found that of {context.Required(0)}");
    }

    /// <summary><c>Exp</c> of a log softmax, which is the softmax.</summary>
    public static Value Exp(NodeContext context) =>
        context.Required(0) is FlowValue { Source: LayerNode { Layer: LogSoftmaxLayer layer } node } flow
            ? flow.From(new LayerNode(context.Name, node.Reads[0], new SoftmaxLayer(layer.Specification.InputSize), []))
            : throw context.Refuse($"no layer computes exponentials; only that of a log softmax is a layer, found that of {context.Required(0)}");

    /// <summary>The larger, or the smaller, one of several values: <c>a + relu(b - a)</c>, <c>a - relu(a - b)</c>.</summary>
    public static FlowValue Larger(NodeContext context, IReadOnlyList<Value> values, bool isMax)
    {
        FlowValue[] flows = [.. values.Select(value => Flows.Complete(context, value, "features"))];
        context.Interpreter.Note(
            ImportNoteKind.Assumed, context.Name,
            $"is computed as {(isMax ? "a + relu(b - a)" : "a - relu(a - b)")}, which is right within the rounding of the larger one of both");
        return flows.Aggregate((one, other) =>
        {
            FlowValue difference = isMax
                ? JoinOperators.Sum(context, other, Negative(context, one))
                : JoinOperators.Sum(context, one, Negative(context, other));
            FlowValue rest = new Chain(context, difference, "rest").Then(Activation.Relu).Result;
            return JoinOperators.Sum(context, one, isMax ? rest : Negative(context, rest));
        });
    }

    private static FlowValue Negative(NodeContext context, FlowValue flow) => new Chain(context, flow, "negative").Scale(-1).Result;

    /// <summary>What a layer is a function of; null if it is another function, or none. It may have become a part of the layer before.</summary>
    private static FlowNode? ArgumentOf(LayerNode node, FlowKind kind, Activation function) => node switch
    {
        { Folded: { Added: ActivationLayer added } folded } when added.Specification.Activation == function => folded.Node,
        { Folded: null, Layer: ActivationLayer layer } when layer.Specification.Activation == function && node.Reads[0].Kind == kind => node.Reads[0].Node,
        _ => null,
    };

    /// <summary><c>x / (1 + |x|)</c>; null if two values are not that.</summary>
    public static FlowValue? Softsign(NodeContext context, FlowValue data, FlowValue divisor)
    {
        bool fits = divisor.Source is LayerNode { Layer: ScaleLayer scale } sum
            && !scale.Factors.Span.ContainsAnyExcept(1f) && !scale.Offsets.Span.ContainsAnyExcept(1f) && !scale.Offsets.IsEmpty
            && sum.Reads[0].Node is LayerNode absolute && IsAbsoluteOf(absolute, data.Source) && data.IsComplete
            && divisor.Rank == data.Rank && Enumerable.Range(0, data.Rank).All(i => data.Groups[i].SequenceEqual(divisor.Groups[i]));
        return fits
            ? Flows.AppendElementwise(context, data, new ActivationLayer(Flows.KnownSize(context, data), Activation.Softsign))
            : null;
    }

    /// <summary>Whether a layer has the absolute values of what another one gives, of which it may have become a part.</summary>
    private static bool IsAbsoluteOf(LayerNode node, FlowNode data) =>
        (node.Layer is ActivationLayer layer && layer.Specification.Activation == Activation.LeakyRelu(-1)
            && ReferenceEquals(node.Reads[0].Node, data))
        || (node.Folded is { Added: ActivationLayer added } folded && added.Specification.Activation == Activation.LeakyRelu(-1)
            && ReferenceEquals(folded.Node, data));

    private static Chain Start(NodeContext context) =>
        new(context, Flows.Complete(context, context.Required(0), "features"), context.Node.Operator.ToLowerInvariant());

    private static float Finite(NodeContext context, float number) =>
        float.IsFinite(number) ? number : throw context.Refuse($"expected a finite number, found {number}");
}
