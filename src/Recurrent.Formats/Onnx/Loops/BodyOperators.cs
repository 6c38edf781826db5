namespace Recurrent.Formats.Onnx;

/// <summary>What the operators of a body make of the values of a step.</summary>
/// <param name="algebra">Computes with them.</param>
/// <param name="batch">Rows of the batch, as the states have them.</param>
internal sealed partial class BodyOperators(BodyAlgebra algebra, Extent batch)
{
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
        "And" => [BodyConditions.And(context)],
        "Less" or "LessOrEqual" or "Greater" or "GreaterOrEqual" => [BodyConditions.Compare(context)],
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
}
