namespace Recurrent.Formats.Onnx;

/// <summary>Computes with constants, and with the lengths of axes.</summary>
internal static class ConstantArithmetic
{
    public static Value Apply(NodeContext context, Value left, Value right)
    {
        if (left is ExtentsValue || right is ExtentsValue)
        {
            return Extents(context, left, right);
        }

        ConstantValue a = left as ConstantValue ?? throw context.RefuseInput(left, "constants");
        ConstantValue b = right as ConstantValue ?? throw context.RefuseInput(right, "constants");
        if (a.Tensor.IsFloating != b.Tensor.IsFloating)
        {
            throw context.Refuse(
                $"expected two constants of one type, found {a.Tensor.ElementType} and {b.Tensor.ElementType}");
        }

        Extent[] shape = BroadcastShape(context, a, b);
        a = ConstantTensors.Expand(context, a, shape);
        b = ConstantTensors.Expand(context, b, shape);
        int[] dimensions = [.. a.Dimensions];
        context.Take(a.Tensor.ElementCount, a.Tensor.IsFloating);
        OnnxTensor tensor = a.Tensor.IsFloating
            ? OnnxTensor.Create("", dimensions, Singles(context, a.Singles().Span, b.Singles().Span))
            : OnnxTensor.Create("", dimensions, Integers(context, a.Integers().Span, b.Integers().Span));
        return new ConstantValue(tensor, shape);
    }

    /// <summary>The numbers of a constant or of a shape.</summary>
    public static IReadOnlyList<Extent>? Elements(NodeContext context, Value value)
    {
        if (value is not ConstantValue { IsSpread: false, Rank: <= 1, Tensor.IsFloating: false } constant)
        {
            return (value as ExtentsValue)?.Elements;
        }

        context.TakeShape(constant.Tensor.ElementCount);
        return [.. constant.Integers().ToArray().Select(Extent.Of)];
    }

    public static bool IsScalar(Value value) => value is ExtentsValue { IsScalar: true } or ConstantValue { Rank: 0 };

    private static Value Extents(NodeContext context, Value left, Value right)
    {
        IReadOnlyList<Extent> a = Elements(context, left) ?? throw context.RefuseInput(left, "integers");
        IReadOnlyList<Extent> b = Elements(context, right) ?? throw context.RefuseInput(right, "integers");
        int count = a.Count == 1 ? b.Count : a.Count;
        if (b.Count != 1 && b.Count != count)
        {
            throw context.Refuse($"expected shapes of equal length, found {left} and {right}");
        }

        context.TakeShape(count);
        Extent[] results = new Extent[count];
        for (int i = 0; i < count; i++)
        {
            Extent x = a[a.Count == 1 ? 0 : i];
            Extent y = b[b.Count == 1 ? 0 : i];
            results[i] = (context.Node.Operator switch
            {
                "Add" => x + y,
                "Mul" => x * y,
                "Sub" when y.Known is { } known and > -int.MaxValue => x + Extent.Of(-known),
                "Div" when y.Known == 1 => x,
                _ => null,
            }) ?? throw context.Refuse($"cannot compute with {x} and {y}");
        }

        return ExtentsValue.Create(results, IsScalar(left) && IsScalar(right));
    }

    private static Extent[] BroadcastShape(NodeContext context, ConstantValue a, ConstantValue b)
    {
        Extent[] shape = new Extent[Math.Max(a.Rank, b.Rank)];
        long count = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            Extent x = i < shape.Length - a.Rank ? Extent.Of(1) : a.Shape[i - (shape.Length - a.Rank)];
            Extent y = i < shape.Length - b.Rank ? Extent.Of(1) : b.Shape[i - (shape.Length - b.Rank)];
            shape[i] = x.Known == 1 ? y : x;
            if (y.Known != 1 && !shape[i].Same(y))
            {
                throw context.Refuse($"cannot combine {a} and {b}");
            }

            count = Math.Min(count * Math.Max(1, shape[i].Known ?? 1), int.MaxValue);
        }

        context.Take(count, a.Tensor.IsFloating);
        return shape;
    }

    private static ReadOnlyMemory<float> Singles(NodeContext context, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float[] results = new float[a.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = context.Node.Operator switch
            {
                "Add" => a[i] + b[i],
                "Sub" => a[i] - b[i],
                "Mul" => a[i] * b[i],
                _ => a[i] / b[i],
            };
        }

        return results;
    }

    private static ReadOnlyMemory<long> Integers(NodeContext context, ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        long[] results = new long[a.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = context.Node.Operator switch
            {
                "Add" => unchecked(a[i] + b[i]),
                "Sub" => unchecked(a[i] - b[i]),
                "Mul" => unchecked(a[i] * b[i]),
                _ when b[i] is 0 or -1 => throw context.Refuse($"cannot divide by {b[i]}"),
                _ => a[i] / b[i],
            };
        }

        return results;
    }
}
