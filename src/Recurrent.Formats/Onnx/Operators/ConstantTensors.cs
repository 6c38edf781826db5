namespace Recurrent.Formats.Onnx;

/// <summary>Rearranges constants: nothing but the order and the choice of elements changes.</summary>
internal static class ConstantTensors
{
    /// <summary>How deep elements may be hidden, and in how many parts, before they are read after all.</summary>
    private const int MaxDepth = 8;
    private const int MaxParts = 64;

    public static ConstantValue Transpose(NodeContext context, ConstantValue value, IReadOnlyList<int> order)
    {
        long[] strides = Strides(value.Dimensions);
        return Rearrange(
            context,
            value,
            [.. order.Select(axis => value.Dimensions[axis])],
            [.. order.Select(axis => strides[axis])],
            0,
            [.. order.Select(axis => value.Shape[axis])]);
    }

    /// <summary>The same elements in other dimensions.</summary>
    public static ConstantValue Reshape(ConstantValue value, int[] dimensions, IReadOnlyList<Extent>? shape = null) =>
        new(new OnnxTensor(value.Tensor.Name, value.Tensor.ElementType, dimensions, value.Tensor.Storage), shape);

    public static ConstantValue Slice(NodeContext context, ConstantValue value, int axis, int first, int count, int step)
    {
        int[] dimensions = [.. value.Dimensions];
        Extent[] shape = [.. value.Shape];
        long[] strides = Strides(value.Dimensions);
        long offset = first * strides[axis];
        dimensions[axis] = count;
        shape[axis] = Extent.Of(count);
        strides[axis] *= step;
        return Rearrange(context, value, dimensions, strides, count == 0 ? 0 : offset, shape);
    }

    /// <summary>The first element along an axis, if all others are the same; otherwise null.</summary>
    public static ConstantValue? Only(NodeContext context, ConstantValue value, int axis)
    {
        if (!value.Tensor.IsFloating || value.IsSpread)
        {
            return null;
        }

        context.Take(value.Tensor.ElementCount, areFloating: true);
        ReadOnlySpan<float> values = value.Singles().Span;
        int inner = (int)Count([.. value.Dimensions.Skip(axis + 1)]);
        int length = value.Dimensions[axis];
        for (int i = 0; i < values.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(values[i]) != BitConverter.SingleToInt32Bits(values[i - (i / inner % length * inner)]))
            {
                return null;
            }
        }

        return Slice(context, value, axis, 0, 1, 1);
    }

    /// <summary>Repeats along axes of one element.</summary>
    public static ConstantValue Expand(NodeContext context, ConstantValue value, IReadOnlyList<Extent> shape)
    {
        int missing = shape.Count - value.Rank;
        long[] source = Strides(value.Dimensions);
        int[] dimensions = new int[shape.Count];
        long[] strides = new long[shape.Count];
        for (int i = 0; i < shape.Count; i++)
        {
            int length = i < missing ? 1 : value.Dimensions[i - missing];
            long wanted = shape[i].Known ?? 1;
            dimensions[i] = wanted is >= 0 and <= int.MaxValue && (length == 1 || length == wanted)
                ? (int)wanted
                : throw context.Refuse($"cannot expand {value} to [{string.Join(", ", shape)}]");
            strides[i] = i < missing || length == 1 ? 0 : source[i - missing];
        }

        return Rearrange(context, value, dimensions, strides, 0, shape);
    }

    public static ConstantValue Concatenate(NodeContext context, IReadOnlyList<ConstantValue> values, int axis)
    {
        int[] dimensions = [.. values[0].Dimensions];
        long length = 0;
        foreach (ConstantValue value in values)
        {
            bool fits = value.Rank == dimensions.Length && value.Shape[axis].Known is not null
                && value.Tensor.IsFloating == values[0].Tensor.IsFloating
                && !Enumerable.Range(0, dimensions.Length).Any(i => i != axis && !value.Shape[i].Same(values[0].Shape[i]));
            length += fits
                ? value.Dimensions[axis]
                : throw context.Refuse($"cannot join {value} and {values[0]} along axis {axis}");
        }

        dimensions[axis] = (int)Math.Min(length, int.MaxValue);
        long count = Count(dimensions);
        Extent[] shape = [.. values[0].Shape.Select((extent, i) => i == axis ? Extent.Of(dimensions[axis]) : extent)];
        context.TakeShape(4L * values.Count);
        context.Take(count, values[0].Tensor.IsFloating);
        if (!dimensions[..axis].Any(outer => outer != 1) && values.Count <= MaxParts
            && values.All(value => value.Tensor.Storage.Depth < MaxDepth))
        {
            JoinedStorage storage = new([.. values.Select(value => (value.Tensor.Storage, value.Tensor.ElementCount))]);
            return new ConstantValue(new OnnxTensor("", values[0].Tensor.ElementType, dimensions, storage), shape);
        }

        OnnxTensor tensor = values[0].Tensor.IsFloating
            ? OnnxTensor.Create("", dimensions, Join([.. values.Select(value => value.Singles())], dimensions, axis))
            : OnnxTensor.Create("", dimensions, Join([.. values.Select(value => value.Integers())], dimensions, axis));
        return new ConstantValue(tensor, shape);
    }

    public static long Count(IReadOnlyList<int> dimensions)
    {
        long count = 1;
        foreach (int length in dimensions)
        {
            // What does not fit is refused by whoever wants to have it.
            count = Math.Min(count * length, int.MaxValue);
        }

        return count;
    }

    public static long[] Strides(IReadOnlyList<int> dimensions)
    {
        long[] strides = new long[dimensions.Count];
        long stride = 1;
        for (int i = strides.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= dimensions[i];
        }

        return strides;
    }

    private static ConstantValue Rearrange(
        NodeContext context, ConstantValue value, int[] dimensions, long[] strides, long offset, IReadOnlyList<Extent> shape)
    {
        // A part that is not read yet may be read as often as it is used.
        int count = (int)Count(dimensions);
        context.TakeShape(4);
        context.Take(count, value.Tensor.IsFloating);
        if (IsContiguous(dimensions, strides) && value.Tensor.Storage.Depth < MaxDepth)
        {
            PartStorage part = new(value.Tensor.Storage, (int)offset);
            return new ConstantValue(new OnnxTensor("", value.Tensor.ElementType, dimensions, part), shape);
        }

        OnnxTensor tensor = value.Tensor.IsFloating
            ? OnnxTensor.Create("", dimensions, Pick(value.Singles(), dimensions, strides, offset, count))
            : OnnxTensor.Create("", dimensions, Pick(value.Integers(), dimensions, strides, offset, count));
        return new ConstantValue(tensor, shape);
    }

    private static bool IsContiguous(int[] dimensions, long[] strides)
    {
        long[] expected = Strides(dimensions);
        return !Enumerable.Range(0, dimensions.Length).Any(i => dimensions[i] > 1 && strides[i] != expected[i]);
    }

    private static ReadOnlyMemory<T> Pick<T>(
        ReadOnlyMemory<T> source, int[] dimensions, long[] strides, long offset, int count)
    {
        T[] picked = new T[count];
        ReadOnlySpan<T> from = source.Span;
        int[] index = new int[dimensions.Length];
        for (int i = 0; i < count; i++)
        {
            picked[i] = from[(int)offset];
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < dimensions[axis])
                {
                    break;
                }

                offset -= strides[axis] * dimensions[axis];
                index[axis] = 0;
            }
        }

        return picked;
    }

    private static ReadOnlyMemory<T> Join<T>(ReadOnlyMemory<T>[] parts, int[] dimensions, int axis)
    {
        T[] joined = new T[Count(dimensions)];
        int outer = (int)Count(dimensions[..axis]);
        int filled = 0;
        for (int i = 0; i < outer; i++)
        {
            foreach (ReadOnlyMemory<T> part in parts)
            {
                int block = part.Length / outer;
                part.Span.Slice(i * block, block).CopyTo(joined.AsSpan(filled));
                filled += block;
            }
        }

        return joined;
    }
}
