namespace Recurrent.Formats.Onnx;

/// <summary>Whether a loop goes on: the step below numbers.</summary>
internal static class BodyConditions
{
    public static ConditionValue And(NodeContext context) =>
        new([.. Bounds(context, context.Required(0)), .. Bounds(context, context.Required(1))]);

    private static IReadOnlyList<(long Offset, Extent Bound)> Bounds(NodeContext context, Value value) => value switch
    {
        ConditionValue { Bounds.Count: <= 16 } condition => condition.Bounds,
        ConstantValue { IsSpread: false, Tensor: { IsFloating: false, ElementCount: 1 } } constant
            when constant.Integers().Span[0] != 0 => [],
        _ => throw context.RefuseInput(value, "a condition of the loop"),
    };

    public static ConditionValue Compare(NodeContext context)
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
}
