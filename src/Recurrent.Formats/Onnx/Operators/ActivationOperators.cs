using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Elementwise functions and the softmax.</summary>
internal static class ActivationOperators
{
    public static Value Apply(NodeContext context) => Append(context, Of(context.Node));

    /// <summary>The function of an operator.</summary>
    public static Activation Of(GraphNode node) => node.Operator switch
    {
        "Relu" => Activation.Relu,
        "Sigmoid" => Activation.Sigmoid,
        "Tanh" => Activation.Tanh,
        "Softsign" => Activation.Softsign,
        "Softplus" => Activation.Softplus,
        "HardSigmoid" => Activation.HardSigmoid(node.Single("alpha", 0.2f), node.Single("beta", 0.5f)),
        "LeakyRelu" => Activation.LeakyRelu(node.Single("alpha", 0.01f)),
        "ThresholdedRelu" => Activation.ThresholdedRelu(node.Single("alpha", 1)),
        _ => Activation.Elu(node.Single("alpha", 1)),
    };

    public static Value Clip(NodeContext context)
    {
        (float minimum, float maximum) = Limits(context);
        return Clip(context, minimum, maximum);
    }

    /// <summary>The limits of <c>Clip</c>.</summary>
    public static (float Minimum, float Maximum) Limits(NodeContext context) =>
        (Bound(context, "min", 1, -float.MaxValue), Bound(context, "max", 2, float.MaxValue));

    /// <summary><c>Min</c> and <c>Max</c> of data and a number, or of data.</summary>
    public static Value Limit(NodeContext context)
    {
        Value[] values = [.. Enumerable.Range(0, context.InputCount).Select(context.Required)];
        if (values.Length > 1 && values.All(value => value is FlowValue or PendingFlow))
        {
            return Compositions.Larger(context, values, context.Node.Operator == "Max");
        }

        int data = context.Required(0) is ConstantValue ? 1 : 0;
        bool isMax = context.Node.Operator == "Max";
        if (context.InputCount != 2
            || context.Required(1 - data) is not ConstantValue { IsSpread: false, Tensor: { IsFloating: true, ElementCount: 1 } } limit)
        {
            throw context.Refuse($"only the {(isMax ? "larger" : "smaller")} of data and a number, or of data alone, is a layer, found "
                + string.Join(" and ", values.Select(value => value.ToString())));
        }

        float number = limit.Singles().Span[0];
        return Clip(
            context.WithFirst(context.Required(data)),
            isMax ? number : float.NegativeInfinity,
            isMax ? float.PositiveInfinity : number);
    }

    private static FlowValue Clip(NodeContext context, float minimum, float maximum) => Append(context, Clipping(minimum, maximum));

    /// <summary>The function that keeps numbers between limits.</summary>
    public static Activation Clipping(float minimum, float maximum)
    {
        // Where the limits are the wrong way round, the upper one holds.
        minimum = Math.Clamp(Math.Min(minimum, maximum), -float.MaxValue, float.MaxValue);
        maximum = Math.Clamp(maximum, -float.MaxValue, float.MaxValue);
        return (minimum, maximum) switch
        {
            (0, float.MaxValue) => Activation.Relu,
            (0, 1) => Activation.HardSigmoid(1, 0),
            _ => Activation.Clip(minimum, maximum),
        };
    }

    public static Value Softmax(NodeContext context)
    {
        FlowValue flow = Flows.Complete(context, context.Required(0), "features");
        bool isJoint = context.Node.OperatorSet < 13;
        int axis = context.Axis(context.Node.Integer("axis", isJoint ? 1 : -1), flow.Rank);
        bool isLog = context.Node.Operator == "LogSoftmax";

        // Until operator set 13 all dimensions from the axis on were taken together.
        bool fits = !isJoint || flow.Groups.Skip(axis + 1).All(group => group.All(one => one.Size == 1));
        if (fits && !isLog && WeightedSums.Weights(context, flow, axis) is { } weights)
        {
            return weights;
        }

        if (!fits || !Flows.HoldsFeatures(flow, axis))
        {
            throw context.Refuse(
                $"only a {(isLog ? "log softmax" : "softmax")} over the features of a step{(isLog ? "" : " or over time")} is a "
                + $"layer, found one over axis {axis} of {flow}");
        }

        int size = Flows.KnownSize(context, flow);
        Layer layer = isLog ? new LogSoftmaxLayer(size) : new SoftmaxLayer(size);
        return Flows.Append(context, flow, new LayerNode(context.Name, flow.Read, layer, []), size, axis);
    }

    /// <summary>Appends an activation, or makes it a part of the layer before.</summary>
    public static FlowValue Append(NodeContext context, Activation activation)
    {
        if (!float.IsFinite(activation.Alpha) || !float.IsFinite(activation.Beta))
        {
            throw context.Refuse("expected finite parameters");
        }

        FlowValue flow = Flows.Complete(context, context.Required(0), "features");
        if (flow.Source is LayerNode { Layer: DenseLayer dense } node
            && dense.Specification.Activation == Activation.Identity)
        {
            context.Interpreter.Note(ImportNoteKind.Folded, context.Name, $"became the activation of '{node.Name}'");
            DenseLayer folded = new(dense.Specification with { Activation = activation }, dense.Weights);
            return flow.From(new LayerNode(node.Name, node.Reads[0], folded, [])
            {
                Folded = (node, new ActivationLayer(dense.Specification.OutputSize, activation), context.Name),
            });
        }

        int size = Flows.KnownSize(context, flow);
        if (flow.Source is LayerNode { Layer: ConvolutionLayer convolution } layer
            && convolution.Specification.Activation == Activation.Identity)
        {
            context.Interpreter.Note(ImportNoteKind.Folded, context.Name, $"became the activation of '{layer.Name}'");
            ConvolutionLayer folded = new(convolution.Specification with { Activation = activation }, convolution.Weights);
            return flow.From(new LayerNode(layer.Name, layer.Reads[0], folded, layer.Rows)
            {
                Folded = (layer, new ActivationLayer(size, activation), context.Name),
                Time = layer.Time,
            });
        }

        return Flows.AppendElementwise(context, flow, new ActivationLayer(size, activation));
    }

    private static float Bound(NodeContext context, string name, int input, float otherwise)
    {
        if (context.Node.Has(name))
        {
            return context.Node.Single(name, otherwise);
        }

        if (context.Optional(input) is null)
        {
            return otherwise;
        }

        ConstantValue bound = context.Constant(input, name);
        return !bound.IsSpread && bound.Tensor.ElementCount == 1
            ? bound.Singles().Span[0]
            : throw context.RefuseInput(bound, $"{name} as one number");
    }
}
