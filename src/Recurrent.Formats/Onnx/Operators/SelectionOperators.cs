using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Operators that take a part of an axis: a last step, a direction, rows of a table.</summary>
internal static class SelectionOperators
{
    public static Value Slice(NodeContext context)
    {
        Value value = PendingLayers.Find(context, context.Required(0)) ?? context.Required(0);
        IReadOnlyList<long> starts = context.Numbers("starts", 1) ?? throw context.Refuse("expected starts");
        IReadOnlyList<long> axes = context.Numbers("axes", 3)
            ?? [.. Enumerable.Range(0, starts.Count).Select(i => (long)i)];
        IReadOnlyList<long> ends = Ends(context, value, axes) ?? context.Numbers("ends", 2) ?? throw context.Refuse("expected ends");
        IReadOnlyList<long> steps = context.Numbers("steps", 4) ?? [.. Enumerable.Repeat(1L, starts.Count)];
        if (ends.Count != starts.Count || axes.Count != starts.Count || steps.Count != starts.Count)
        {
            throw context.Refuse("expected as many ends, axes and steps as starts");
        }

        for (int i = 0; i < starts.Count; i++)
        {
            value = Slice(context, value, axes[i], starts[i], ends[i], steps[i]);
        }

        return value;
    }

    /// <summary>Ends that follow from how long axes are; null if they are constants.</summary>
    private static IReadOnlyList<long>? Ends(NodeContext context, Value value, IReadOnlyList<long> axes)
    {
        if (context.Optional(2) is not ExtentsValue ends || value is not FlowValue flow || axes.Count != ends.Elements.Count)
        {
            return null;
        }

        return
        [
            .. axes.Select((axis, i) => End(flow.Groups[context.Axis(axis, flow.Rank)], ends.Elements[i])
                ?? throw context.Refuse($"ends: expected an end that {flow} tells, found {ends.Elements[i]}")),
        ];
    }

    /// <summary>An end as a slice has it: counted from the end of the axis, or none.</summary>
    private static long? End(Axis[] group, Extent end)
    {
        if (end.Known is { } known)
        {
            return known;
        }

        if (end.Same(Extent.Of(group)))
        {
            return long.MaxValue;
        }

        // Of steps that were added or taken away, counted from how many there were before.
        long? left = group is not [var axis] ? null
            : end.LessThanLengthOf(axis) ?? (axis.Origin is var (of, more) ? more + end.LessThanLengthOf(of) : null);
        return left switch
        {
            0 => long.MaxValue,
            > 0 => -left,
            _ => null,
        };
    }

    public static IReadOnlyList<Value?> Split(NodeContext context)
    {
        Value value = PendingLayers.Find(context, context.Required(0)) ?? context.Required(0);
        int parts = context.Node.Outputs.Count;
        Extent[] shape = value is FlowValue flow ? [.. flow.Shape] : [.. context.Constant(0, "what is split").Shape];
        int axis = context.Axis(context.Node.Integer("axis", 0), shape.Length);
        long length = shape[axis].Known ?? throw context.Refuse($"axis {axis} of {value} is of open length");
        long equal = (length + parts - 1) / parts;
        IReadOnlyList<long> sizes = context.Numbers("split", 1)
            ?? [.. Enumerable.Range(0, parts).Select(i => Math.Max(0, Math.Min(equal, length - (i * equal))))];
        if (sizes.Count != parts || sizes.Any(size => size < 0 || size > length) || sizes.Sum() != length)
        {
            throw context.Refuse($"cannot split axis {axis} of {value} into [{string.Join(", ", sizes)}]");
        }

        Value?[] results = new Value?[parts];
        long begin = 0;
        for (int i = 0; i < parts; i++)
        {
            results[i] = Slice(context, value, axis, begin, begin + sizes[i], 1);
            begin += sizes[i];
        }

        return results;
    }

    public static Value Gather(NodeContext context)
    {
        Value value = PendingLayers.Find(context, context.Required(0)) ?? context.Required(0);
        Value indices = context.Required(1);
        if (value is PendingFlow { What: DividedStates divided } && context.Node.Integer("axis", 0) == 0
            && indices is ConstantValue { IsSpread: false, Rank: 0, Tensor.IsFloating: false } layer)
        {
            return divided.Take(context, layer.Integers().Span[0]);
        }

        if (indices is FlowValue { Source: LastIndexNode } rows && value is FlowValue steps
            && StepIndices.Gather(context, steps, rows, context.Axis(context.Node.Integer("axis", 0), steps.Rank)) is { } taken)
        {
            return taken;
        }

        if (indices is FlowValue { Source: RowOrderNode order } places)
        {
            int rowAxis = value is FlowValue sorted ? context.Axis(context.Node.Integer("axis", 0), sorted.Rank) : 0;
            return value is ConstantValue { IsSpread: true } ? value : SortedRows.Gather(context, value, places, order, rowAxis);
        }

        if (indices is FlowValue flow)
        {
            return Embed(context, context.Constant(0, "the table"), flow);
        }

        IReadOnlyList<Extent> wanted = ConstantArithmetic.Elements(context, indices)
            ?? throw context.RefuseInput(indices, "constant indices");
        bool isScalar = ConstantArithmetic.IsScalar(indices);
        if (value is ExtentsValue extents)
        {
            context.TakeShape(wanted.Count);
            return ExtentsValue.Create(
                [.. wanted.Select(
                    index => extents.Elements[context.Axis(index.Known ?? long.MaxValue, extents.Elements.Count)])],
                isScalar);
        }

        int rank = value is FlowValue data ? data.Rank : context.Constant(0, "what elements are taken of").Rank;
        int axis = context.Axis(context.Node.Integer("axis", 0), rank);
        if (value is ConstantValue constant)
        {
            return GatherConstant(context, constant, wanted, axis, isScalar);
        }

        if (wanted.Count != 1)
        {
            throw context.RefuseInput(indices, $"one index into {value}");
        }

        FlowValue picked = FlowSlices.Pick(context, (FlowValue)value, axis, wanted[0]);
        return isScalar ? FlowSlices.Drop(picked, axis) : picked;
    }

    /// <summary>The step of each row at its length less one.</summary>
    public static Value GatherElements(NodeContext context)
    {
        if (context.Required(0) is not FlowValue flow || context.Required(1) is not FlowValue { Source: LastIndexNode { IsOfRow: true } index } indices)
        {
            throw context.Refuse($"expected the last valid step of each row, found {context.Required(0)} at {context.Required(1)}");
        }

        int axis = context.Axis(context.Node.Integer("axis", 0), flow.Rank);
        bool fits = indices.Rank == flow.Rank && Extent.Of(indices.Groups[axis]).Known == 1
            && !Enumerable.Range(0, flow.Rank).Any(i => i != axis && !IsSameDimension(flow.Groups[i], indices.Groups[i]));
        return fits
            ? FlowSlices.StepAt(context, flow, axis, index.Lengths)
            : throw context.Refuse($"expected an index for each row and feature of {flow}, found {indices}");
    }

    /// <summary>Whether indices are those of rows along the same dimension, or the same for all of it.</summary>
    private static bool IsSameDimension(Axis[] data, Axis[] indices) => indices is [{ Role: OnnxAxis.Batch } batch]
        ? data is [var rows] && rows.Assign(OnnxAxis.Batch) && rows.Join(batch)
        : Extent.Of(data).Same(Extent.Of(indices));

    private static Value Slice(NodeContext context, Value value, long axis, long start, long end, long step)
    {
        context.TakeShape(4);
        switch (value)
        {
            case FlowValue flow:
                return FlowSlices.Slice(context, flow, context.Axis(axis, flow.Rank), start, end, step);
            case ExtentsValue { IsScalar: false } extents:
                (int first, int count) = Range(context, extents.Elements.Count, start, end, step);
                context.TakeShape(count);
                return ExtentsValue.Create(
                    [.. Enumerable.Range(0, count).Select(i => extents.Elements[first + (i * (int)step)])], isScalar: false);
            case ConstantValue constant:
                int counted = context.Axis(axis, constant.Rank);
                if (constant.Shape[counted].Known is null)
                {
                    throw context.Refuse($"cannot slice axis {axis} of {constant}");
                }

                (first, count) = Range(context, constant.Dimensions[counted], start, end, step);
                return ConstantTensors.Slice(context, constant, counted, first, count, (int)step);
            default:
                throw context.RefuseInput(value, "a tensor");
        }
    }

    /// <summary>The first index and the number of elements of a slice.</summary>
    private static (int First, int Count) Range(NodeContext context, int length, long start, long end, long step)
    {
        if (step is 0 or < -int.MaxValue or > int.MaxValue)
        {
            throw context.Refuse($"steps: expected a step, found {step}");
        }

        long first = start < 0 ? start + length : start;
        long last = end < 0 ? Math.Max(end, -int.MaxValue) + length : end;
        if (step > 0)
        {
            first = Math.Clamp(first, 0, length);
            last = Math.Clamp(last, first, length);
            return ((int)first, (int)((last - first + step - 1) / step));
        }

        first = Math.Clamp(first, -1, length - 1);
        last = Math.Clamp(last, -1, first);
        return ((int)Math.Max(first, 0), (int)((first - last - step - 1) / -step));
    }

    private static ConstantValue GatherConstant(
        NodeContext context, ConstantValue constant, IReadOnlyList<Extent> wanted, int axis, bool isScalar)
    {
        if (constant.Shape[axis].Known is null)
        {
            throw context.Refuse($"cannot take elements of axis {axis} of {constant}");
        }

        ConstantValue[] taken = [.. wanted.Select(index => ConstantTensors.Slice(
            context, constant, axis, context.Axis(index.Known ?? long.MaxValue, constant.Dimensions[axis]), 1, 1))];
        if (!isScalar)
        {
            return taken.Length switch
            {
                0 => throw context.Refuse("expected indices, found none"),
                1 => taken[0],
                _ => ConstantTensors.Concatenate(context, taken, axis),
            };
        }

        return ConstantTensors.Reshape(
            taken[0],
            [.. taken[0].Dimensions.Where((_, i) => i != axis)],
            [.. taken[0].Shape.Where((_, i) => i != axis)]);
    }

    /// <summary>Rows of a table, by indices that the model is given.</summary>
    private static FlowValue Embed(NodeContext context, ConstantValue table, FlowValue indices)
    {
        bool fits = table is { Rank: 2, IsSpread: false, Tensor.IsFloating: true } && context.Node.Integer("axis", 0) == 0
            && !table.Dimensions.Any(length => length is 0 or > LayerSpecification.MaxSize)
            && indices is { Source: InputNode { IsFloating: false }, Picks.Count: 0 }
            && !indices.Groups.Any(group => group.Length > 1 || group.Any(axis => axis.Whole is not null));
        if (!fits || !((InputNode)indices.Source).Assign(OnnxInputRole.Indices))
        {
            bool isColumn = indices.Source is InputNode { IsFloating: false }
                && (indices.Picks.Count > 0 || indices.Groups.Any(group => group.Any(axis => axis.Whole is not null)));
            throw context.Refuse(isColumn
                ? $"an input of indices has one index for each step, and '{indices.Source.Name}' has columns for several tables: give each of "
                    + "them as an input of its own"
                : $"expected rows of a table, chosen by an input of the graph, found {table} and {indices}");
        }

        EmbeddingLayer layer = EmbeddingLayer.Wrap(
            new EmbeddingSpecification { InputSize = table.Dimensions[0], OutputSize = table.Dimensions[1] }, table.Singles());
        LayerNode node = new(context.Name, indices.Read, layer, []);
        Axis features = new($"{context.Name}.features", table.Dimensions[1], OnnxAxis.Features);
        return new FlowValue { Source = node, Groups = [.. indices.Groups, [features]], Features = features };
    }
}
