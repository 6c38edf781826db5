namespace Recurrent.Formats.Onnx;

/// <summary>
/// Comparisons and choices among the numbers of shapes. PyTorch exports <c>expand(-1, batch, -1)</c> with them: where the
/// shape is -1 there is 1 in its place, which keeps the length.
/// </summary>
internal static class ShapeChoices
{
    /// <summary>As many as a shape may have.</summary>
    private const int MaxElements = 16;

    /// <summary>1 where two numbers are the same, 0 where they differ.</summary>
    public static Value Equal(NodeContext context)
    {
        return Choose(context, 2, numbers => Extent.Of(numbers[0].IsEqualTo(numbers[1]) switch
        {
            true => 1,
            false => 0,
            null => throw context.Refuse($"whether {numbers[0]} is {numbers[1]} depends on the input"),
        }));
    }

    public static Value Where(NodeContext context)
    {
        return Choose(context, 3, numbers => numbers[0].Known switch
        {
            null => throw context.Refuse($"whether {numbers[0]} is true depends on the input"),
            0 => numbers[2],
            _ => numbers[1],
        });
    }

    private static Value Choose(NodeContext context, int inputs, Func<Extent[], Extent> choose)
    {
        Value[] values = [.. Enumerable.Range(0, inputs).Select(context.Required)];
        IReadOnlyList<Extent>[] lists = [.. values.Select(value => Numbers(context, value))];
        int count = lists.FirstOrDefault(list => list.Count != 1)?.Count ?? 1;
        if (lists.Any(list => list.Count != 1 && list.Count != count))
        {
            throw context.Refuse($"expected shapes of equal length, found {string.Join<Value>(" and ", values)}");
        }

        Extent[] chosen =
            [.. Enumerable.Range(0, count).Select(i => choose([.. lists.Select(list => list[list.Count == 1 ? 0 : i])]))];
        return ExtentsValue.Create(chosen, values.All(ConstantArithmetic.IsScalar));
    }

    private static IReadOnlyList<Extent> Numbers(NodeContext context, Value value)
    {
        bool isShort = value is ExtentsValue { Elements.Count: <= MaxElements }
            or ConstantValue { Tensor.ElementCount: <= MaxElements };
        return (isShort ? ConstantArithmetic.Elements(context, value) : null) ?? throw context.RefuseInput(value, "a shape");
    }
}
