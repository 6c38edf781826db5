namespace Recurrent.Formats.Onnx;

/// <summary>Comparisons of an input with the value of missing steps, what is made of them, and lengths that are counted.</summary>
internal static class StepMasks
{
    /// <summary>A comparison of an input, or of what was made of such a comparison, with a constant; null if it is none.</summary>
    public static Value? Compare(NodeContext context, Value left, Value right)
    {
        if (left is FlowValue flow && Number(right) is { } value)
        {
            return Compare(context, flow, context.Node.Operator, value);
        }

        return right is FlowValue other && Number(left) is { } number
            ? Compare(context, other, Mirrored(context.Node.Operator), number)
            : null;
    }

    /// <summary>Where an input of integers is not 0; null if the value is something else.</summary>
    public static Value? NotZero(Value value) => value is FlowValue { Source: InputNode { IsFloating: false } input } flow && IsWhole(flow)
        ? With(flow, new StepMaskNode(input, 0, StepMaskForm.There), StepMaskForm.There)
        : null;

    /// <summary>The opposite of a mask; null if the value is none.</summary>
    public static Value? Not(Value value) => value is FlowValue { Source: StepMaskNode mask } flow
        && Opposite(mask.Form) is { } opposite
        ? With(flow, mask, opposite)
        : null;

    /// <summary>A mask with fewer dimensions, or the lengths that it says; null if the value is no mask.</summary>
    public static Value? Reduce(NodeContext context)
    {
        if (context.Required(0) is FlowValue { Source: InputNode input, Rank: 2 } given && context.Node.Operator == "ReduceSum" && IsWhole(given))
        {
            return OfMask(context, given, input);
        }

        if (context.Required(0) is not FlowValue { Source: StepMaskNode mask } flow)
        {
            return null;
        }

        int axis = context.Numbers("axes", 1) is [var listed]
            ? context.Axis(listed, flow.Rank)
            : throw context.Refuse($"expected one axis of {flow}");
        bool isFeatures = mask.Form is StepMaskForm.FeatureDiffers or StepMaskForm.FeatureEquals;
        if (isFeatures)
        {
            StepMaskForm form = (context.Node.Operator, mask.Form) switch
            {
                ("ReduceSum", StepMaskForm.FeatureDiffers) => StepMaskForm.Differences,
                ("ReduceMax", StepMaskForm.FeatureDiffers) => StepMaskForm.There,
                ("ReduceMin", StepMaskForm.FeatureEquals) => StepMaskForm.Missing,
                _ => throw context.Refuse($"{flow} is not a mask of steps"),
            };
            bool areFeatures = axis == flow.Rank - 1 && flow.Groups[axis] is [var features] && features.Assign(OnnxAxis.Features);
            return areFeatures
                ? With(Without(context, flow, axis), mask, form)
                : throw context.Refuse($"expected the features of {flow}, found axis {axis}");
        }

        bool isTime = context.Node.Operator == "ReduceSum" && mask.Form == StepMaskForm.There
            && flow.Groups[axis] is [var time] && time.Assign(OnnxAxis.Time);
        FlowValue lengths = Without(context, flow, axis);
        if (!isTime || !lengths.Groups.SelectMany(group => group).All(rest => rest.Assign(OnnxAxis.Batch)))
        {
            throw context.Refuse($"expected to count the steps of {flow}, found axis {axis}");
        }

        return new FlowValue
        {
            Source = context.Interpreter.LengthsOf(mask.Input, mask.Missing),
            Groups = lengths.Groups,
        };
    }

    /// <summary>The lengths that an input says which is 1 where a step is there.</summary>
    private static FlowValue OfMask(NodeContext context, FlowValue mask, InputNode input)
    {
        int axis = context.Numbers("axes", 1) is [var listed] ? context.Axis(listed, 2) : throw context.Refuse($"expected one axis of {mask}");
        FlowValue lengths = Without(context, mask, axis);
        bool fits = mask.Groups[axis].All(time => time.Assign(OnnxAxis.Time)) && input.Assign(OnnxInputRole.Mask)
            && lengths.Groups.SelectMany(group => group).All(rest => rest.Assign(OnnxAxis.Batch));
        return fits
            ? new FlowValue { Source = context.Interpreter.LengthsOf(input, 0), Groups = lengths.Groups }
            : throw context.Refuse($"the input '{input.Name}' cannot be a mask of steps");
    }

    /// <summary>An input times its mask: the same at steps that are there, and 0 at others.</summary>
    public static Value? Multiply(NodeContext context, FlowValue left, FlowValue right)
    {
        (FlowValue flow, FlowValue mask) = left.Source is StepMaskNode ? (right, left) : (left, right);
        if (mask.Source is not StepMaskNode { Form: StepMaskForm.There } steps)
        {
            return null;
        }

        int missing = flow.Rank - mask.Rank;
        bool fits = ReferenceEquals(flow.Source, steps.Input) && flow.Picks.Count == 0 && steps.Input.IsFloating && missing == 0
            && !Enumerable.Range(0, mask.Rank - 1).Any(i => !mask.Groups[i].SequenceEqual(flow.Groups[i]))
            && mask.Groups[^1].Length == 0;
        if (!fits)
        {
            throw context.Refuse($"cannot multiply {flow} with {mask}: only the input that a mask is made of can be");
        }

        if (steps.Missing != 0)
        {
            context.Interpreter.RequireMask(context, steps);
        }

        return flow;
    }

    /// <summary>Indices of rows, the same along dimensions of one element.</summary>
    public static FlowValue Expand(NodeContext context, FlowValue flow, Value shape)
    {
        IReadOnlyList<Extent>? wanted = ConstantArithmetic.Elements(context, shape);
        if (wanted is null || wanted.Count < flow.Rank || wanted.Count > 8)
        {
            throw context.RefuseInput(shape, $"a shape for {flow}");
        }

        Axis[][] groups = [.. Enumerable.Repeat((Axis[])[], wanted.Count - flow.Rank), .. flow.Groups];
        for (int i = 0; i < groups.Length; i++)
        {
            Extent length = Extent.Of(groups[i]);
            bool isBatch = groups[i] is [{ Role: OnnxAxis.Batch } rows] && wanted[i].Axes is [var open] && wanted[i].IsLengthOf(open)
                && open.Assign(OnnxAxis.Batch) && rows.Join(open);
            if (wanted[i].Known == 1 || wanted[i].Same(length) || isBatch)
            {
                continue;
            }

            groups[i] = length.Known == 1 && groups[i].Length == 0
                ? wanted[i].Known is > 0 and <= int.MaxValue and { } known ? [new Axis($"{context.Name}.{i}", (int)known)]
                    : wanted[i].Axes is [var axis] && wanted[i].IsLengthOf(axis) ? [axis]
                    : throw context.Refuse($"cannot expand {flow} to [{string.Join(", ", wanted)}]")
                : throw context.Refuse($"cannot expand {flow} to [{string.Join(", ", wanted)}]");
        }

        return flow.With(groups);
    }

    private static Value? Compare(NodeContext context, FlowValue flow, string operation, double value)
    {
        switch (flow.Source)
        {
            case InputNode input when IsWhole(flow) && flow.Kind == FlowKind.Sequence:
                bool isIndex = !input.IsFloating;
                double? missing = operation switch
                {
                    "Equal" => value,

                    // An index is not below 0.
                    "Greater" when isIndex && value == 0 => 0,
                    "GreaterOrEqual" when isIndex && value == 1 => 0,
                    _ => null,
                };
                if (missing is null || (isIndex && value is not (>= 0 and <= int.MaxValue)) || !float.IsFinite((float)value))
                {
                    return null;
                }

                bool isEqual = operation == "Equal";
                StepMaskForm form = isIndex
                    ? isEqual ? StepMaskForm.Missing : StepMaskForm.There
                    : StepMaskForm.FeatureEquals;
                return With(flow, new StepMaskNode(input, (float)missing, form), form);
            case StepMaskNode mask when mask.Form == StepMaskForm.Differences:
                return (operation, value) switch
                {
                    ("Greater", 0) or ("GreaterOrEqual", 1) => With(flow, mask, StepMaskForm.There),
                    ("Equal", 0) or ("Less", 1) => With(flow, mask, StepMaskForm.Missing),
                    _ => null,
                };
            case StepMaskNode mask when (operation, value) is ("Greater", 0) or ("Equal", 1):
                return flow;
            case StepMaskNode mask when (operation, value) is ("Equal", 0):
                return Not(flow);
            default:
                return null;
        }
    }

    private static bool IsWhole(FlowValue flow) =>
        flow.Picks.Count == 0 && !flow.Groups.Any(group => group.Any(axis => axis.Whole is not null));

    private static FlowValue With(FlowValue flow, StepMaskNode mask, StepMaskForm form) => new()
    {
        Source = new StepMaskNode(mask.Input, mask.Missing, form),
        Groups = flow.Groups,
    };

    /// <summary>The same without an axis, which stays as one of length 1 if the node says so.</summary>
    private static FlowValue Without(NodeContext context, FlowValue flow, int axis)
    {
        bool keeps = context.Node.Integer("keepdims", 1) != 0;
        return flow.With(
            [.. flow.Groups.Where((_, i) => keeps || i != axis).Select((group, i) => keeps && i == axis ? [] : group)]);
    }

    private static double? Number(Value value) =>
        value is ConstantValue { IsSpread: false, Tensor.ElementCount: 1 } constant
            ? constant.Tensor.IsFloating ? constant.Singles().Span[0] : constant.Integers().Span[0]
            : null;

    private static StepMaskForm? Opposite(StepMaskForm form) => form switch
    {
        StepMaskForm.There => StepMaskForm.Missing,
        StepMaskForm.Missing => StepMaskForm.There,
        StepMaskForm.FeatureDiffers => StepMaskForm.FeatureEquals,
        StepMaskForm.FeatureEquals => StepMaskForm.FeatureDiffers,
        _ => null,
    };

    private static string Mirrored(string operation) => operation switch
    {
        "Less" => "Greater",
        "Greater" => "Less",
        "LessOrEqual" => "GreaterOrEqual",
        "GreaterOrEqual" => "LessOrEqual",
        _ => operation,
    };
}
