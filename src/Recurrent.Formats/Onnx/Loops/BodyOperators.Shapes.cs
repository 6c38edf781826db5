namespace Recurrent.Formats.Onnx;

/// <content>Parts of features, and other dimensions for them.</content>
internal sealed partial class BodyOperators
{
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
}
