using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>The largest values and the means of windows of steps.</summary>
internal static class PoolingOperators
{
    public static Value MaxPool(NodeContext context)
    {
        TimeWindow window = TimeWindow.Of(context, null);
        if (context.Node.Integer("storage_order", 0) != 0)
        {
            throw context.Refuse("storage_order: expected 0");
        }

        // Only what is below all numbers does not count, as the layer's own padding does not.
        if (window.Padding is { } padded
            && (padded.Fill > -float.MaxValue || !padded.History.IsEmpty || !Fits(window, padded)))
        {
            window = window.WithoutPadding();
        }

        if (window.IsWhole)
        {
            return TimePooling.Over(context, window.Flow, window.Dimension, isMax: true, keepsDimension: true);
        }

        int ceiling = window.Ceiling();
        (int before, int after) = Padding(window);
        MaxPoolingSpecification specification = new()
        {
            InputSize = Flows.KnownSize(context, window.Flow),
            KernelSize = window.KernelSize,
            Stride = window.Stride,
            Dilation = window.Dilation,
            PaddingBefore = before,
            PaddingAfter = after + ceiling,
        };
        if (specification.PaddingBefore + specification.PaddingAfter > 0 && !(window.Time.Size >= window.Dilation) && window.Dilation > 1)
        {
            context.Interpreter.Note(
                ImportNoteKind.Assumed, context.Name, $"of a sequence of less than {window.Dilation} steps a window of padding alone gives "
                    + "-infinity, as in PyTorch, where ONNX Runtime has the lowest float");
        }

        return Append(context, window, new MaxPoolingLayer(specification), before + after + ceiling);
    }

    public static Value AveragePool(NodeContext context)
    {
        TimeWindow window = TimeWindow.Of(context, null);
        bool counts = context.Node.Integer("count_include_pad", 0) != 0;
        bool pads = window.Before + window.After > 0;
        if (window.Padding is { } padded
            && (!padded.IsZero || !Fits(window, padded) || (pads && !counts) || window.Ceiling() > 0))
        {
            window = window.WithoutPadding();
        }

        if (window.IsWhole)
        {
            return TimePooling.Over(context, window.Flow, window.Dimension, isMax: false, keepsDimension: true);
        }

        counts = window.Padding is not null || (counts && pads);
        int ceiling = window.Ceiling();
        if (ceiling > 0 && counts)
        {
            throw context.Refuse("ceil_mode: with count_include_pad, how much of the last window counts depends on the number of steps");
        }

        (int before, int after) = Padding(window);
        AveragePoolingSpecification specification = new()
        {
            InputSize = Flows.KnownSize(context, window.Flow),
            KernelSize = window.KernelSize,
            Stride = window.Stride,
            Dilation = window.Dilation,
            PaddingBefore = before,
            PaddingAfter = after + ceiling,
            CountsPadding = counts,
        };
        return Append(context, window, new AveragePoolingLayer(specification), before + after + ceiling);
    }

    private static bool Fits(TimeWindow window, Padding padding) =>
        window.Before + padding.Before <= window.Reach && window.After + padding.After <= window.Reach;

    private static (int Before, int After) Padding(TimeWindow window) =>
        (window.Before + (window.Padding?.Before ?? 0), window.After + (window.Padding?.After ?? 0));

    private static FlowValue Append(NodeContext context, TimeWindow window, Layer layer, int padding)
    {
        Axis time = window.Result(padding - window.Before - window.After);
        return Flows.AppendElementwise(context, window.Flow, layer).WithTime(window.Dimension, time);
    }
}
