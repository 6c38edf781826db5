namespace Recurrent.Formats.Onnx;

/// <summary>Comparisons of constants and of lengths, and what is made of them; those of inputs say which steps are there.</summary>
internal static class Comparisons
{
    // Conditions of loops and choices of shapes are short.
    private const int MaxElements = 16;

    public static Value Equal(NodeContext context) =>
        StepMasks.Compare(context, context.Required(0), context.Required(1)) ?? ShapeChoices.Equal(context);

    public static Value Order(NodeContext context)
    {
        Value left = context.Required(0);
        Value right = context.Required(1);
        if (StepMasks.Compare(context, left, right) is { } mask)
        {
            return mask;
        }

        string operation = context.Node.Operator;
        if (operation.StartsWith("Greater", StringComparison.Ordinal))
        {
            (left, right) = (right, left);
        }

        bool orEqual = operation.EndsWith("OrEqual", StringComparison.Ordinal);
        return Choose(context, left, right, (a, b) => IsBelow(a, b, orEqual)
            ?? throw context.Refuse($"whether {a} is below {b} depends on the input"));
    }

    public static Value Both(NodeContext context) => Choose(
        context, context.Required(0), context.Required(1), (a, b) => (a, b) switch
        {
            ({ Known: { } first }, { Known: { } second }) =>
                context.Node.Operator == "And" ? first != 0 && second != 0 : first != 0 || second != 0,
            _ => throw context.Refuse($"expected what is known, found {a} and {b}"),
        });

    public static Value Not(NodeContext context) =>
        StepMasks.Not(context.Required(0))
            ?? Choose(context, context.Required(0), ConstantValue.Of([], new long[1].AsMemory()), (a, _) => a.Known == 0);

    /// <summary>Whether a number is below another one; null if that depends on how long axes are. Axes are not empty.</summary>
    private static bool? IsBelow(Extent left, Extent right, bool orEqual) =>
        left.Known is { } a && right.Known is { } b ? orEqual ? a <= b : a < b
        : left.Known is <= 0 && right.Axes.Length == 1 && right.IsLengthOf(right.Axes[0]) ? true
        : left.Same(right) ? orEqual
        : null;

    private static Value Choose(NodeContext context, Value left, Value right, Func<Extent, Extent, bool> choose)
    {
        IReadOnlyList<Extent> a = Numbers(context, left);
        IReadOnlyList<Extent> b = Numbers(context, right);
        int count = Math.Max(a.Count, b.Count);
        if ((a.Count != 1 && a.Count != count) || (b.Count != 1 && b.Count != count))
        {
            throw context.Refuse($"expected as many numbers, found {left} and {right}");
        }

        context.TakeShape(count);
        Extent[] results = [.. Enumerable.Range(0, count).Select(
            i => Extent.Of(choose(a[a.Count == 1 ? 0 : i], b[b.Count == 1 ? 0 : i]) ? 1 : 0))];
        return ExtentsValue.Create(results, IsScalar(left) && IsScalar(right));
    }

    private static bool IsScalar(Value value) => value is ExtentsValue { IsScalar: true } or ConstantValue { Rank: 0 };

    private static IReadOnlyList<Extent> Numbers(NodeContext context, Value value) => value switch
    {
        ExtentsValue { Elements.Count: <= MaxElements } extents => extents.Elements,
        ConstantValue { IsSpread: false, Rank: <= 1, Tensor.ElementCount: <= MaxElements } constant => Whole(context, constant),
        _ => throw context.RefuseInput(value, "numbers, or an input that is compared with the value of missing steps"),
    };

    /// <summary>Whole numbers: exporters compare steps as floating-point ones.</summary>
    private static Extent[] Whole(NodeContext context, ConstantValue constant)
    {
        if (!constant.Tensor.IsFloating)
        {
            return [.. constant.Integers().ToArray().Select(Extent.Of)];
        }

        return [.. constant.Singles().ToArray().Select(value => value == MathF.Floor(value) && MathF.Abs(value) <= 1 << 24
            ? Extent.Of((long)value)
            : throw context.Refuse($"expected whole numbers, found {value}"))];
    }
}
