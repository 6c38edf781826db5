using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Parts of data that flows through the model: directions, features, and the last step.</summary>
internal static class FlowSlices
{
    public static FlowValue Slice(NodeContext context, FlowValue flow, int axis, long start, long end, long step)
    {
        Extent length = Extent.Of(flow.Groups[axis]);
        bool toEnd = end >= int.MaxValue || length.Known <= end || length.Same(Extent.Of(end));
        if (step == 1 && toEnd && (start == 0 || length.Known <= -start))
        {
            return flow;
        }

        if (step == -1 && TimeOperators.IsReversal(flow, axis, start, end))
        {
            return TimeOperators.Reverse(context, flow, axis);
        }

        if (step is > 1 and <= LayerSpecification.MaxSize && Flows.TimeDimension(flow) == axis)
        {
            return Every(context, Slice(context, flow, axis, start, end, 1), axis, (int)step);
        }

        if (step != 1)
        {
            throw context.Refuse($"every {step}th element of {flow} is not part of a recurrent model");
        }

        if (toEnd && start == -1)
        {
            return Pick(context, flow, axis, Extent.Of(-1));
        }

        long taken = start < 0 ? -start : (length.Known ?? 0) - start;
        if (toEnd && taken is > 0 and < int.MaxValue && flow.Kind == FlowKind.Sequence
            && flow.Groups[axis] is [{ Role: OnnxAxis.Time }])
        {
            return TimeOperators.LastSteps(context, flow, axis, (int)taken);
        }

        if (Flows.TimeDimension(flow) == axis && Ends(length, start, toEnd ? 0 : end) is var (begin, rest))
        {
            return TimeShifts.Crop(context, flow, axis, begin, rest);
        }

        long first = start < 0 ? start + (length.Known ?? long.MinValue / 2) : start;
        long last = toEnd ? length.Known ?? -1 : end < 0 ? end + (length.Known ?? long.MinValue / 2) : end;
        return first >= 0 && last > first && last <= int.MaxValue
            ? Part(context, flow, axis, (int)first, (int)(last - first))
            : throw context.Refuse($"cannot slice axis {axis} of {flow} from {start} to {end}");
    }

    /// <summary>How many steps a slice leaves out at both ends; null if that depends on how many there are.</summary>
    private static (long First, long Last)? Ends(Extent length, long start, long end)
    {
        long? first = start >= 0 ? start : length.Known + start;
        long? last = end <= 0 ? -end : length.Known - end;
        return first is { } before && last is { } after ? (Math.Max(0, before), Math.Max(0, after)) : null;
    }

    /// <summary>Every so many steps: windows of one step.</summary>
    private static FlowValue Every(NodeContext context, FlowValue flow, int axis, int step)
    {
        flow = Flows.Complete(context, flow, "a sequence");
        TimeShifts.RequireWhole(context, flow);
        MaxPoolingLayer layer = new(
            new MaxPoolingSpecification { InputSize = Flows.KnownSize(context, flow), KernelSize = 1, Stride = step });
        Axis old = flow.Groups[axis][0];
        Axis time = new($"{context.Name}.time", old.Size is { } length ? ((length - 1) / step) + 1 : null, OnnxAxis.Time);
        return Flows.AppendElementwise(context, flow, layer).WithTime(axis, time);
    }

    /// <summary>One element of an axis, which stays as one of length 1.</summary>
    public static FlowValue Pick(NodeContext context, FlowValue flow, int axis, Extent index)
    {
        Axis[] group = flow.Groups[axis];
        Extent length = Extent.Of(group);
        if (length.Known == 1 && index.Known is 0 or -1)
        {
            return flow;
        }

        if (group is [{ Role: OnnxAxis.Time } time] && flow.Kind == FlowKind.Sequence)
        {
            bool isLast = index.Known == -1 || index.IsLengthOf(time, 1);
            return isLast ? LastStep(context, flow, axis) : FirstStep(context, flow, axis, index);
        }

        long counted = index.Known is < 0 ? index.Known.Value + (length.Known ?? long.MinValue / 2) : index.Known ?? -1;
        return counted is >= 0 and < int.MaxValue
            ? Part(context, flow, axis, (int)counted, 1)
            : throw context.Refuse($"cannot take element {index} of axis {axis} of {flow}");
    }

    /// <summary>The same without an axis of one element.</summary>
    public static FlowValue Drop(FlowValue flow, int axis)
    {
        IEnumerable<(Axis, int)> picks = flow.Groups[axis].Where(part => part.Whole is not null)
            .Select(part => (part.Whole!, part.First));
        FlowValue rest = flow.With([.. flow.Groups.Where((_, i) => i != axis)]).Pick([.. flow.Picks, .. picks]);
        return IsOnlyStep(flow, axis) ? rest.AsLastStep() : rest;
    }

    /// <summary>Whether a dimension holds the only step that layers have given: without it there is a row.</summary>
    public static bool IsOnlyStep(FlowValue flow, int axis) =>
        flow.Kind == FlowKind.Sequence && flow.Groups[axis] is [{ Role: OnnxAxis.Time, Size: 1, Origin: not null }];

    private static FlowValue LastStep(NodeContext context, FlowValue flow, int axis)
    {
        if (flow.Source.HasLengths)
        {
            throw context.Refuse("the last step of the sequence is past the end of shorter rows; use the final state");
        }

        if (flow.Source.Mask is { PutsOutZero: true })
        {
            throw context.Refuse("the last step of the sequence may be missing, and 0 is put out there; use the final state");
        }

        // Where the last step is missing, the output before is repeated: the final state.
        if (flow.Source is RecurrentNode { Mask: not null })
        {
            return OfOneStep(flow, axis, FlowKind.Hidden);
        }

        if (!flow.Source.TakeStep(null))
        {
            throw context.Refuse($"expected the last step of {flow} at the lengths of rows, as others are taken");
        }

        return OfOneStep(flow, axis, FlowKind.LastStep);
    }

    /// <summary>The last valid step of each row, which stays as an axis of length 1.</summary>
    public static FlowValue StepAt(NodeContext context, FlowValue flow, int axis, FlowNode lengths)
    {
        flow = Flows.Complete(context, flow, "a sequence");
        if (flow.Kind != FlowKind.Sequence || flow.Groups[axis] is not [{ Whole: null } time] || !time.Assign(OnnxAxis.Time)
            || !flow.Source.TakeStep(lengths))
        {
            throw context.Refuse($"expected the steps of a sequence at the lengths of its rows, found {flow}");
        }

        return OfOneStep(flow, axis, FlowKind.LastStep);
    }

    /// <summary>The first step of a reverse layer is its final state; any other is not kept.</summary>
    private static FlowValue FirstStep(NodeContext context, FlowValue flow, int axis, Extent index)
    {
        bool isFinal = index.Known == 0 && flow.Source is RecurrentNode
            && flow.Rows is [{ Direction: Direction.Reverse }];
        return isFinal ? OfOneStep(flow, axis, FlowKind.Hidden)
            : index.Known == 0 && !flow.Source.HasLengths && flow.Source.Mask is null
                // The first step is the last one of the sequence from its end.
                ? LastStep(context, TimeOperators.Reverse(context, flow, axis), axis)
            : throw context.Refuse($"only the last step can be taken, found step {index} of {flow}");
    }

    private static FlowValue OfOneStep(FlowValue flow, int axis, FlowKind kind) => new()
    {
        Source = flow.Source,
        Kind = kind,
        Groups = [.. flow.Groups.Select((group, i) => i == axis ? [] : group)],
        Features = flow.Features,
        Rows = flow.Rows,
        RowAxis = flow.RowAxis,
        Picks = flow.Picks,
    };

    /// <summary>Some of the elements of an axis.</summary>
    public static FlowValue Part(NodeContext context, FlowValue flow, int axis, int first, int count)
    {
        Axis[] group = flow.Groups[axis];
        Axis[][] groups = [.. flow.Groups];
        long length = Extent.Of(group).Known ?? int.MaxValue;
        if (first + (long)count > length)
        {
            throw context.Refuse($"axis {axis} of {flow} has no elements {first} to {first + (long)count - 1}");
        }

        if (flow.RowAxis is not null && group.Length > 0 && group[0] == flow.RowAxis)
        {
            return Rows(context, flow, groups, axis, first, count);
        }

        bool isOpen = group is [{ Role: null or OnnxAxis.Features or OnnxAxis.Direction }] && flow.RowAxis is null;
        if (!isOpen)
        {
            throw context.Refuse(
                $"elements {first} to {first + (long)count - 1} of axis {axis} of {flow} are not part of a model");
        }

        Axis part = group[0].Part(first, count);
        groups[axis] = [part];
        return flow.With(groups, group[0] == flow.Features ? part : flow.Features, flow.Rows, null);
    }

    /// <summary>Some of the directions, along an axis of directions or of directions and their features.</summary>
    private static FlowValue Rows(NodeContext context, FlowValue flow, Axis[][] groups, int axis, int first, int count)
    {
        if (flow.Kind == FlowKind.States)
        {
            throw context.Refuse($"hidden and cell states in one tensor are put out together, found elements {first} to {first + count - 1} of {flow}");
        }

        Axis[] group = groups[axis];
        bool withFeatures = group.Length == 2 && group[1] == flow.Features && flow.Features.Size > 0;
        int size = withFeatures ? flow.Features!.Size!.Value : 1;
        bool divides = first % size != 0 || count % size != 0;
        if (divides && withFeatures && flow.IsComplete && flow.Kind is not (FlowKind.Cell or FlowKind.States))
        {
            return JoinOperators.Slice(context, Flows.Complete(context, flow, "features"), axis, first, count);
        }

        if (divides || (group.Length > 1 && !withFeatures))
        {
            throw context.Refuse($"elements {first} to {first + count - 1} of axis {axis} of {flow} divide a direction");
        }

        FlowRow[] rows = [.. flow.Rows.Skip(first / size).Take(count / size)];
        Axis? rowAxis = rows.Length == 1
            ? null
            : new Axis($"{context.Name}.directions", rows.Length, OnnxAxis.Direction);
        groups[axis] = [.. rowAxis is null ? (Axis[])[] : [rowAxis], .. group.Skip(1)];
        return flow.With(groups, flow.Features, rows, rowAxis);
    }
}
