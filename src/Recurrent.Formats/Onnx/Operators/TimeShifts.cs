using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Steps added at the ends of a sequence or taken away: a part of the convolution before it if that has padded them, a
/// convolution of its own that copies each feature otherwise.
/// </summary>
internal static class TimeShifts
{
    // Behind a convolution, before its steps are cut off: a normalization and an activation, and some to spare.
    private const int MostLayers = 8;

    /// <summary>A sequence without its first and last steps.</summary>
    public static FlowValue Crop(NodeContext context, FlowValue flow, int dimension, long first, long last)
    {
        if (first == 0 && last == 0)
        {
            return flow;
        }

        Axis old = flow.Groups[dimension][0];
        long? left = old.Size - first - last;
        if (first + last > LayerSpecification.MaxSize || left < 1)
        {
            throw context.Refuse($"cannot take {first} steps from the begin and {last} from the end of {flow}");
        }

        flow = Flows.Complete(context, flow, "a sequence");
        RequireWhole(context, flow);
        int before = (int)first;
        int after = (int)last;
        if (Uncovered(flow.Source, before, after, MostLayers) is { } uncovered)
        {
            return flow.From(uncovered.Node).WithTime(dimension, AxisOf(context, uncovered.Convolution, old, before + after));
        }

        Axis time = new($"{context.Name}.time", (int?)left, OnnxAxis.Time) { Origin = (old, -before - after) };
        return Copy(context, flow, dimension, before + after + 1, before, 0).WithTime(dimension, time);
    }

    /// <summary>A padded sequence where what reads it does not pad.</summary>
    /// <param name="context">The node.</param>
    /// <param name="flow">The dimensions of the padded sequence.</param>
    /// <param name="padding">The padding.</param>
    public static FlowValue? Pad(NodeContext context, FlowValue flow, Padding padding)
    {
        int sum = padding.Before + padding.After;
        if (!padding.IsZero)
        {
            return null;
        }

        FlowValue sequence = Flows.Complete(context, padding.Sequence, "a sequence");
        int dimension = Enumerable.Range(0, sequence.Rank)
            .First(i => sequence.Groups[i] is [var axis] && padding.Padded.Origin?.Of == axis);
        return Copy(context, sequence, dimension, sum + 1, padding.After, sum).With(flow.Groups);
    }

    /// <summary>Refuses a sequence whose rows may be shorter, which the graph would not know.</summary>
    public static void RequireWhole(NodeContext context, FlowValue flow)
    {
        if (flow.Source.HasLengths)
        {
            throw context.Refuse("what is made of several steps would see the steps past the end of shorter rows");
        }
    }

    /// <summary>A convolution that copies one of the steps of a window, feature by feature.</summary>
    private static FlowValue Copy(NodeContext context, FlowValue flow, int dimension, int kernel, int tap, int padding)
    {
        int size = Flows.KnownSize(context, flow);
        context.Take((long)size * kernel, areFloating: true);
        float[] taps = new float[size * kernel];
        for (int i = 0; i < size; i++)
        {
            taps[(i * kernel) + tap] = 1;
        }

        ConvolutionSpecification specification = new()
        {
            InputSize = size,
            OutputSize = size,
            KernelSize = kernel,
            Groups = size,
            PaddingBefore = padding,
            PaddingAfter = padding,
        };
        ConvolutionLayer layer = new(specification, ConvolutionWeights.Wrap(taps));
        return flow.From(new LayerNode(context.Name, flow.Read, layer, flow.Source.Rows) { Time = flow.Groups[dimension][0] });
    }

    /// <summary>The convolution without steps that it has padded, with the layers behind it that keep every feature where it is.</summary>
    private static (FlowNode Node, LayerNode Convolution)? Uncovered(FlowNode node, int first, int last, int layers)
    {
        if (node is not LayerNode layer || layers == 0)
        {
            return null;
        }

        if (layer.Layer is ConvolutionLayer { Weights.InitialHistory.IsEmpty: true, Specification.Stride: 1 } convolution)
        {
            ConvolutionSpecification specification = convolution.Specification;
            if (specification.PaddingBefore < first || specification.PaddingAfter < last)
            {
                return null;
            }

            specification = specification with
            {
                PaddingBefore = specification.PaddingBefore - first,
                PaddingAfter = specification.PaddingAfter - last,
            };
            LayerNode uncovered = new(
                node.Name, node.Reads[0], new ConvolutionLayer(specification, convolution.Weights), node.Rows)
            {
                Time = layer.Time,
            };
            return (uncovered, uncovered);
        }

        return layer.Layer is ActivationLayer or ScaleLayer && Uncovered(node.Reads[0].Node, first, last, layers - 1) is { } before
            ? (new LayerNode(node.Name, new FlowRead(before.Node, node.Reads[0].Kind), layer.Layer, node.Rows), before.Convolution)
            : null;
    }

    /// <summary>The steps of a convolution that has become shorter: those that it reads, if they are as many.</summary>
    private static Axis AxisOf(NodeContext context, LayerNode node, Axis old, int fewer)
    {
        ConvolutionSpecification specification = ((ConvolutionLayer)node.Layer).Specification;
        int reach = (specification.KernelSize - 1) * specification.Dilation;
        return specification.PaddingBefore + specification.PaddingAfter == reach && node.Time is { } time
            ? time
            : new Axis($"{context.Name}.time", old.Size - fewer, OnnxAxis.Time) { Origin = (old, -fewer) };
    }
}
