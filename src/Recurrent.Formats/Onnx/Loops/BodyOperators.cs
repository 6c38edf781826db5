using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>What the operators of a body make of the values of a step.</summary>
/// <param name="algebra">Computes with them.</param>
/// <param name="batch">Rows of the batch, as the states have them.</param>
internal sealed class BodyOperators(BodyAlgebra algebra, Extent batch)
{
    // A cell has three.
    private const int MaxDepth = 8;

    private static readonly float[] One = [1];

    /// <summary>The values of a node.</summary>
    /// <exception cref="ModelFormatException">It is nothing that a cell has.</exception>
    public IReadOnlyList<Value?> Apply(NodeContext context) => context.Node.Operator switch
    {
        "Identity" or "Dropout" => [context.Required(0)],
        "Cast" => [Cast(context)],
        "Gather" => [Gather(context)],
        "MatMul" => [Product(context, context.Constant(1, "B"), isTransposed: false)],
        "Gemm" => [Gemm(context)],
        "Add" or "Sub" or "Sum" => [Add(context)],
        "Mul" => [Scaled(context, Rows(context, 0), Rows(context, 1)) ?? Multiply(context, Rows(context, 0), Rows(context, 1))],
        "Div" => [Divide(context)],
        "Neg" => [Negate(Rows(context, 0))],
        "Not" => [Not(context)],
        "Where" => [Where(context)],
        "And" => [And(context)],
        "Less" or "LessOrEqual" or "Greater" or "GreaterOrEqual" => [Compare(context)],
        "Split" => Split(context),
        "Slice" => [Slice(context)],
        "Concat" => [Concatenate(context)],
        "Squeeze" => [Squeeze(context)],
        "Unsqueeze" => [Unsqueeze(context)],
        "Relu" or "Sigmoid" or "Tanh" or "Softsign" or "Softplus" or "HardSigmoid" or "LeakyRelu" or "ThresholdedRelu"
            or "Elu" => [Function(context, ActivationOperators.Of(context.Node))],
        "Clip" => [Clip(context, Rows(context, 0), ActivationOperators.Limits(context))],
        "Min" or "Max" => [Limit(context)],
        "Tile" or "Expand" => [Spread(context)],
        _ => throw context.Refuse("this operator is not part of a cell"),
    };

    /// <summary>Numbers of rows: of the batch, or constants.</summary>
    private RowsValue Rows(NodeContext context, int index) => Rows(context, context.Required(index));

    private RowsValue Rows(NodeContext context, Value value)
    {
        switch (value)
        {
            case RowsValue rows:
                return rows;
            case ConstantValue { Tensor.IsFloating: true } constant:
                BodyDimension[] dimensions = [.. constant.Shape.Select((extent, i) =>
                    extent.Known is null ? BodyDimension.Batch
                    : constant.Dimensions[i] == 1 ? BodyDimension.One
                    : BodyDimension.Features)];
                return dimensions.Count(dimension => dimension == BodyDimension.Features) <= 1
                    ? new RowsValue(algebra.Of(constant.Singles().Span), dimensions)
                    : throw context.RefuseInput(constant, "a constant of each feature");
            default:
                throw context.RefuseInput(value, "numbers of each row");
        }
    }

    private static Value Cast(NodeContext context)
    {
        bool isFloating = context.Node.Integer("to", 0) is 1 or 10 or 11 or 16;
        return context.Required(0) switch
        {
            StepValue step => step,
            ConditionValue condition => condition,
            RowsValue { IsBoolean: true } mask => new RowsValue(mask.Sum, mask.Dimensions, isBoolean: context.Node.Integer("to", 0) == 9),
            RowsValue rows when isFloating => rows,
            Value other => throw context.Refuse($"casting {other} would change it"),
        };
    }

    /// <summary>What a sequence has at the step.</summary>
    private RowsValue Gather(NodeContext context)
    {
        if (context.Required(0) is not FlowValue { Kind: FlowKind.Sequence } flow
            || context.Required(1) is not StepValue { Offset: 0 } step
            || context.Axis(context.Node.Integer("axis", 0), flow.Rank) != 0
            || flow.Groups[0] is not [Axis { Whole: null } time] || !time.Assign(OnnxAxis.Time))
        {
            throw context.Refuse($"expected step after step of a sequence, found {context.Required(0)} at {context.Required(1)}");
        }

        StepAxis = StepAxis is null || StepAxis.Join(time)
            ? StepAxis ?? time
            : throw context.Refuse($"expected sequences of the same steps, found {time} and {StepAxis}");
        int kept = step.IsScalar ? 0 : 1;
        if (flow.Source is StepMaskNode { Form: StepMaskForm.There or StepMaskForm.Missing } mask)
        {
            return Mask(context, flow, mask, kept);
        }

        if (flow.Rank != 3)
        {
            throw context.RefuseInput(flow, "a sequence [time, batch, features]");
        }

        FlowValue sequence = Flows.Complete(context, flow, "a sequence");
        if (!Flows.HoldsFeatures(sequence, 2))
        {
            throw context.RefuseInput(sequence, "a sequence [time, batch, features]");
        }

        Batch(context, sequence.Groups[1]);
        InputAtom atom = Inputs.Find(other => other.Sequence.Source == sequence.Source) ?? new InputAtom(
            sequence, context.Name, Flows.SizeOf(sequence) ?? throw context.Refuse($"how many features {sequence} has is not known"));
        if (!Inputs.Contains(atom))
        {
            Inputs.Add(atom);
        }

        return new RowsValue(
            algebra.Of(atom), [.. Enumerable.Repeat(BodyDimension.One, kept), BodyDimension.Batch, BodyDimension.Features]);
    }

    /// <summary>The axis of the steps; null until one is taken.</summary>
    public Axis? StepAxis { get; private set; }

    /// <summary>The axes of the rows; null until a step is taken.</summary>
    public Axis[]? BatchAxes { get; private set; }

    private List<InputAtom> Inputs { get; } = [];

    private List<MaskAtom> Masks { get; } = [];

    private RowsValue Mask(NodeContext context, FlowValue flow, StepMaskNode mask, int kept)
    {
        BodyDimension[] dimensions =
        [
            .. Enumerable.Repeat(BodyDimension.One, kept),
            .. flow.Groups.Skip(1).Select(group => group.Length == 0 ? BodyDimension.One : BodyDimension.Batch),
        ];
        if (flow.Groups.Skip(1).FirstOrDefault(group => group.Length > 0) is { } rows)
        {
            Batch(context, rows);
        }

        MaskAtom atom = Masks.Find(other => other.Mask.Input == mask.Input && other.Mask.Missing.Equals(mask.Missing))
            ?? new MaskAtom(new StepMaskNode(mask.Input, mask.Missing, StepMaskForm.There), context.Name);
        if (!Masks.Contains(atom))
        {
            Masks.Add(atom);
        }

        Polynomial there = algebra.Of(atom);
        return new RowsValue(
            mask.Form == StepMaskForm.There ? there : algebra.Add(algebra.Of(One), there, -1), dimensions, isBoolean: true);
    }

    private void Batch(NodeContext context, Axis[] axes)
    {
        bool fits = axes.Length <= 1 && axes.All(axis => axis.Whole is null && axis.Assign(OnnxAxis.Batch))
            && (BatchAxes is null || (BatchAxes.Length == axes.Length && axes.All(axis => axis.Join(BatchAxes[0]))))
            && (Extent.Of(axes).Same(batch) || (axes is [var rows] && batch.Axes is [var ofStates] && batch.IsLengthOf(ofStates) && rows.Join(ofStates)));
        if (!fits)
        {
            throw context.Refuse($"expected the same rows of the batch in sequences and states, found {Extent.Of(axes)} and {batch}");
        }

        BatchAxes ??= axes;
    }

    private RowsValue Product(NodeContext context, ConstantValue matrix, bool isTransposed)
    {
        if (context.Required(0) is JoinedRowsValue joined)
        {
            return JoinedProduct(context, joined, matrix, isTransposed);
        }

        RowsValue rows = Rows(context, 0);
        return new RowsValue(Product(context, rows.Sum, matrix, isTransposed), WithFeatures(context, rows.Dimensions));
    }

    private Polynomial Product(NodeContext context, Polynomial source, ConstantValue matrix, bool isTransposed)
    {
        bool fits = matrix is { Rank: 2, IsSpread: false, Tensor.IsFloating: true }
            && matrix.Dimensions[isTransposed ? 1 : 0] == source.Size && matrix.Dimensions[isTransposed ? 0 : 1] > 0;
        return fits
            ? algebra.Of(new ProductAtom(source, matrix, isTransposed, 0, matrix.Dimensions[isTransposed ? 0 : 1], context.Name))
            : throw context.RefuseInput(matrix, $"a matrix for {source.Size} features");
    }

    private static IReadOnlyList<BodyDimension> WithFeatures(NodeContext context, IReadOnlyList<BodyDimension> dimensions) =>
        dimensions.Count > 0 && dimensions[^1] != BodyDimension.Batch
            ? [.. dimensions.Take(dimensions.Count - 1), BodyDimension.Features]
            : throw context.Refuse("expected features in the last dimension");

    private RowsValue Gemm(NodeContext context)
    {
        GraphNode node = context.Node;
        if (node.Integer("transA", 0) != 0 || node.Single("alpha", 1) != 1 || node.Single("beta", 1) != 1)
        {
            throw context.Refuse("expected A as it is, and no factors");
        }

        ConstantValue matrix = context.Constant(1, "B");
        bool isTransposed = node.Integer("transB", 0) != 0;
        RowsValue product = Product(context, matrix, isTransposed);
        return context.Optional(2) is null ? product : Sum(context, product, Rows(context, 2), 1);
    }

    private RowsValue JoinedProduct(NodeContext context, JoinedRowsValue joined, ConstantValue matrix, bool isTransposed)
    {
        if (matrix is not { Rank: 2, IsSpread: false } || matrix.Dimensions[isTransposed ? 1 : 0] != joined.Size)
        {
            throw context.RefuseInput(matrix, $"a matrix for {joined.Size} features");
        }

        Polynomial? sum = null;
        int first = 0;
        foreach (Polynomial part in joined.Parts)
        {
            ConstantValue rows = ConstantTensors.Slice(context, matrix, isTransposed ? 1 : 0, first, part.Size, 1);
            Polynomial product = Product(context, part, rows, isTransposed);
            sum = sum is null ? product : algebra.Add(sum, product);
            first += part.Size;
        }

        return new RowsValue(sum!, WithFeatures(context, joined.Dimensions));
    }

    private Value Add(NodeContext context)
    {
        if (Step(context) is { } step)
        {
            return step;
        }

        float factor = context.Node.Operator == "Sub" ? -1 : 1;
        RowsValue sum = Rows(context, 0);
        for (int i = 1; i < context.InputCount; i++)
        {
            sum = Sum(context, sum, Rows(context, i), factor);
        }

        return sum;
    }

    /// <summary>The number of the step and a constant; null if it is something else.</summary>
    private static StepValue? Step(NodeContext context)
    {
        (Value left, Value right) = (context.Required(0), context.InputCount > 1 ? context.Required(1) : context.Required(0));
        if (left is not StepValue && context.Node.Operator == "Add")
        {
            (left, right) = (right, left);
        }

        if (left is not StepValue step)
        {
            return null;
        }

        long number = right is ConstantValue { IsSpread: false, Tensor: { IsFloating: false, ElementCount: 1 } } constant
            && constant.Integers().Span[0] is > -int.MaxValue and < int.MaxValue and { } known
            ? known
            : throw context.Refuse($"expected a number to add to the step, found {right}");
        return new StepValue(
            Math.Clamp(step.Offset + (context.Node.Operator == "Sub" ? -number : number), -int.MaxValue, int.MaxValue), step.IsScalar);
    }

    private RowsValue Sum(NodeContext context, RowsValue left, RowsValue right, float factor)
    {
        BodyDimension[] dimensions = Broadcast(context, left, right);
        return new RowsValue(algebra.Add(left.Sum, right.Sum, factor), dimensions);
    }

    private RowsValue Multiply(NodeContext context, RowsValue left, RowsValue right)
    {
        BodyDimension[] dimensions = Broadcast(context, left, right);
        return new RowsValue(algebra.Multiply(left.Sum, right.Sum), dimensions);
    }

    /// <summary>A function that keeps numbers between limits, times a number: hard sigmoids are written so.</summary>
    private RowsValue? Scaled(NodeContext context, RowsValue left, RowsValue right)
    {
        bool isNumber = left.Sum.Terms is [{ Factors.Length: 0 } one] && one.IsAll(one.Coefficients[0]) && one.Coefficients[0] > 0;
        (RowsValue number, RowsValue value) = isNumber ? (left, right) : (right, left);
        if (number.Sum.Terms is not [{ Factors.Length: 0, Coefficients: [var factor, ..] } only] || !only.IsAll(factor) || !(factor > 0)
            || value.Sum.Single is not FunctionAtom function || LimitsOf(function.Activation) is not { Maximum: < float.MaxValue } limits)
        {
            return null;
        }

        Polynomial argument = algebra.Multiply(function.Argument, number.Sum);
        return Clip(
            context, new RowsValue(argument, Broadcast(context, left, right)), (limits.Minimum * factor, limits.Maximum * factor));
    }

    private RowsValue Limit(NodeContext context)
    {
        int data = context.Required(0) is ConstantValue ? 1 : 0;
        if (context.InputCount != 2
            || context.Required(1 - data) is not ConstantValue { IsSpread: false, Tensor: { IsFloating: true, ElementCount: 1 } } limit)
        {
            throw context.Refuse("expected a value and a number");
        }

        float number = limit.Singles().Span[0];
        return Clip(
            context, Rows(context, data), context.Node.Operator == "Max" ? (number, float.MaxValue) : (-float.MaxValue, number));
    }

    /// <summary>Numbers between limits; limits of limits are one pair.</summary>
    private RowsValue Clip(NodeContext context, RowsValue rows, (float Minimum, float Maximum) limits)
    {
        if (rows.Sum.Single is FunctionAtom inner && LimitsOf(inner.Activation) is { } before && limits.Minimum <= limits.Maximum)
        {
            limits = (Math.Clamp(before.Minimum, limits.Minimum, limits.Maximum), Math.Clamp(before.Maximum, limits.Minimum, limits.Maximum));
            rows = new RowsValue(inner.Argument, rows.Dimensions);
        }

        // Six times a sixth is 1 in all but the last bit.
        bool isUnit = limits.Minimum == 0 && MathF.Abs(limits.Maximum - 1) < 1e-6f;
        return Function(context, rows, isUnit ? Activation.HardSigmoid(1, 0) : ActivationOperators.Clipping(limits.Minimum, limits.Maximum));
    }

    private static (float Minimum, float Maximum)? LimitsOf(Activation activation) => activation.Kind switch
    {
        ActivationKind.Relu => (0, float.MaxValue),
        ActivationKind.HardSigmoid when activation is { Alpha: 1, Beta: 0 } => (0, 1),
        ActivationKind.Clip => (activation.Alpha, activation.Beta),
        _ => null,
    };

    /// <summary>One number of each row for all features.</summary>
    private RowsValue Spread(NodeContext context)
    {
        RowsValue rows = Rows(context, 0);
        IReadOnlyList<Extent> target = ConstantArithmetic.Elements(context, context.Required(1)) ?? [];
        bool fits = rows.Sum.Size == 1 && target.Count == rows.Dimensions.Count && target.Count > 0 && rows.Dimensions[^1] != BodyDimension.Batch
            && Enumerable.Range(0, target.Count - 1).All(i => target[i].Known == 1
                || (context.Node.Operator == "Expand" && rows.Dimensions[i] == BodyDimension.Batch && target[i].Same(batch)));
        return fits ? rows : throw context.Refuse($"only one number of each row can be repeated, found {rows}");
    }

    private RowsValue Divide(NodeContext context)
    {
        RowsValue divisor = Rows(context, context.Constant(1, "what is divided by"));
        float[] values = divisor.Sum.Terms is [{ Factors.Length: 0 } constant] ? constant.Coefficients : [0];
        context.Take(values.Length, areFloating: true);
        RowsValue reciprocal = new(algebra.Of([.. values.Select(value => 1 / value)]), divisor.Dimensions);
        return Scaled(context, Rows(context, 0), reciprocal) ?? Multiply(context, Rows(context, 0), reciprocal);
    }

    private RowsValue Negate(RowsValue rows) =>
        new(algebra.Multiply(rows.Sum, algebra.Of([-1])), rows.Dimensions);

    private RowsValue Not(NodeContext context) => context.Required(0) is RowsValue { IsBoolean: true } mask
        ? new RowsValue(algebra.Add(algebra.Of(One), mask.Sum, -1), mask.Dimensions, isBoolean: true)
        : throw context.RefuseInput(context.Required(0), "a mask");

    private RowsValue Where(NodeContext context)
    {
        if (context.Required(0) is not RowsValue { IsBoolean: true } mask)
        {
            throw context.RefuseInput(context.Required(0), "a mask");
        }

        RowsValue chosen = Multiply(context, mask, Rows(context, 1));
        return Sum(context, chosen, Multiply(context, Not(context), Rows(context, 2)), 1);
    }

    /// <summary>What the dimensions of a sum or product are; values of rows may not meet those of features.</summary>
    private BodyDimension[] Broadcast(NodeContext context, RowsValue left, RowsValue right)
    {
        int rank = Math.Max(left.Dimensions.Count, right.Dimensions.Count);
        BodyDimension[] dimensions = new BodyDimension[rank];
        for (int i = 0; i < rank; i++)
        {
            BodyDimension a = At(left, i);
            BodyDimension b = At(right, i);
            dimensions[i] = a == BodyDimension.One ? b : b == BodyDimension.One || a == b ? a
                : throw context.Refuse($"cannot combine {left} and {right}: rows of the batch would meet features");
        }

        bool isClear = dimensions.Count(dimension => dimension == BodyDimension.Batch) <= 1
            && dimensions.Count(dimension => dimension == BodyDimension.Features) <= 1;
        bool fits = left.Sum.Size == right.Sum.Size || left.Sum.Size == 1 || right.Sum.Size == 1;
        return isClear && fits ? dimensions : throw context.Refuse($"cannot combine {left} and {right}");

        // One row of the batch is one element, and one feature is.
        BodyDimension At(RowsValue value, int i)
        {
            int at = i - (rank - value.Dimensions.Count);
            BodyDimension dimension = at < 0 ? BodyDimension.One : value.Dimensions[at];
            return (dimension == BodyDimension.Batch && batch.Known == 1)
                || (dimension == BodyDimension.Features && value.Sum.Size == 1)
                ? BodyDimension.One
                : dimension;
        }
    }

    private static ConditionValue And(NodeContext context) =>
        new([.. Bounds(context, context.Required(0)), .. Bounds(context, context.Required(1))]);

    private static IReadOnlyList<(long Offset, Extent Bound)> Bounds(NodeContext context, Value value) => value switch
    {
        ConditionValue { Bounds.Count: <= 16 } condition => condition.Bounds,
        ConstantValue { IsSpread: false, Tensor: { IsFloating: false, ElementCount: 1 } } constant
            when constant.Integers().Span[0] != 0 => [],
        _ => throw context.RefuseInput(value, "a condition of the loop"),
    };

    private static ConditionValue Compare(NodeContext context)
    {
        bool isMirrored = context.Node.Operator.StartsWith("Greater", StringComparison.Ordinal);
        long equal = context.Node.Operator.EndsWith("OrEqual", StringComparison.Ordinal) ? 1 : 0;
        if (context.Required(isMirrored ? 1 : 0) is not StepValue step)
        {
            throw context.Refuse($"expected the step below a number, found {context.Required(0)} and {context.Required(1)}");
        }

        Value bound = context.Required(isMirrored ? 0 : 1);
        Extent number = bound switch
        {
            ExtentsValue { Elements: [var only] } => only,
            ConstantValue { IsSpread: false, Tensor: { ElementCount: 1, IsFloating: false } } constant => Extent.Of(constant.Integers().Span[0]),
            ConstantValue { IsSpread: false, Tensor.ElementCount: 1 } constant
                when constant.Singles().Span[0] is var value && value == MathF.Floor(value) && MathF.Abs(value) <= int.MaxValue =>
                Extent.Of((long)value),
            _ => throw context.RefuseInput(bound, "a number of steps"),
        };
        return new ConditionValue([(step.Offset - equal, number)]);
    }

    private List<Value?> Split(NodeContext context)
    {
        RowsValue rows = Rows(context, 0);
        int axis = context.Axis(context.Node.Integer("axis", 0), rows.Dimensions.Count);
        int parts = context.Node.Outputs.Count;
        long equal = (rows.Sum.Size + parts - 1L) / parts;
        IReadOnlyList<long> sizes = context.Numbers("split", 1)
            ?? [.. Enumerable.Range(0, parts).Select(i => Math.Max(0, Math.Min(equal, rows.Sum.Size - (i * equal))))];
        if (axis != rows.Dimensions.Count - 1 || sizes.Count != parts || sizes.Any(size => size < 1 || size > rows.Sum.Size)
            || sizes.Sum() != rows.Sum.Size)
        {
            throw context.Refuse($"cannot split {rows} into [{string.Join(", ", sizes)}]");
        }

        List<Value?> results = [];
        long begin = 0;
        foreach (long size in sizes)
        {
            results.Add(Part(context, rows, (int)begin, (int)size));
            begin += size;
        }

        return results;
    }

    private RowsValue Slice(NodeContext context)
    {
        RowsValue rows = Rows(context, 0);
        IReadOnlyList<long> starts = context.Numbers("starts", 1) ?? [];
        IReadOnlyList<long> ends = context.Numbers("ends", 2) ?? [];
        IReadOnlyList<long> axes = context.Numbers("axes", 3) ?? [0];
        IReadOnlyList<long> steps = context.Numbers("steps", 4) ?? [1];
        if (starts.Count != 1 || ends.Count != 1 || axes.Count != 1 || steps is not [1]
            || context.Axis(axes[0], rows.Dimensions.Count) != rows.Dimensions.Count - 1)
        {
            throw context.Refuse($"expected some of the features of {rows}");
        }

        long size = rows.Sum.Size;
        long first = Math.Clamp(starts[0] < 0 ? starts[0] + size : starts[0], 0, size);
        long last = Math.Clamp(ends[0] < 0 ? ends[0] + size : ends[0], 0, size);
        return last > first
            ? Part(context, rows, (int)first, (int)(last - first))
            : throw context.Refuse($"cannot slice {rows} from {starts[0]} to {ends[0]}");
    }

    private RowsValue Part(NodeContext context, RowsValue rows, int first, int count) =>
        count == rows.Sum.Size ? rows
        : rows.Dimensions[^1] == BodyDimension.Features && algebra.Slice(rows.Sum, first, count) is { } part
            ? new RowsValue(part, rows.Dimensions)
            : throw context.Refuse($"cannot take features {first} to {first + count - 1} of {rows}");

    /// <summary>Features side by side, for the product with one matrix that follows.</summary>
    private JoinedRowsValue Concatenate(NodeContext context)
    {
        RowsValue[] parts = [.. Enumerable.Range(0, context.InputCount).Select(i => Rows(context, i))];
        bool fits = parts.Length is > 0 and <= 8
            && context.Axis(context.Node.Integer("axis", 0), parts[0].Dimensions.Count) == parts[0].Dimensions.Count - 1
            && parts.All(part => part.Dimensions.SequenceEqual(parts[0].Dimensions) && part.Dimensions[^1] != BodyDimension.Batch);
        return fits
            ? new JoinedRowsValue([.. parts.Select(part => part.Sum)], parts[0].Dimensions)
            : throw context.Refuse("expected features side by side");
    }

    private RowsValue Squeeze(NodeContext context)
    {
        RowsValue rows = Rows(context, 0);
        int rank = rows.Dimensions.Count;
        HashSet<int>? listed = context.Numbers("axes", 1) is { } axes ? [.. axes.Select(axis => context.Axis(axis, rank))] : null;
        bool isOpen = rows.Dimensions.Contains(BodyDimension.Batch) && batch.Known is null;
        if (listed is null && isOpen)
        {
            throw context.Refuse("which dimensions have one element depends on the batch");
        }

        bool[] isOne = [.. rows.Dimensions.Select(dimension => dimension switch
        {
            BodyDimension.One => true,
            BodyDimension.Batch => batch.Known == 1,
            _ => rows.Sum.Size == 1,
        })];
        return listed is null || listed.All(axis => isOne[axis])
            ? new RowsValue(rows.Sum, [.. rows.Dimensions.Where((_, i) => listed is null ? !isOne[i] : !listed.Contains(i))], rows.IsBoolean)
            : throw context.Refuse($"cannot take a dimension of {rows} away that has more than one element");
    }

    private RowsValue Unsqueeze(NodeContext context)
    {
        RowsValue rows = Rows(context, 0);
        IReadOnlyList<long> listed = context.Numbers("axes", 1) ?? throw context.Refuse("expected axes");
        int rank = rows.Dimensions.Count + listed.Count;
        if (rank > 8)
        {
            throw context.Refuse($"expected at most 8 dimensions, found {rank}");
        }

        HashSet<int> axes = [.. listed.Select(axis => context.Axis(axis, rank))];
        Queue<BodyDimension> old = new(rows.Dimensions);
        return axes.Count == listed.Count
            ? new RowsValue(
                rows.Sum, [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? BodyDimension.One : old.Dequeue())], rows.IsBoolean)
            : throw context.Refuse($"expected axes that differ, found [{string.Join(", ", listed)}]");
    }

    private RowsValue Function(NodeContext context, Activation activation) => Function(context, Rows(context, 0), activation);

    private RowsValue Function(NodeContext context, RowsValue rows, Activation activation)
    {
        if (!float.IsFinite(activation.Alpha) || !float.IsFinite(activation.Beta))
        {
            throw context.Refuse("expected finite parameters");
        }

        FunctionAtom function = new(activation, rows.Sum, context.Name);
        return function.Depth <= MaxDepth
            ? new RowsValue(algebra.Of(function), rows.Dimensions)
            : throw context.Refuse($"more than {MaxDepth} functions of each other are not part of a cell");
    }
}
