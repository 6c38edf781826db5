namespace Recurrent.Formats.Onnx;

/// <summary>Operators that make constants and shapes.</summary>
internal static class ConstantOperators
{
    // Whole numbers up to here are the same as floating-point ones.
    private const float MaxNumber = 1 << 24;
    private const int MostDimensions = 16;

    public static Value Constant(NodeContext context)
    {
        GraphNode node = context.Node;
        if (node.Tensor("value") is { } tensor)
        {
            return new ConstantValue(context.Interpreter.Read(tensor));
        }

        if (node.Has("value_float"))
        {
            return ConstantValue.Of([], new[] { node.Single("value_float", 0) }.AsMemory());
        }

        if (node.Has("value_int"))
        {
            return ConstantValue.Of([], new[] { node.Integer("value_int", 0) }.AsMemory());
        }

        if (node.Singles("value_floats") is { } singles)
        {
            context.Take(singles.Count, areFloating: true);
            return ConstantValue.Of([singles.Count], singles.ToArray().AsMemory());
        }

        IReadOnlyList<long> integers = node.Integers("value_ints")
            ?? throw context.Refuse("expected the value as a tensor or as numbers");
        context.Take(integers.Count, areFloating: false);
        return ConstantValue.Of([integers.Count], integers.ToArray().AsMemory());
    }

    public static Value Shape(NodeContext context)
    {
        IReadOnlyList<Extent> shape = ShapeOf(context.Required(0), context);
        long start = Math.Clamp(Counted(context.Node.Integer("start", 0), shape.Count), 0, shape.Count);
        long end = Math.Clamp(Counted(context.Node.Integer("end", shape.Count), shape.Count), start, shape.Count);
        return ExtentsValue.Create([.. shape.Take((int)end).Skip((int)start)], isScalar: false);
    }

    /// <summary><c>ReduceProd</c> of the numbers of a shape.</summary>
    public static Value Product(NodeContext context)
    {
        Value value = context.Required(0);
        if ((Whole(value) ?? ConstantArithmetic.Elements(context, value)) is not { Count: > 0 } numbers || ConstantArithmetic.IsScalar(value))
        {
            throw context.RefuseInput(value, "the numbers of a shape");
        }

        return ExtentsValue.Create([Multiplied(context, numbers)], context.Node.Integer("keepdims", 1) == 0);
    }

    /// <summary>The numbers of a shape that was cast, as TensorFlow casts one to multiply it; null of anything else.</summary>
    private static IReadOnlyList<Extent>? Whole(Value value) =>
        value is ConstantValue { IsSpread: false, Rank: 1, Tensor: { IsFloating: true, ElementCount: <= MostDimensions } } constant
            && constant.Singles().ToArray() is var numbers && numbers.All(number => number >= 0 && number <= MaxNumber && number == MathF.Floor(number))
            ? [.. numbers.Select(number => Extent.Of((int)number))]
            : null;

    /// <summary>How many elements a value has.</summary>
    public static Value Size(NodeContext context) =>
        ExtentsValue.Create([Multiplied(context, ShapeOf(context.Required(0), context))], isScalar: true);

    private static Extent Multiplied(NodeContext context, IReadOnlyList<Extent> numbers)
    {
        Extent product = Extent.Of(1);
        foreach (Extent number in numbers)
        {
            product = product * number ?? throw context.Refuse($"the product of [{string.Join(", ", numbers)}] is too large");
        }

        return product;
    }

    public static Value ConstantOfShape(NodeContext context)
    {
        ConstantValue value = context.Node.Tensor("value") is { } tensor
            ? new ConstantValue(context.Interpreter.Read(tensor))
            : ConstantValue.Of([1], new float[1].AsMemory());
        if (value.Tensor.ElementCount != 1)
        {
            throw context.Refuse($"expected one value to fill with, found {value}");
        }

        return Fill(context, value, context.Required(0));
    }

    public static Value Expand(NodeContext context)
    {
        if (Weights(context) is { } weights)
        {
            return weights;
        }

        if (context.Required(0) is FlowValue flow)
        {
            if (flow.Source is LastIndexNode)
            {
                return StepMasks.Expand(context, flow, context.Required(1));
            }

            // Exporters put one in to be sure of a shape that a value has anyway.
            IReadOnlyList<Extent>? wanted = ConstantArithmetic.Elements(context, context.Required(1));
            Extent[] shape = [.. flow.Shape];
            bool isSame = wanted?.Count == shape.Length
                && !Enumerable.Range(0, shape.Length).Any(i => wanted[i].Known != 1 && !wanted[i].Same(shape[i]));
            return isSame ? flow
                : (wanted is null ? null : TimeOperators.Repeat(context, flow, wanted))
                ?? throw context.RefuseInput(flow, "data whose shape is not changed, or a row that is repeated");
        }

        if (context.Required(0) is ExtentsValue { Elements: [var element] }
            && ConstantArithmetic.Elements(context, context.Required(1)) is [{ Known: null }])
        {
            return new SpreadExtent(element);
        }

        return Fill(context, context.Constant(0, "what is expanded"), context.Required(1));
    }

    /// <summary>Repeats a constant along axes of one element, as often as an axis of the input is long or a number says.</summary>
    public static Value Tile(NodeContext context)
    {
        IReadOnlyList<Extent> repeats = ConstantArithmetic.Elements(context, context.Required(1))
            ?? throw context.RefuseInput(context.Required(1), "numbers of repetitions");
        if (Weights(context) is { } weights)
        {
            return weights;
        }

        if (context.Required(0) is ExtentsValue { Elements: [var element] } && repeats is [{ Known: null }])
        {
            return new SpreadExtent(element);
        }

        if (context.Required(0) is FlowValue flow)
        {
            return TimeOperators.Repeat(context, flow, repeats)
                ?? throw context.RefuseInput(flow, "a row that is repeated, or a constant");
        }

        ConstantValue value = context.Constant(0, "what is repeated");
        bool fits = repeats.Count == value.Rank && value.Rank <= 16
            && !Enumerable.Range(0, value.Rank).Any(i => value.Shape[i].Known != 1 && repeats[i].Known != 1);
        return fits
            ? ConstantTensors.Expand(
                context, value, [.. repeats.Select((times, i) => times.Known == 1 ? value.Shape[i] : times)])
            : throw context.Refuse(
                $"only axes of one element can be repeated, found {value} and [{string.Join(", ", repeats)}]");
    }

    /// <summary>Weights of steps, once for every feature; null if the node repeats something else.</summary>
    private static PendingFlow? Weights(NodeContext context) =>
        context.Required(0) is PendingFlow && ConstantArithmetic.Elements(context, context.Required(1)) is { } target
            ? WeightedSums.Repeat(context, context.Required(0), target)
            : null;

    private static ConstantValue Fill(NodeContext context, ConstantValue value, Value shape)
    {
        IReadOnlyList<Extent> wanted = ConstantArithmetic.Elements(context, shape) ?? throw context.RefuseInput(shape, "a shape");
        if (wanted.Count > 16 || value.IsSpread || wanted.Any(extent => extent.Known is < 0 or > int.MaxValue))
        {
            throw context.Refuse($"cannot fill {shape} with {value}");
        }

        // A length of 1 in the shape that is asked for keeps what the value has there.
        int missing = wanted.Count - value.Rank;
        for (int i = Math.Max(0, missing); i < wanted.Count; i++)
        {
            // PyTorch's exporter leaves zeros for the batch that it was shown, and then asks for any batch.
            if (wanted[i].Known is null && value.Dimensions[i - missing] > 1)
            {
                value = ConstantTensors.Only(context, value, i - missing) ?? value;
            }
        }

        Extent[] extents = missing < 0
            ? throw context.Refuse($"cannot expand {value} to {shape}")
            : [.. wanted.Select((extent, i) => extent.Known == 1 && i >= missing ? value.Shape[i - missing] : extent)];
        return ConstantTensors.Expand(context, value, extents);
    }

    private static IReadOnlyList<Extent> ShapeOf(Value value, NodeContext context) => value switch
    {
        PendingFlow pending => [.. pending.Flow.Shape],
        ConstantValue constant => constant.Shape,
        FlowValue flow => [.. flow.Shape],
        ShapedValue shaped => shaped.Shape,
        ExtentsValue extents => extents.IsScalar ? [] : [Extent.Of(extents.Elements.Count)],
        _ => throw context.RefuseInput(value, "a tensor"),
    };

    private static long Counted(long axis, int rank) => axis < 0 ? axis + rank : axis;
}
