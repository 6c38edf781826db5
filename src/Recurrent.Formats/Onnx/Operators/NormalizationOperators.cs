namespace Recurrent.Formats.Onnx;

/// <summary><c>LayerNormalization</c> over the features of a step.</summary>
internal static class NormalizationOperators
{
    public static Value LayerNormalization(NodeContext context)
    {
        FlowValue flow = Flows.Complete(context, context.Required(0), "features");
        int axis = context.Axis(context.Node.Integer("axis", -1), flow.Rank);
        if (!Flows.HoldsFeatures(flow, axis) || flow.Groups.Skip(axis + 1).Any(group => group.Any(one => one.Size != 1)))
        {
            throw context.Refuse($"only a normalization of the features of a step is a layer, found one from axis {axis} of {flow} on");
        }

        if (Flows.SizeOf(flow) is null)
        {
            Flows.RequireSize(context, flow, context.Constant(1, "Scale").Tensor.ElementCount, "Scale");
        }

        Standardization whole = new(flow, 1, -1)
        {
            Epsilon = context.Node.Single("epsilon", 1e-5f),
            Factors = Vector(context, flow, 1, "Scale"),
            Offsets = Vector(context, flow, 2, "B"),
        };
        return Standardizations.Create(context, whole);
    }

    private static float[] Vector(NodeContext context, FlowValue flow, int input, string name)
    {
        if (context.Optional(input) is null)
        {
            return [];
        }

        int size = Flows.KnownSize(context, flow);
        ConstantValue constant = context.Constant(input, name);
        context.Take(4L * size, areFloating: true);
        return constant is { IsSpread: false, Tensor.IsFloating: true } && constant.Tensor.ElementCount == size
            ? constant.Singles().ToArray()
            : throw context.RefuseInput(constant, $"{name} as {size} numbers");
    }
}
