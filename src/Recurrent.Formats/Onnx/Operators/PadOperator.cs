using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary><c>Pad</c>: steps before and behind a sequence.</summary>
internal static class PadOperator
{
    public static Value Apply(NodeContext context)
    {
        if (context.Required(0) is not FlowValue flow)
        {
            throw context.RefuseInput(context.Required(0), "a sequence");
        }

        IReadOnlyList<long> pads = context.Numbers("pads", 1) ?? context.Node.Integers("paddings") ?? throw context.Refuse("expected pads");
        int[] axes = context.Optional(3) is null
            ? [.. Enumerable.Range(0, flow.Rank)]
            : [.. context.Numbers("axes", 3)!.Select(axis => context.Axis(axis, flow.Rank))];
        if (pads.Count != 2 * axes.Length)
        {
            throw context.Refuse($"pads: expected {2 * axes.Length} numbers, found {pads.Count}");
        }

        int[] padded = [.. Enumerable.Range(0, axes.Length).Where(i => pads[i] != 0 || pads[i + axes.Length] != 0)];
        if (padded.Length == 0)
        {
            return flow;
        }

        string mode = context.Node.Text("mode", "constant");
        float fill = Fill(context);
        if (mode != "constant" || padded is not [int at] || pads.Any(pad => Math.Abs((double)pad) > LayerSpecification.MaxSize))
        {
            throw context.Refuse(
                $"expected constant steps at the ends of a sequence, found the mode {mode} and [{string.Join(", ", pads)}]");
        }

        return Steps(context, flow, axes[at], (int)pads[at], (int)pads[at + axes.Length], fill);
    }

    /// <summary>
    /// A sequence behind constant steps: what a convolution is given whose history does not start from 0. Null if they are
    /// not joined along time.
    /// </summary>
    public static PendingFlow? History(NodeContext context, IReadOnlyList<Value> values, long axis)
    {
        if (values is not [ConstantValue { Tensor.IsFloating: true } constant, FlowValue { Kind: FlowKind.Sequence } flow]
            || constant.Rank != flow.Rank || flow.Rank != 3)
        {
            return null;
        }

        int dimension = context.Axis(axis, flow.Rank);
        flow = Flows.ResolveFeatures(context, flow);
        int features = Flows.FeatureDimension(flow);
        if (features < 0 || features == dimension || flow.Groups[dimension] is not [{ Whole: null } time] || !time.Assign(OnnxAxis.Time)
            || constant.Dimensions[features] != Flows.SizeOf(flow) || constant.Dimensions[3 - dimension - features] != 1)
        {
            return null;
        }

        int steps = constant.Dimensions[dimension];
        int size = constant.Dimensions[features];
        context.Take(2L * steps * size, areFloating: true);
        ReadOnlySpan<float> source = constant.Singles().Span;
        float[] history = new float[steps * size];
        for (int i = 0; i < history.Length; i++)
        {
            history[i] = source[features > dimension ? i : (i % size * steps) + (i / size)];
        }

        return Create(context, flow, dimension, steps, 0, 0, history);
    }

    private static Value Steps(NodeContext context, FlowValue flow, int dimension, int before, int after, float fill)
    {
        if (flow.Kind != FlowKind.Sequence || flow.Groups[dimension] is not [{ Whole: null } time] || time == flow.Features
            || !time.Assign(OnnxAxis.Time))
        {
            throw context.Refuse($"expected to pad the steps of a sequence, found dimension {dimension} of {flow}");
        }

        FlowValue cropped = TimeShifts.Crop(context, flow, dimension, Math.Max(0, -before), Math.Max(0, -after));
        return before <= 0 && after <= 0
            ? cropped
            : Create(context, cropped, dimension, Math.Max(0, before), Math.Max(0, after), fill, default);
    }

    private static PendingFlow Create(
        NodeContext context, FlowValue flow, int dimension, int before, int after, float fill, ReadOnlyMemory<float> history)
    {
        Axis time = flow.Groups[dimension][0];
        long? length = time.Size + (long)before + after;
        if (length > int.MaxValue)
        {
            throw context.Refuse($"cannot pad {flow} by {before} and {after} steps");
        }

        Axis padded = new($"{context.Name}.time", (int?)length, OnnxAxis.Time) { Origin = (time, before + after) };
        return new PendingFlow(
            flow.WithTime(dimension, padded), new Padding(flow, padded, before, after, fill) { History = history });
    }

    private static float Fill(NodeContext context)
    {
        if (context.Node.Has("value") || context.Optional(2) is null)
        {
            return context.Node.Single("value", 0);
        }

        ConstantValue value = context.Constant(2, "constant_value");
        return !value.IsSpread && value.Tensor is { IsFloating: true, ElementCount: 1 }
            ? value.Singles().Span[0]
            : throw context.RefuseInput(value, "constant_value as one number");
    }
}
