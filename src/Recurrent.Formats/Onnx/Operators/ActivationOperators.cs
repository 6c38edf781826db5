using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Elementwise functions and the softmax.</summary>
internal static class ActivationOperators
{
    public static Value Apply(NodeContext context)
    {
        GraphNode node = context.Node;
        Activation activation = node.Operator switch
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
        return Append(context, activation);
    }

    public static Value Clip(NodeContext context)
    {
        float minimum = Bound(context, "min", 1, float.NegativeInfinity);
        float maximum = Bound(context, "max", 2, float.PositiveInfinity);
        return (minimum, maximum) switch
        {
            (0, float.PositiveInfinity or float.MaxValue) => Append(context, Activation.Relu),
            (0, 1) => Append(context, Activation.HardSigmoid(1, 0)),
            _ => throw context.Refuse($"clipping to [{minimum}, {maximum}] is no activation; only [0, 1] and above 0 are"),
        };
    }

    public static Value Softmax(NodeContext context)
    {
        FlowValue flow = Flows.Complete(context, context.Required(0), "features");
        int axis = context.Axis(context.Node.Integer("axis", context.Node.OperatorSet >= 13 ? -1 : 1), flow.Rank);
        if (axis != flow.Rank - 1 || !Flows.HoldsFeatures(flow, axis))
        {
            throw context.Refuse(
                $"only a softmax over the features of a step is a layer, found one over axis {axis} of {flow}");
        }

        int size = Flows.KnownSize(context, flow);
        return Flows.Append(
            context, flow, new LayerNode(context.Name, flow.Read, new SoftmaxLayer(size), []), size);
    }

    private static FlowValue Append(NodeContext context, Activation activation)
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
