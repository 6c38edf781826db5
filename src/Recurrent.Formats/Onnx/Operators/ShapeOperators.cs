namespace Recurrent.Formats.Onnx;

/// <summary>Operators that change the order or the grouping of axes, or nothing at all.</summary>
internal static class ShapeOperators
{
    public static Value Identity(NodeContext context) => context.Required(0);

    public static Value Dropout(NodeContext context)
    {
        Value value = context.Required(0);
        if (context.Optional(2) is ConstantValue { Tensor.IsFloating: false, IsSpread: false } training
            && training.Integers().Span.ContainsAnyExcept(0L))
        {
            throw context.Refuse("training mode: values would be dropped at random");
        }

        context.Interpreter.Note(ImportNoteKind.Ignored, context.Name, "dropout has no effect at inference");
        return value;
    }

    /// <summary>A cast to the type of another value: floating-point numbers stay what they are, and so do integers.</summary>
    public static Value CastLike(NodeContext context)
    {
        Value value = context.Required(0);
        bool? from = IsFloating(value);
        return from is not null && from == IsFloating(context.Required(1))
            ? value
            : value is ConstantValue { IsSpread: false, Tensor.IsFloating: false } integers && IsFloating(context.Required(1)) == true
                ? ConstantValue.Of([.. integers.Dimensions], integers.Singles())
                : throw context.Refuse($"casting {value} to the type of {context.Required(1)} would change it");
    }

    private static bool? IsFloating(Value value) => value switch
    {
        ConstantValue constant => constant.Tensor.IsFloating,
        FlowValue { Source: InputNode input } => input.IsFloating,
        FlowValue { Source: LayerNode or RecurrentNode or StructureNode or ResidualNode } or PendingFlow => true,
        ExtentsValue => false,
        _ => null,
    };

    public static Value Cast(NodeContext context)
    {
        Value value = context.Required(0);
        long number = context.Node.Integer("to", 0);
        TensorElementType to = number is >= 0 and <= int.MaxValue && ElementTypes.Of((int)number) is { } type
            ? type
            : throw context.Refuse($"expected a type of numbers, found {number}");
        bool isFloating = value switch
        {
            ConstantValue constant => constant.Tensor.IsFloating,
            FlowValue { Source: InputNode input } => input.IsFloating,
            FlowValue => true,
            _ => false,
        };
        if (value is ExtentsValue or RowNumbersValue or FlowValue { Source: RowOrderNode or StepPlaceNode or StepMaskNode { Form: not StepMaskForm.Differences } or LengthsNode or LastIndexNode })
        {
            // Steps are counted and compared as numbers of any type.
            return value;
        }

        if (to == TensorElementType.Bool && StepMasks.NotZero(value) is { } mask)
        {
            return mask;
        }

        if (isFloating && ElementTypes.IsFloating(to))
        {
            if (to is TensorElementType.F16 or TensorElementType.BF16)
            {
                context.Interpreter.NoteHalf();
            }

            return value;
        }

        bool keepsIntegers = to is TensorElementType.I32 or TensorElementType.I64;
        if (keepsIntegers && !isFloating)
        {
            return value;
        }

        if (keepsIntegers && value is FlowValue { Source: InputNode { Role: OnnxInputRole.Unused } given, Picks.Count: 0 } indices
            && indices.Groups.All(group => group.All(axis => axis.Whole is null)))
        {
            // Keras has indices as floating-point numbers until its embedding. Whatever else reads them is refused.
            given.AssignIntegers();
            context.Interpreter.Note(
                ImportNoteKind.Assumed, given.Name, "its numbers are made whole in the graph; here they are indices, and whole already");
            return value;
        }

        if (value is not ConstantValue { IsSpread: false, Tensor.IsFloating: false } integers)
        {
            throw context.Refuse($"casting {value} to {to} would change it");
        }

        context.Take(integers.Tensor.ElementCount, ElementTypes.IsFloating(to));
        return to == TensorElementType.Bool
            ? ConstantValue.Of([.. integers.Dimensions], (long[])[.. integers.Integers().ToArray().Select(number => number == 0 ? 0L : 1)])
            : ElementTypes.IsFloating(to)
                ? ConstantValue.Of([.. integers.Dimensions], integers.Singles())
                : throw context.Refuse($"casting {value} to {to} would change it");
    }

    public static Value Transpose(NodeContext context)
    {
        Value value = context.Required(0);
        int rank = Rank(context, value);
        IReadOnlyList<long> order = context.Node.Integers("perm")
            ?? [.. Enumerable.Range(0, rank).Select(i => (long)(rank - 1 - i))];
        bool isOrder = order.Count == rank && order.Order().SequenceEqual(Enumerable.Range(0, rank).Select(i => (long)i));
        if (!isOrder)
        {
            throw context.Refuse($"perm: expected an order of {rank} axes, found [{string.Join(", ", order)}]");
        }

        return value is FlowValue flow
            ? Steps(context, flow.With([.. order.Select(axis => flow.Groups[(int)axis])]))
            : ConstantTensors.Transpose(context, (ConstantValue)value, [.. order.Select(axis => (int)axis)]);
    }

    /// <summary>Features of a row that come before its batch are steps: no row is written like that.</summary>
    private static FlowValue Steps(NodeContext context, FlowValue flow)
    {
        bool areSteps = flow is { Rank: 3, Kind: FlowKind.LastStep or FlowKind.FinalState, RowAxis: null }
            && flow.Groups[2].Length == 0 && flow.Groups[1].Length > 0 && Flows.FeatureDimension(flow) == 0;
        return areSteps ? (FlowValue)Flattening.StepsOfOne(context, flow) : flow;
    }

    public static Value Squeeze(NodeContext context)
    {
        Value value = context.Required(0);
        if (value is ExtentsValue { Elements.Count: 1 } extents)
        {
            return ExtentsValue.Create(extents.Elements, isScalar: true);
        }

        int rank = Rank(context, value);
        Extent[] shape = value is FlowValue given ? [.. given.Shape] : [.. ((ConstantValue)value).Shape];
        HashSet<int> axes = context.Numbers("axes", 1) is { } listed
            ? [.. listed.Select(axis => context.Axis(axis, rank))]
            : [.. Enumerable.Range(0, rank).Where(axis => shape[axis].Known == 1)];
        if (axes.FirstOrDefault(axis => shape[axis].Known != 1, -1) is int longer and >= 0)
        {
            throw context.Refuse($"cannot take axis {longer} of length {shape[longer]} away from {value}");
        }

        int[] kept = [.. Enumerable.Range(0, rank).Where(axis => !axes.Contains(axis))];
        return value is FlowValue flow
            ? Drop(flow, kept, axes)
            : ConstantTensors.Reshape(
                (ConstantValue)value,
                [.. kept.Select(axis => ((ConstantValue)value).Dimensions[axis])],
                [.. kept.Select(axis => shape[axis])]);
    }

    /// <summary>Takes away the last axis, of one feature.</summary>
    public static Value WithoutLast(FlowValue flow) => Drop(flow, [.. Enumerable.Range(0, flow.Rank - 1)], [flow.Rank - 1]);

    public static Value Unsqueeze(NodeContext context)
    {
        Value value = context.Required(0);
        if (value is ExtentsValue { IsScalar: true } scalar)
        {
            return ExtentsValue.Create(scalar.Elements, isScalar: false);
        }

        IReadOnlyList<long> listed = context.Numbers("axes", 1) ?? throw context.Refuse("expected axes");
        if (value is RowNumbersValue { IsColumn: false } numbers && listed is [1 or -1])
        {
            return new RowNumbersValue(numbers.Rows, numbers.Factor, isColumn: true);
        }

        int rank = Rank(context, value) + listed.Count;
        HashSet<int> axes = rank > 16 ? [] : [.. listed.Select(axis => context.Axis(axis, rank))];
        if (axes.Count != listed.Count)
        {
            throw context.Refuse($"expected axes that differ, found [{string.Join(", ", listed)}]");
        }

        Queue<int> old = new(Enumerable.Range(0, rank - axes.Count));
        int?[] sources = [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? (int?)null : old.Dequeue())];
        return value is FlowValue flow
            ? flow.With([.. sources.Select(source => source is { } axis ? flow.Groups[axis] : [])])
            : ConstantTensors.Reshape(
                (ConstantValue)value,
                [.. sources.Select(source => source is { } axis ? ((ConstantValue)value).Dimensions[axis] : 1)],
                [.. sources.Select(source => source is { } axis ? ((ConstantValue)value).Shape[axis] : Extent.Of(1))]);
    }

    public static Value Flatten(NodeContext context)
    {
        FlowValue flow = context.Required(0) as FlowValue ?? throw context.RefuseInput(context.Required(0), "data");
        long axis = context.Node.Integer("axis", 1);
        int split = axis == flow.Rank ? flow.Rank : context.Axis(axis, Math.Max(1, flow.Rank));
        Axis[] first = [.. flow.Groups.Take(split).SelectMany(group => group)];
        Axis[] second = [.. flow.Groups.Skip(split).SelectMany(group => group)];
        return flow.With([first, second]);
    }

    public static Value Reshape(NodeContext context)
    {
        Value value = context.Required(0);
        IReadOnlyList<Extent> wanted = (context.Node.Integers("shape") is { } old
            ? [.. old.Select(Extent.Of)]
            : ConstantArithmetic.Elements(context, context.Required(1))) ?? throw context.RefuseInput(context.Required(1), "a shape");
        if (value is ExtentsValue numbers && wanted is [{ Known: { } count }] && (count == -1 || count == numbers.Elements.Count))
        {
            return ExtentsValue.Create(numbers.Elements, isScalar: false);
        }

        bool zeroCopies = context.Node.Integer("allowzero", 0) == 0;
        Extent[] shape = value is FlowValue given ? [.. given.Shape] : value is ConstantValue constant ? [.. constant.Shape]
            : throw context.RefuseInput(value, "a tensor");
        bool IsLength(Extent extent, int i) =>
            extent.Known is null or (>= -1 and <= int.MaxValue and not 0)
            || (extent.Known == 0 && zeroCopies && i < shape.Length);
        bool isShape = wanted.Count <= 16 && wanted.Count(extent => extent.Known == -1) <= 1
            && wanted.Where(IsLength).Count() == wanted.Count;
        if (!isShape)
        {
            throw context.Refuse($"cannot bring {value} into the shape [{string.Join(", ", wanted)}]");
        }

        Extent?[] target = [.. wanted.Select((extent, i) =>
            extent.Known == -1 ? (Extent?)null : extent.Known == 0 ? shape[i] : extent)];
        if (value is FlowValue states && DividedStates.Of(states, target) is { } divided)
        {
            return divided;
        }

        return value is FlowValue flow
            ? (Regrouping.Divide([.. flow.Groups.SelectMany(group => group)], target)
                ?? Flattening.Divide(flow, target)) is { } groups
                ? flow.With(groups)
                : Flattening.Steps(context, flow, target)
                    ?? throw context.Refuse($"[{string.Join(", ", wanted)}] would divide or mix axes of {flow}")
            : ReshapeConstant(context, (ConstantValue)value, target);
    }

    private static ConstantValue ReshapeConstant(NodeContext context, ConstantValue value, Extent?[] target)
    {
        long known = 1;
        foreach (Extent? extent in target)
        {
            known = Math.Min(known * (extent is { } length ? length.Known ?? int.MaxValue : 1), int.MaxValue);
        }

        int count = value.Tensor.ElementCount;
        long rest = known == 0 ? 0 : count / known;
        int[] dimensions = [.. target.Select(extent => (int)(extent is { } length ? length.Known ?? 0 : rest))];
        return !value.IsSpread && ConstantTensors.Count(dimensions) == count
            ? ConstantTensors.Reshape(value, dimensions)
            : throw context.Refuse($"cannot reshape {value}");
    }

    private static FlowValue Drop(FlowValue flow, int[] kept, HashSet<int> dropped)
    {
        // A single element of a longer axis of an input: which one it is has to be remembered.
        IEnumerable<(Axis, int)> picks = dropped.SelectMany(axis => flow.Groups[axis])
            .Where(axis => axis.Whole is not null).Select(axis => (axis.Whole!, axis.First));
        FlowValue rest = flow.With([.. kept.Select(axis => flow.Groups[axis])]).Pick([.. flow.Picks, .. picks]);

        return dropped.Any(axis => FlowSlices.IsOnlyStep(flow, axis)) ? rest.AsLastStep() : rest;
    }

    private static int Rank(NodeContext context, Value value) => value switch
    {
        FlowValue flow => flow.Rank,
        ConstantValue constant => constant.Rank,
        _ => throw context.RefuseInput(value, "a tensor"),
    };
}
