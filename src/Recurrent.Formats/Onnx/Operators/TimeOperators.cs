using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Layers that move steps: a sequence from its end, its last steps, a row repeated.</summary>
internal static class TimeOperators
{
    /// <summary>Whether a slice by steps of -1 takes all of an axis that can only be that of time.</summary>
    public static bool IsReversal(FlowValue flow, int axis, long start, long end)
    {
        Extent length = Extent.Of(flow.Groups[axis]);
        bool isAll = (start == -1 || start >= int.MaxValue || length.Known <= start + 1) && end <= -int.MaxValue;
        return isAll && flow.Kind == FlowKind.Sequence && axis < flow.Rank - 1
            && flow.Groups[axis] is [{ Role: null or OnnxAxis.Time, Whole: null } time] && time != flow.Features;
    }

    /// <summary>Sequences from their ends, each as long as all are.</summary>
    public static Value ReverseSequence(NodeContext context)
    {
        FlowValue flow = context.Required(0) as FlowValue ?? throw context.RefuseInput(context.Required(0), "a sequence");
        int axis = context.Axis(context.Node.Integer("time_axis", 0), flow.Rank);
        Extent time = Extent.Of(flow.Groups[axis]);
        bool areWhole = context.Required(1) switch
        {
            SpreadExtent spread => spread.Element.Same(time),
            ExtentsValue extents => extents.Elements.All(time.Same),
            ConstantValue { Tensor: { IsFloating: false, ElementCount: > 0 } } constant => AreAll(context, constant, time.Known),
            _ => false,
        };
        return areWhole && IsReversal(flow, axis, -1, long.MinValue)
            ? Reverse(context, flow, axis)
            : throw context.Refuse($"only whole sequences can be reversed, found {flow} and {context.Required(1)} as their lengths");
    }

    private static bool AreAll(NodeContext context, ConstantValue constant, long? length)
    {
        context.Take(constant.Tensor.ElementCount, areFloating: false);
        return length is { } known && constant.Integers().ToArray().All(one => one == known);
    }

    public static FlowValue Reverse(NodeContext context, FlowValue flow, int axis)
    {
        flow = Flows.Complete(context, flow, "a sequence");
        if (!flow.Groups[axis][0].Assign(OnnxAxis.Time) || flow.Source.HasLengths)
        {
            throw context.Refuse($"only whole sequences can be reversed, found {flow}");
        }

        int size = Flows.KnownSize(context, flow);
        FlowValue reversed = flow.From(
            new StructureNode(context.Name, new ReverseLayer(size), FlowKind.Sequence, flow.Read));
        return OwnFeatures(context, reversed, size);
    }

    public static FlowValue LastSteps(NodeContext context, FlowValue flow, int axis, int steps)
    {
        flow = Flows.Complete(context, flow, "a sequence");
        if (flow.Source.HasLengths)
        {
            throw context.Refuse("the last steps of the sequence are past the end of shorter rows");
        }

        int size = Flows.KnownSize(context, flow);
        Axis old = flow.Groups[axis][0];
        Axis time = new($"{context.Name}.time", old.Size is { } length ? Math.Min(length, steps) : null, OnnxAxis.Time);
        FlowValue last = flow.From(
            new StructureNode(context.Name, new LastStepsLayer(size, steps), FlowKind.Sequence, flow.Read));
        return OwnFeatures(context, last.With([.. flow.Groups.Select((group, i) => i == axis ? [time] : group)]), size);
    }

    /// <summary>A row that is expanded along a dimension of one element; null if it is not.</summary>
    /// <param name="context">The node.</param>
    /// <param name="flow">The row.</param>
    /// <param name="target">The shape that it gets; 1 keeps a length.</param>
    public static FlowValue? Repeat(NodeContext context, FlowValue flow, IReadOnlyList<Extent> target)
    {
        int[] changed = target.Count != flow.Rank
            ? []
            : [.. Enumerable.Range(0, flow.Rank).Where(i => target[i].Known != 1 && !target[i].Same(Extent.Of(flow.Groups[i])))];
        if (changed is not [int axis] || axis == flow.Rank - 1 || Extent.Of(flow.Groups[axis]).Known != 1
            || flow.Groups.Any(group => group.Any(one => one.Role == OnnxAxis.Time)))
        {
            return null;
        }

        flow = Flows.Complete(context, flow, "a row");
        Flows.RequireNoIndexOfRow(context, flow);
        int size = Flows.KnownSize(context, flow);
        Extent wanted = target[axis];
        Axis? model = wanted.Known is null
            ? context.Interpreter.Inputs.SelectMany(input => input.Axes).FirstOrDefault(one => wanted.IsLengthOf(one))
            : TimeOfInputs(context, flow, axis, wanted);
        Axis[] time = wanted.Known is { } steps && model is null
            ? [new Axis($"{context.Name}.time", (int)Math.Clamp(steps, 0, int.MaxValue), OnnxAxis.Time)]
            : model is not null && model.Assign(OnnxAxis.Time) ? [model] : [];
        if (time.Length == 0 || wanted.Known is < 1 or > RepeatSpecification.MaxSteps)
        {
            throw context.Refuse($"cannot repeat {flow} {wanted} times: expected 1 to {RepeatSpecification.MaxSteps}, or as often "
                + "as an input has steps");
        }

        var layer = new RepeatLayer(size, model is null ? (int)(wanted.Known ?? 0) : 0);
        FlowValue repeated = new()
        {
            Source = new StructureNode(context.Name, layer, FlowKind.Sequence, flow.Read),
            Groups = [.. flow.Groups.Select((group, i) => i == axis ? time : group)],
            Features = flow.Features,
            Rows = [],
            RowAxis = flow.RowAxis,
        };
        return OwnFeatures(context, repeated, size);
    }

    /// <summary>The steps of an input, where lengths are numbers and a row is repeated to the dimensions of that input.</summary>
    private static Axis? TimeOfInputs(NodeContext context, FlowValue row, int dimension, Extent steps) => context.Interpreter.Inputs
        .Where(input => input.Axes.Count == row.Rank && input.Role is OnnxInputRole.Sequence or OnnxInputRole.Unused
            && Enumerable.Range(0, row.Rank - 1).All(i => i == dimension || Extent.Of([input.Axes[i]]).Same(Extent.Of(row.Groups[i]))))
        .Select(input => input.Axes[dimension])
        .FirstOrDefault(axis => axis.Role is null or OnnxAxis.Time && steps.IsLengthOf(axis));

    /// <summary>The same with features that are the node's own, where directions had been side by side.</summary>
    private static FlowValue OwnFeatures(NodeContext context, FlowValue flow, int size)
    {
        Axis features = new($"{context.Name}.features", size, OnnxAxis.Features);
        return flow.With(
            [
                .. flow.Groups.Select(group => Array.IndexOf(group, flow.Features) < 0
                    ? group
                    : group.Length == (flow.RowAxis is null ? 1 : 2)
                        ? (Axis[])[features]
                        : throw context.RefuseInput(flow, "features in one dimension")),
            ],
            features,
            [],
            null);
    }
}
