namespace Recurrent.Formats.Onnx;

/// <summary>Indices of the last valid step of each row: lengths less one, and how frameworks take such steps.</summary>
internal static class StepIndices
{
    /// <summary>What arithmetic makes of lengths or of the numbers of rows; null if it is something else.</summary>
    public static Value? Combine(NodeContext context, Value left, Value right) => context.Node.Operator switch
    {
        "Sub" => LastIndex(left, right, 1),
        "Add" => LastIndex(left, right, -1) ?? LastIndex(right, left, -1) ?? AddRows(left, right) ?? AddRows(right, left),
        "Mul" => Scale(left, right) ?? Scale(right, left),
        _ => null,
    };

    /// <summary><c>Range</c>: constants, or the numbers of rows.</summary>
    public static Value Range(NodeContext context)
    {
        Extent[] numbers = [.. Enumerable.Range(0, 3).Select(i => Number(context.Required(i))
            ?? throw context.RefuseInput(context.Required(i), "a whole number"))];
        if (numbers[2].Known is { } step and not 0 && numbers[0].Known is { } first && numbers[1].Known is { } limit
            && Math.Abs((double)first) < int.MaxValue && Math.Abs((double)limit) < int.MaxValue && Math.Abs((double)step) < int.MaxValue)
        {
            long count = Math.Max(0, (limit - first + step - Math.Sign(step)) / step);
            context.Take(count, areFloating: false);
            long[] values = new long[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = first + (i * step);
            }

            return ConstantValue.Of([(int)count], values.AsMemory());
        }

        return numbers[0].Known == 0 && numbers[2].Known == 1
            ? new RowNumbersValue(numbers[1], Extent.Of(1))
            : throw context.Refuse($"expected the numbers of rows, found {numbers[0]} to {numbers[1]} by {numbers[2]}");
    }

    /// <summary>Steps of all rows, one after the other, at an index of each row; null if the indices are others.</summary>
    public static FlowValue? Gather(NodeContext context, Value value, FlowValue indices, int axis)
    {
        if (value is not FlowValue { Kind: FlowKind.Sequence } flow || indices.Source is not LastIndexNode { RowFactor: { } rowFactor } index
            || indices.Rank != 1 || flow.Groups[axis] is not [var first, var second])
        {
            return null;
        }

        // [batch, time] with time for each row, or [time, batch] with batch for each step.
        bool isBatchMajor = index.StepFactor.Known == 1 && Extent.Of([second]).Same(rowFactor);
        bool isTimeMajor = rowFactor.Known == 1 && Extent.Of([second]).Same(index.StepFactor);
        (Axis batch, Axis time) = isBatchMajor ? (first, second) : (second, first);
        bool fits = (isBatchMajor || isTimeMajor) && batch.Whole is null && batch.Assign(OnnxAxis.Batch)
            && indices.Groups[0].All(rows => batch.Join(rows));
        if (!fits)
        {
            throw context.Refuse($"expected the last valid step of each row of {flow}, found indices {indices}");
        }

        FlowValue apart = flow.With([.. flow.Groups.Take(axis), [batch], [time], .. flow.Groups.Skip(axis + 1)]);
        return FlowSlices.Drop(FlowSlices.StepAt(context, apart, axis + 1, index.Lengths), axis + 1);
    }

    /// <summary><c>GatherND</c>: the step of each row at its length less one, by the index of the step or by both.</summary>
    public static Value GatherRows(NodeContext context)
    {
        bool hasRows = context.Node.Integer("batch_dims", 0) == 1;
        if (context.Required(0) is not FlowValue { Kind: FlowKind.Sequence, Rank: >= 2 } flow
            || context.Required(1) is not FlowValue { Rank: 2 } indices || indices.Groups[1].Length > 0)
        {
            throw context.Refuse($"expected the last valid step of each row, found {context.Required(0)} at {context.Required(1)}");
        }

        (FlowNode Lengths, int Time)? step = indices.Source switch
        {
            LastIndexNode { IsOfRow: true } index when hasRows => (index.Lengths, 1),
            StepPlaceNode place when !hasRows => (place.Lengths, place.Dimension),
            _ => null,
        };
        bool fits = step is var (_, time) && flow.Groups[1 - time] is [{ Whole: null } rows] && rows.Assign(OnnxAxis.Batch)
            && indices.Groups[0].All(rows.Join);
        return fits
            ? FlowSlices.Drop(FlowSlices.StepAt(context, flow, step!.Value.Time, step.Value.Lengths), step.Value.Time)
            : throw context.Refuse($"expected the last valid step of each row of {flow}, found indices {indices}");
    }

    /// <summary>The number of each row beside the index of its step; null if values are something else.</summary>
    public static FlowValue? Place(IReadOnlyList<Value> values, long axis)
    {
        int at = values is [RowNumbersValue, FlowValue] ? 1 : 0;
        bool fits = axis is 1 or -1 && values.Count == 2
            && values[1 - at] is RowNumbersValue { Factor.Known: 1, IsColumn: true }
            && values[at] is FlowValue { Source: LastIndexNode { IsOfRow: true }, Rank: 2 } one && one.Groups[1].Length == 0;
        if (!fits || values[at] is not FlowValue { Source: LastIndexNode index } flow || values[1 - at] is not RowNumbersValue rows)
        {
            return null;
        }

        return AreAll(flow.Groups[0], rows.Rows) ? new FlowValue { Source = new StepPlaceNode(index.Lengths, at), Groups = flow.Groups } : null;
    }

    /// <summary>Lengths less one; null if it is something else.</summary>
    private static FlowValue? LastIndex(Value lengths, Value number, long one)
    {
        bool isCount = lengths is FlowValue { Picks.Count: 0, Source: LengthsNode or InputNode { IsFloating: false } } flow
            && flow.Groups.SelectMany(group => group).Count() <= 1 && flow.Groups.All(group => group.All(axis => axis.Whole is null));
        if (!isCount || number is not ConstantValue || Number(number)?.Known != one)
        {
            return null;
        }

        var counted = (FlowValue)lengths;
        if (counted.Source is InputNode input && !input.Assign(OnnxInputRole.Lengths))
        {
            return null;
        }

        return counted.Groups.SelectMany(group => group).All(axis => axis.Assign(OnnxAxis.Batch))
            ? new FlowValue { Source = new LastIndexNode(counted.Source, Extent.Of(1)), Groups = counted.Groups }
            : null;
    }

    /// <summary>Whether a dimension has so many rows, or may be said to.</summary>
    private static bool AreAll(Axis[] group, Extent rows) => Extent.Of(group).Same(rows)
        || (group is [var batch] && rows.Axes is [var open] && rows.IsLengthOf(open) && open.Assign(OnnxAxis.Batch) && open.Join(batch));

    private static Value? Scale(Value value, Value number) => (value, Number(number)) switch
    {
        (RowNumbersValue { Factor.Known: 1 } rows, { } factor) => new RowNumbersValue(rows.Rows, factor),
        (FlowValue { Source: LastIndexNode { IsOfRow: true } index } flow, { } factor) =>
            new FlowValue { Source = new LastIndexNode(index.Lengths, factor), Groups = flow.Groups },
        _ => null,
    };

    private static FlowValue? AddRows(Value indices, Value numbers)
    {
        if (indices is not FlowValue { Source: LastIndexNode { RowFactor: null } index, Rank: 1 } flow || Rows(numbers) is not { } rows)
        {
            return null;
        }

        return AreAll(flow.Groups[0], rows.Rows)
            ? new FlowValue { Source = new LastIndexNode(index.Lengths, index.StepFactor, rows.Factor), Groups = flow.Groups }
            : null;
    }

    /// <summary>The numbers of rows, also where they are constants.</summary>
    private static RowNumbersValue? Rows(Value value)
    {
        if (value is not ConstantValue { IsSpread: false, Rank: 1, Tensor: { IsFloating: false, ElementCount: > 1 } } constant)
        {
            return value as RowNumbersValue;
        }

        ReadOnlySpan<long> numbers = constant.Integers().Span;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[1] is < 1 or > int.MaxValue || numbers[i] != i * numbers[1])
            {
                return null;
            }
        }

        return new RowNumbersValue(Extent.Of(numbers.Length), Extent.Of(numbers[1]));
    }

    private static Extent? Number(Value value) => value switch
    {
        ExtentsValue { Elements: [var only] } => only,
        ConstantValue { IsSpread: false, Tensor: { ElementCount: 1, IsFloating: false } } constant => Extent.Of(constant.Integers().Span[0]),
        _ => null,
    };
}
