using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary><c>Conv</c> over time.</summary>
internal static class ConvolutionOperators
{
    public static Value Conv(NodeContext context)
    {
        ConstantValue weights = context.Constant(1, "W");
        if (weights is not { Rank: 3 or 4, IsSpread: false, Tensor.IsFloating: true } || weights.Dimensions.Contains(0))
        {
            throw context.RefuseInput(weights, "W [outputs, features, time], or one of an image of one row or column");
        }

        if (OfOneStep(context, weights) is { } step)
        {
            return step;
        }

        TimeWindow window = TimeWindow.Of(context, [.. weights.Dimensions.Skip(2).Select(length => (long)length)]);
        if (window.Padding is { } padded && !Fits(window, padded))
        {
            window = window.WithoutPadding();
        }

        FlowValue flow = window.Flow;
        int features = Flows.FeatureDimension(flow);
        int outputs = weights.Dimensions[0];
        int groups = (int)Math.Clamp(context.Node.Integer("group", 1), 0, int.MaxValue);
        int inputs = features == 1 ? weights.Dimensions[1] : weights.Dimensions[features];
        if (groups < 1 || (features != 1 && (groups != 1 || weights.Dimensions[1] != 1)))
        {
            throw context.Refuse($"group: expected the features of {flow} in groups of {inputs}, found {groups} groups and W {weights}");
        }

        Flows.RequireSize(context, flow, (int)Math.Min((long)inputs * groups, int.MaxValue), "W");
        (int before, int after) = window.Padding is { } padding
            ? (window.Before + padding.Before, window.After + padding.After)
            : (window.Before, window.After);
        ConvolutionSpecification specification = new()
        {
            InputSize = inputs * groups,
            OutputSize = outputs,
            KernelSize = window.KernelSize,
            Stride = window.Stride,
            Dilation = window.Dilation,
            Groups = groups,
            PaddingBefore = before,
            PaddingAfter = after,
        };
        ConvolutionLayer layer = new(
            specification,
            ConvolutionWeights.Wrap(
                Kernel(context, weights, window, inputs), Bias(context, outputs), window.Padding?.History ?? default));
        LayerNode node = new(context.Name, flow.Read, layer, []) { Time = window.Time };
        Axis time = window.Result(before + after - window.Before - window.After);
        FlowValue steps = flow.WithTime(window.Dimension, time);

        // Of an image of one channel, the outputs come in the place of the channel.
        FlowValue result = Flows.Append(context, steps, node, outputs, 1);
        return features == 1 ? result : result.With([.. result.Groups.Select((group, i) => i == features ? [] : group)]);
    }

    /// <summary>
    /// A convolution with a kernel of one element over what has features and no steps, as <c>unsqueeze(-1)</c> leaves a row: a
    /// dense layer. Null if it is another one.
    /// </summary>
    private static FlowValue? OfOneStep(NodeContext context, ConstantValue weights)
    {
        bool isPlain = weights is { Rank: 3 } && weights.Dimensions[2] == 1 && context.Node.Integer("group", 1) == 1
            && (context.Node.Integers("pads") ?? []).All(pad => pad == 0);
        if (!isPlain || context.Required(0) is not FlowValue { Rank: 3, IsComplete: true } flow
            || flow.Groups[2].Length > 0 || flow.Features is null || !Flows.HoldsFeatures(flow, 1))
        {
            return null;
        }

        (int outputs, int inputs) = (weights.Dimensions[0], weights.Dimensions[1]);
        Flows.RequireSize(context, flow, inputs, "W");
        DenseLayer layer = new(
            new DenseSpecification { InputSize = inputs, OutputSize = outputs },
            DenseWeights.Wrap(weights.Singles(), Bias(context, outputs)));
        return Flows.Append(context, flow, new LayerNode(context.Name, flow.Read, layer, []), outputs, 1);
    }

    /// <summary>Whether a convolution can do the padding that is before it.</summary>
    private static bool Fits(TimeWindow window, Padding padding) =>
        window.Before + padding.Before <= window.Reach && window.After + padding.After <= window.Reach
        && (padding.IsZero || (padding.Fill == 0 && window is { Before: 0, After: 0, Stride: 1 } && padding.After == 0
            && padding.Before == window.Reach));

    /// <summary>The kernel as the layer has it, <c>[outputs, time, features]</c>.</summary>
    private static ReadOnlyMemory<float> Kernel(NodeContext context, ConstantValue weights, TimeWindow window, int inputs)
    {
        int outputs = weights.Dimensions[0];
        ConstantValue matrices = ConstantTensors.Reshape(
            weights, Flows.FeatureDimension(window.Flow) > window.Dimension
                ? [outputs, window.KernelSize, inputs]
                : [outputs, inputs, window.KernelSize]);
        return (Flows.FeatureDimension(window.Flow) > window.Dimension
            ? matrices
            : ConstantTensors.Transpose(context, matrices, [0, 2, 1])).Singles();
    }

    private static ReadOnlyMemory<float> Bias(NodeContext context, int outputs)
    {
        if (context.Optional(2) is null)
        {
            return default;
        }

        ConstantValue bias = context.Constant(2, "B");
        return bias is { Rank: 1, IsSpread: false, Tensor.IsFloating: true } && bias.Dimensions[0] == outputs
            ? bias.Singles()
            : throw context.RefuseInput(bias, $"B as {outputs} numbers");
    }
}
