namespace Recurrent.Formats.Onnx;

/// <summary>Weights in integers with factors, which become the float weights that they stand for.</summary>
internal static class Quantization
{
    /// <summary>ONNX Runtime's LSTM over quantized weights: a layer with these weights as float ones.</summary>
    public static IReadOnlyList<Value?> Lstm(NodeContext context)
    {
        ConstantValue w = Weights(context, 1, 8, "W");
        ConstantValue r = Weights(context, 2, 10, "R");
        Value?[] inputs = [.. Enumerable.Range(0, 8).Select(i => i == 1 ? w : i == 2 ? r : context.Optional(i))];
        context.Interpreter.Note(
            ImportNoteKind.Assumed, context.Name, "quantized weights became float ones; ONNX Runtime also rounds inputs and states to 8 bits, which is not done here");
        return RecurrentOperators.Apply(new NodeContext(context.Node, inputs, context.Interpreter));
    }

    /// <summary>Constants as the numbers that they stand for.</summary>
    public static Value DequantizeLinear(NodeContext context)
    {
        ConstantValue value = Integers(context, context.Required(0) as ConstantValue
            ?? throw context.Refuse($"only constants can be dequantized, found {context.Required(0)}: quantized models are not supported"));
        ConstantValue scale = Factors(context, context.Constant(1, "x_scale"));
        ConstantValue? zero = context.Optional(2) is null ? null : Integers(context, context.Constant(2, "x_zero_point"));
        long block = context.Node.Integer("block_size", 0);
        int axis = scale.Tensor.ElementCount == 1 && block == 0 ? 0 : context.Axis(context.Node.Integer("axis", 1), value.Rank);
        int length = value.Rank == 0 ? 1 : value.Dimensions[axis];
        int inner = (int)ConstantTensors.Count([.. value.Dimensions.Skip(axis + 1)]);
        if (block != 0)
        {
            return Blocks(context, value, scale, zero, axis, block);
        }

        int factors = scale.Tensor.ElementCount;
        if (factors != 1 && (scale.Rank != 1 || factors != length))
        {
            throw context.RefuseInput(scale, $"x_scale as one number, or as {length} along axis {axis} of {value}");
        }

        return Dequantize(context, value, scale, zero, i => factors == 1 ? 0 : i / inner % length);
    }

    private static ConstantValue Blocks(
        NodeContext context, ConstantValue value, ConstantValue scale, ConstantValue? zero, int axis, long block)
    {
        int[] expected = [.. value.Dimensions.Select((length, i) => i == axis ? (int)((length + block - 1) / Math.Max(1, block)) : length)];
        if (block is < 1 or > int.MaxValue || !scale.Dimensions.SequenceEqual(expected))
        {
            throw context.RefuseInput(scale, $"x_scale [{string.Join(", ", expected)}] for blocks of {block}");
        }

        int inner = (int)ConstantTensors.Count([.. value.Dimensions.Skip(axis + 1)]);
        int length = value.Dimensions[axis];
        return Dequantize(
            context, value, scale, zero, i => (((i / inner / length * expected[axis]) + (int)(i / inner % length / block)) * inner) + (i % inner));
    }

    private static ConstantValue Dequantize(
        NodeContext context, ConstantValue value, ConstantValue scale, ConstantValue? zero, Func<int, int> factorOf)
    {
        if (zero is not null && zero.Tensor.ElementCount != scale.Tensor.ElementCount)
        {
            throw context.RefuseInput(zero, $"{scale.Tensor.ElementCount} zero points");
        }

        context.Take(value.Tensor.ElementCount, areFloating: true);
        ReadOnlySpan<long> integers = value.Integers().Span;
        ReadOnlySpan<float> factors = scale.Singles().Span;
        ReadOnlySpan<long> zeros = zero is null ? default : zero.Integers().Span;
        float[] numbers = new float[integers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            int factor = factorOf(i);
            numbers[i] = (integers[i] - (zeros.IsEmpty ? 0 : zeros[factor])) * factors[factor];
        }

        return ConstantValue.Of([.. value.Dimensions], numbers.AsMemory());
    }

    /// <summary>Weights <c>[directions, inputs, 4 units]</c> as ONNX has them elsewhere: <c>[directions, 4 units, inputs]</c>.</summary>
    private static ConstantValue Weights(NodeContext context, int index, int factors, string name)
    {
        ConstantValue value = Integers(context, context.Constant(index, name));
        ConstantValue scale = Factors(context, context.Constant(factors, $"{name}_scale"));
        ConstantValue? zero = context.Optional(factors + 1) is null
            ? null
            : Integers(context, context.Constant(factors + 1, $"{name}_zero_point"));
        bool isOfColumns = scale.Rank == 2;
        if (value.Rank != 3 || value.Dimensions.Contains(0)
            || !scale.Dimensions.SequenceEqual(isOfColumns ? [value.Dimensions[0], value.Dimensions[2]] : [value.Dimensions[0]]))
        {
            throw context.Refuse($"{name}: expected [directions, inputs, 4 * units], a factor of each direction or of each column, "
                + $"found {value} and {scale}");
        }

        int columns = value.Dimensions[2];
        int all = value.Dimensions[1] * columns;
        ConstantValue numbers = Dequantize(
            context, value, scale, zero, i => isOfColumns ? (i / all * columns) + (i % columns) : i / all);
        return ConstantTensors.Transpose(context, numbers, [0, 2, 1]);
    }

    private static ConstantValue Integers(NodeContext context, ConstantValue value)
    {
        if (value.IsSpread || value.Tensor.IsFloating)
        {
            throw context.RefuseInput(value, "integers");
        }

        context.Take(value.Tensor.ElementCount, areFloating: false);
        return value;
    }

    private static ConstantValue Factors(NodeContext context, ConstantValue value)
    {
        if (value.IsSpread || !value.Tensor.IsFloating)
        {
            throw context.RefuseInput(value, "factors");
        }

        context.Take(value.Tensor.ElementCount, areFloating: true);
        return value;
    }
}
