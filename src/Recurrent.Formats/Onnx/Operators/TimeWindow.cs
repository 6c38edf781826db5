using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// The windows of steps that a convolution or a pooling goes over: of <c>[batch, features, time]</c>, or of an image whose
/// other axis has one element.
/// </summary>
internal sealed class TimeWindow
{
    private readonly NodeContext _context;
    private readonly int _spatial;
    private readonly IReadOnlyList<long> _kernel;

    private TimeWindow(NodeContext context, FlowValue flow, Padding? padding, int dimension, IReadOnlyList<long> kernel)
    {
        _context = context;
        _spatial = dimension - 2;
        _kernel = kernel;
        Flow = flow;
        Dimension = dimension;
        Padding = padding;
        KernelSize = Number(kernel[_spatial], 1, "kernel_shape");
        Stride = Number(Attribute("strides", 1)[_spatial], 1, "strides");
        Dilation = Number(Attribute("dilations", 1)[_spatial], 1, "dilations");
        RequireOthers(kernel);
        Pad();
    }

    /// <summary>What is read, without its padding.</summary>
    public FlowValue Flow { get; }

    /// <summary>The dimension of steps.</summary>
    public int Dimension { get; }

    /// <summary>The axis of steps that is read.</summary>
    public Axis Time => Flow.Groups[Dimension][0];

    /// <summary>A padding that another operator has added before.</summary>
    public Padding? Padding { get; }

    public int KernelSize { get; }

    public int Stride { get; }

    public int Dilation { get; }

    public int Before { get; private set; }

    public int After { get; private set; }

    public long Reach => (KernelSize - 1L) * Dilation;

    /// <summary>Whether the only window is the whole sequence.</summary>
    public bool IsWhole => Padding is null && Before + After == 0 && Dilation == 1 && Time.Size == KernelSize;

    /// <summary>Finds the windows of a node.</summary>
    /// <param name="context">The node.</param>
    /// <param name="kernel">Lengths of the kernel; null if the attribute has to say them.</param>
    public static TimeWindow Of(NodeContext context, IReadOnlyList<long>? kernel)
    {
        Value value = context.Required(0);
        int rank = value is PendingFlow { Flow.Rank: var padded } ? padded : value is FlowValue { Rank: var given } ? given : 0;
        IReadOnlyList<long> lengths = context.Node.Integers("kernel_shape") ?? kernel ?? [];
        if (rank is < 3 or > 4 || lengths.Count != rank - 2 || (kernel is not null && !lengths.SequenceEqual(kernel)))
        {
            throw context.Refuse(
                $"expected [batch, features, time] and windows over time, found {value} and windows of [{string.Join(", ", lengths)}]");
        }

        Padding? padding = (value as PendingFlow)?.What as Padding;
        FlowValue? unpadded = padding is null ? null : Unpadded(((PendingFlow)value).Flow, padding);
        FlowValue sequence = Sequence(context, unpadded ?? value);
        return new TimeWindow(
            context, sequence, unpadded is null ? null : padding, SequenceDimension(context, sequence), lengths);
    }

    /// <summary>The windows of the same node, of which another layer has done the padding that was before it.</summary>
    public TimeWindow WithoutPadding()
    {
        FlowValue padded = Flows.Complete(_context, _context.Required(0), "a sequence");
        return Of(_context.WithFirst(padded), _kernel);
    }

    /// <summary>A sequence with its features in dimension 1.</summary>
    public static FlowValue Sequence(NodeContext context, Value value)
    {
        FlowValue flow = Flows.Complete(context, value, "a sequence", FeaturesOf(value));
        TimeShifts.RequireWhole(context, flow);
        return flow;
    }

    /// <summary>The dimension of the steps of <c>[batch, features, time]</c>, or of an image of one row or column.</summary>
    public static int SequenceDimension(NodeContext context, FlowValue flow)
    {
        int features = Flows.FeatureDimension(flow);
        int[] places = [.. Enumerable.Range(1, flow.Rank - 1).Where(i => i != features && flow.Groups[i].Any(axis => axis.Size != 1))];
        int dimension = places.Length == 0 ? Enumerable.Range(2, flow.Rank - 2).First(i => i != features) : places[0];
        bool fits = flow.Kind == FlowKind.Sequence && places.Length <= 1 && dimension >= 2 && features >= 1
            && flow.Groups[dimension] is [{ Whole: null } time] && time.Assign(OnnxAxis.Time)
            && flow.Groups[0] is [] or [{ Whole: null }] && flow.Groups[0].All(axis => axis.Assign(OnnxAxis.Batch));
        return fits ? dimension : throw context.Refuse($"expected a sequence as [batch, features, time], found {flow}");
    }

    /// <summary>The steps that come out: the same if they are as many.</summary>
    /// <param name="more">Steps of padding that are not counted among those of the windows.</param>
    public Axis Result(int more = 0)
    {
        long sum = Before + (long)After + more;
        if (Stride == 1 && sum == Reach)
        {
            return Time;
        }

        long? length = Time.Size is { } time ? ((time + sum - Reach - 1) / Stride) + 1 : null;
        if (Time.Size + sum - Reach < 1)
        {
            throw _context.Refuse($"windows of {Reach + 1} steps do not fit into {Time.Size} with {sum} steps of padding");
        }

        return new Axis($"{_context.Name}.time", (int?)length, OnnxAxis.Time)
        {
            Origin = Stride == 1 || length == 1 ? (Time, (int)(sum - Reach)) : null,
        };
    }

    /// <summary>Windows at the end that reach past it: steps of padding that <c>ceil_mode</c> stands for.</summary>
    public int Ceiling()
    {
        if (_context.Node.Integer("ceil_mode", 0) == 0 || Stride == 1)
        {
            return 0;
        }

        if (Time.Size is { } time && (time + Before + After - Reach - 1) % Stride == 0)
        {
            return 0;
        }

        // The last window has to begin before the padding behind the last step.
        return After + Stride - 1 <= Reach
            ? Stride - 1
            : throw _context.Refuse($"ceil_mode: windows of {Reach + 1} steps, every {Stride}, could begin behind the last step");
    }

    // The features of an image come first or, of one channel, last.
    private static int FeaturesOf(Value value)
    {
        FlowValue? flow = value is PendingFlow pending ? pending.Flow : value as FlowValue;
        return flow is { Rank: 4 } && flow.Groups[1].All(axis => axis.Size == 1) && flow.Groups[3] is [{ Size: > 1 }]
            && flow.Groups[2].Any(axis => axis.Size != 1) ? 3 : 1;
    }

    /// <summary>The dimensions of a padded sequence without its padding.</summary>
    private static FlowValue? Unpadded(FlowValue flow, Padding padding)
    {
        int at = flow.Groups.ToList().FindIndex(group => group is [var axis] && axis == padding.Padded);
        if (at < 0)
        {
            return null;
        }

        Axis[] time = padding.Sequence.Groups.First(group => group.Any(axis => padding.Padded.Origin?.Of == axis));
        return padding.Sequence.With([.. flow.Groups.Select((group, i) => i == at ? time : group)]);
    }

    private void RequireOthers(IReadOnlyList<long> kernel)
    {
        int features = Flows.FeatureDimension(Flow);
        IReadOnlyList<long> pads = _context.Node.Integers("pads") ?? [];
        for (int i = 0; i < kernel.Count; i++)
        {
            bool isFeatures = i + 2 == features;
            bool fits = i == _spatial
                || ((isFeatures ? kernel[i] == Flows.SizeOf(Flow) : kernel[i] == 1)
                    && (pads.Count == 0 || (pads[i] == 0 && pads[i + kernel.Count] == 0)));
            if (!fits)
            {
                throw _context.Refuse($"expected windows over time alone, found [{string.Join(", ", kernel)}] over {Flow}");
            }
        }
    }

    private IReadOnlyList<long> Attribute(string name, long otherwise)
    {
        int count = Flow.Rank - 2;
        IReadOnlyList<long> values = _context.Node.Integers(name) ?? [.. Enumerable.Repeat(otherwise, count)];
        return values.Count == count
            ? values
            : throw _context.Refuse($"{name}: expected {count} numbers, found [{string.Join(", ", values)}]");
    }

    private int Number(long value, int least, string name) =>
        value >= least && value <= LayerSpecification.MaxSize
            ? (int)value
            : throw _context.Refuse($"{name}: expected {least} to {LayerSpecification.MaxSize}, found {value}");

    private void Pad()
    {
        IReadOnlyList<long>? pads = _context.Node.Integers("pads");
        int count = Flow.Rank - 2;
        string mode = _context.Node.Text("auto_pad", "NOTSET");
        if (pads is not null && pads.Count != 2 * count)
        {
            throw _context.Refuse($"pads: expected {2 * count} numbers, found [{string.Join(", ", pads)}]");
        }

        switch (mode)
        {
            case "NOTSET" when pads is not null:
                (Before, After) = (Number(pads[_spatial], 0, "pads"), Number(pads[_spatial + count], 0, "pads"));
                break;
            case "NOTSET" or "VALID":
                break;
            case "SAME_UPPER" or "SAME_LOWER":
                int sum = Same();
                (Before, After) = mode == "SAME_UPPER" ? (sum / 2, sum - (sum / 2)) : (sum - (sum / 2), sum / 2);
                break;
            default:
                throw _context.Refuse($"auto_pad: expected NOTSET, VALID, SAME_UPPER or SAME_LOWER, found '{mode}'");
        }
    }

    /// <summary>Steps of padding for as many windows as there are steps, or every so many of them.</summary>
    private int Same()
    {
        int padded = Padding is null ? 0 : Padding.Before + Padding.After;
        if (Stride == 1)
        {
            return (int)Math.Min(Reach, LayerSpecification.MaxSize);
        }

        long time = (Time.Size ?? throw _context.Refuse(
            $"auto_pad: how much a window every {Stride} steps is padded depends on the number of steps")) + padded;
        long windows = (time + Stride - 1) / Stride;
        return (int)Math.Clamp(((windows - 1) * Stride) + Reach + 1 - time, 0, LayerSpecification.MaxSize);
    }
}
