namespace Recurrent.Formats.Onnx;

/// <summary>
/// Rows sorted by their lengths around a layer, and brought back behind it: <c>pack_padded_sequence</c> of PyTorch with
/// <c>enforce_sorted=False</c>. Rows do not know of each other, so nothing of it is left in a model.
/// </summary>
internal static class SortedRows
{
    /// <summary><c>TopK</c> of all lengths: the lengths in another order, and the row of each.</summary>
    public static IReadOnlyList<Value?> TopK(NodeContext context)
    {
        Value value = context.Required(0);
        bool isAll = value is FlowValue { Source: InputNode { IsFloating: false }, Rank: 1, Picks.Count: 0 } given
            && given.Groups[0] is [{ Whole: null, Unsorted: null }]
            && context.Axis(context.Node.Integer("axis", -1), 1) == 0 && context.Node.Integer("sorted", 1) != 0
            && Count(context) is { } count && count.Same(Extent.Of(given.Groups[0]));
        if (!isAll)
        {
            throw context.Refuse($"only all lengths of rows can be sorted, for a layer that reads the rows in that order; found {value}");
        }

        var lengths = (FlowValue)value;
        Axis sorted = lengths.Groups[0][0].Sort($"{context.Name}.sorted");
        return
        [
            lengths.With([[sorted]]),
            new FlowValue { Source = new RowOrderNode(sorted, isInverse: false), Groups = [[sorted]] },
        ];
    }

    /// <summary><c>ScatterElements</c> of the numbers of rows to where each row is: the inverse of an order.</summary>
    public static Value ScatterElements(NodeContext context)
    {
        bool isInverse = context.Required(1) is FlowValue { Source: RowOrderNode { IsInverse: false }, Rank: 1 }
            && context.Required(2) is RowNumbersValue { Factor.Known: 1 } or ConstantValue { Rank: 1 };
        if (!isInverse || context.Required(1) is not FlowValue { Source: RowOrderNode order } indices
            || !AreNumbers(context, context.Required(2), Extent.Of(indices.Groups[0])))
        {
            throw context.Refuse($"expected the numbers of rows at their places in a sorted batch, found {context.Required(2)} at {context.Required(1)}");
        }

        return new FlowValue { Source = new RowOrderNode(order.Sorted, isInverse: true), Groups = [[order.Sorted.Counted]] };
    }

    /// <summary>Rows in the order of their lengths, or back in their own.</summary>
    public static FlowValue Gather(NodeContext context, Value value, FlowValue indices, RowOrderNode order, int axis)
    {
        if (value is not FlowValue flow || flow.Groups[axis] is not ([] or [{ Whole: null }]))
        {
            throw context.Refuse($"expected rows in an order, found {value}");
        }

        if (flow.Groups[axis] is not [var rows])
        {
            return flow;
        }

        Axis unsorted = order.Sorted.Counted;
        bool fits = order.IsInverse
            ? ReferenceEquals(rows, order.Sorted)
            : rows.Assign(OnnxAxis.Batch) && unsorted.Assign(OnnxAxis.Batch) && rows.Join(unsorted);
        return fits
            ? flow.With([.. flow.Groups.Select((group, i) => i == axis ? order.IsInverse ? (Axis[])[unsorted] : [order.Sorted] : group)])
            : throw context.Refuse($"expected rows that are sorted by their lengths, found {flow} at {indices}");
    }

    /// <summary>Refuses a layer that reads rows in one order and their lengths or states in another.</summary>
    public static void RequireOrder(NodeContext context, Axis[] batch, int input, string name, int dimension)
    {
        Axis? order = batch.FirstOrDefault()?.Unsorted is null ? null : batch[0];
        if (context.Optional(input) is FlowValue flow && dimension < flow.Rank
            && flow.Groups[dimension].Any(rows => (rows.Unsorted is null ? null : rows) != order))
        {
            throw context.Refuse($"{name}: expected the order of rows that X has, found {flow}");
        }
    }

    private static Extent? Count(NodeContext context) => context.Node.Has("k")
        ? Extent.Of(context.Node.Integer("k", 0))
        : ConstantArithmetic.Elements(context, context.Required(1)) is [var count] ? count : null;

    private static bool AreNumbers(NodeContext context, Value value, Extent count)
    {
        if (value is RowNumbersValue rows)
        {
            return rows.Rows.Same(count);
        }

        if (value is not ConstantValue { IsSpread: false, Tensor.IsFloating: false } constant || count.Known != constant.Tensor.ElementCount)
        {
            return false;
        }

        context.Take(constant.Tensor.ElementCount, areFloating: false);
        ReadOnlySpan<long> numbers = constant.Integers().Span;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != i)
            {
                return false;
            }
        }

        return true;
    }
}
