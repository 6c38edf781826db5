using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Functions that change the order, the grouping or the choice of elements.</summary>
internal static class ScriptShapes
{
    // PyTorch's numbers of types: whole numbers below, then those of floating point and complex ones, truth values, and others.
    private const long FirstFloating = 5;
    private const long LastComplex = 10;
    private const long BFloat16 = 15;

    // As many parts as somebody would name one by one.
    private const int MaxParts = 64;

    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.contiguous"] = Same,
            ["torch.clone"] = Same,
            ["torch.detach"] = Same,
            ["torch.alias"] = Same,
            ["torch.lift_fresh"] = Same,
            ["torch.cpu"] = Same,
            ["torch.cuda"] = Same,
            ["torch.to"] = To,
            ["torch.type_as"] = arguments => ToTypeOf(arguments, arguments.Get(1, "other")),
            ["torch.float"] = Same,
            ["torch.requires_grad_"] = Same,
            ["torch.long"] = Whole,
            ["torch.int"] = Whole,
            ["torch.transpose"] = Transpose,
            ["torch.swapaxes"] = Transpose,
            ["torch.t"] = arguments => arguments.Rank(arguments.Tensor(0, "self")) < 2 ? arguments.Tensor(0, "self") : Swap(arguments, 0, 1),
            ["torch.numpy_T"] = arguments => arguments.Emit("Transpose", [arguments.Tensor(0, "self")]),
            ["torch.permute"] = Permute,
            ["torch.unsqueeze"] = Unsqueeze,
            ["torch.squeeze"] = Squeeze,
            ["torch.reshape"] = Reshape,
            ["torch.view"] = Reshape,
            ["torch._unsafe_view"] = Reshape,
            ["torch.reshape_as"] = ReshapeAs,
            ["torch.view_as"] = ReshapeAs,
            ["torch.flatten"] = Flatten,
            ["torch.select"] = Select,
            ["torch.slice"] = Slice,
            ["torch.narrow"] = Narrow,
            ["torch.cat"] = Cat,
            ["torch.concat"] = Cat,
            ["torch.stack"] = Stack,
            ["torch.hstack"] = arguments => Join(arguments, arguments.Tensors(0, "tensors"), 1),
            ["torch.chunk"] = Chunk,
            ["torch.unsafe_chunk"] = Chunk,
            ["torch.unsafe_split"] = Split,
            ["torch.split"] = Split,
            ["torch.split_with_sizes"] = Split,
            ["torch.unbind"] = Unbind,
            ["torch.expand"] = Expand,
            ["torch.expand_as"] = arguments => Expand(
                arguments, arguments.Tensor(0, "self"), arguments.Shape(arguments.Tensor(1, "other"))),
            ["torch.repeat"] = Repeat,
            ["torch.zeros"] = arguments => Filled(arguments, arguments.Extents(0, "size"), 0),
            ["torch.ones"] = arguments => Filled(arguments, arguments.Extents(0, "size"), 1),
            ["torch.full"] = arguments => Filled(arguments, arguments.Extents(0, "size"), (float)arguments.Real(1, "fill_value")),
            ["torch.empty"] = arguments => Filled(arguments, arguments.Extents(0, "size"), 0),
            ["torch.new_zeros"] = arguments => Filled(arguments, arguments.Extents(1, "size"), 0),
            ["torch.new_ones"] = arguments => Filled(arguments, arguments.Extents(1, "size"), 1),
            ["torch.new_full"] = arguments => Filled(arguments, arguments.Extents(1, "size"), (float)arguments.Real(2, "fill_value")),
            ["torch.zeros_like"] = arguments => Filled(arguments, arguments.Shape(arguments.Tensor(0, "self")), 0),
            ["torch.ones_like"] = arguments => Filled(arguments, arguments.Shape(arguments.Tensor(0, "self")), 1),
            ["torch.zero_"] = arguments => Written(arguments, Filled(arguments, arguments.Shape(arguments.Tensor(0, "self")), 0)),
            ["torch.copy_"] = arguments => Written(arguments, arguments.Tensor(1, "src")),
        };

    /// <summary>Takes dimensions of one element in.</summary>
    public static Value Unsqueeze(ScriptArguments arguments, Value value, long dimension) =>
        arguments.Emit("Unsqueeze", [value], ("axes", new[] { dimension }));

    /// <summary>Takes a dimension of one element away.</summary>
    public static Value Squeeze(ScriptArguments arguments, Value value, long dimension) =>
        arguments.Emit("Squeeze", [value], ("axes", new[] { dimension }));

    public static Value Transpose(ScriptArguments arguments, Value value, params long[] order) =>
        arguments.Emit("Transpose", [value], ("perm", order));

    public static Value Select(ScriptArguments arguments, Value value, long dimension, Extent index)
    {
        int axis = arguments.Dimension(dimension, arguments.Rank(value));
        return arguments.Emit(
            "Gather", [value, ExtentsValue.Create([index], isScalar: true)], ("axis", (long)axis));
    }

    /// <summary>A step of a list of them, in a loop; null if it is something else.</summary>
    public static Value? Step(ScriptArguments arguments, object? list, object? index) =>
        list is ScriptUnbound steps && index is ScriptStep step && arguments.Script.StepLoop is { } loop
            ? loop.Select(arguments, steps.Flow, steps.Axis, step, steps.IsKept)
            : null;

    private static object Select(ScriptArguments arguments)
    {
        if (arguments.Get(0, "self") is ScriptBatchSizes sizes)
        {
            return sizes.Rows(arguments);
        }

        Value value = arguments.Tensor(0, "self");
        int axis = arguments.Dimension(arguments.Integer(1, "dim"), arguments.Rank(value));
        if (arguments.Get(2, "index") is ScriptStep step)
        {
            return arguments.Script.StepLoop!.Select(arguments, value, axis, step, isKept: false);
        }

        Extent index = arguments.Extents(2, "index")[0];
        bool isFirstOfReverse = index.Known == 0
            && value is FlowValue { Source: not InputNode } steps && steps.Groups[axis] is [{ Role: OnnxAxis.Time }];
        return index.Known is >= 0 && arguments.Shape(value)[axis].Known is null && value is FlowValue && !isFirstOfReverse
            ? throw arguments.Refuse($"element {index} of dimension {axis} of {value}: of a dimension of open length only the last element can be taken. "
                + (value is FlowValue { Source: InputNode, Rank: 3 } && axis == 2
                    ? "Columns of an input that are indices of tables have to be inputs of their own."
                    : ScriptUnbound.OfTraces))
            : Select(arguments, value, axis, index);
    }

    public static Value Slice(ScriptArguments arguments, Value value, int axis, long start, long end, long step = 1) =>
        arguments.Emit(
            "Slice", [value], ("axes", new[] { (long)axis }), ("starts", new[] { start }), ("ends", new[] { end }), ("steps", new[] { step }));

    public static Value Join(ScriptArguments arguments, Value[] values, long dimension)
    {
        // PyTorch passes over a tensor without elements, as one is made before a loop.
        Value[] kept = [.. values.Where(value => value is not ConstantValue { Rank: 1, Tensor.ElementCount: 0 })];
        return kept.Length switch
        {
            0 => throw arguments.Refuse("expected tensors, found none"),
            1 => kept[0],
            _ => arguments.Emit("Concat", kept, ("axis", (long)arguments.Dimension(dimension, arguments.Rank(kept[0])))),
        };
    }

    private static object Same(ScriptArguments arguments) =>
        arguments.Get(0, "self") is ScriptOrder order ? order : arguments.Tensor(0, "self");

    /// <summary>A tensor of another type, which follows the tensor or a device, or stands alone.</summary>
    private static object To(ScriptArguments arguments)
    {
        object? type = arguments.Get(1, "dtype") is long first ? first
            : arguments.Get(2, "dtype") is long second ? second
            : arguments.Get(int.MaxValue, "dtype");
        return type is long number ? number is >= FirstFloating and <= LastComplex or BFloat16 ? Same(arguments) : Whole(arguments)
            : ToTypeOf(arguments, arguments.Get(1, "other"));
    }

    private static object ToTypeOf(ScriptArguments arguments, object? other) =>
        other is ConstantValue { Tensor.IsFloating: false } or ExtentsValue ? Whole(arguments) : Same(arguments);

    /// <summary>
    /// Whole numbers: indices and lengths, which an input has anyway. Of an input of features it would change the numbers.
    /// </summary>
    private static object Whole(ScriptArguments arguments)
    {
        object value = Same(arguments);
        switch (value)
        {
            case FlowValue { Source: InputNode input }:
                arguments.Script.Rounded.TryAdd(input, arguments.Script.Place(arguments.Line));
                break;
            case FlowValue or PendingFlow or ConstantValue { Tensor.IsFloating: true }:
                throw arguments.Refuse($"rounding {value} is not part of a model");
        }

        return value;
    }

    private static Value Written(ScriptArguments arguments, Value value)
    {
        arguments.Script.StepLoop?.RequireOwn(arguments, arguments.Get(0, "self"));
        if (arguments.Get(0, "self") is ConstantValue buffer && arguments.Script.States.Find(buffer) is not null)
        {
            arguments.Script.States.Write(buffer, value, arguments.Script.Place(arguments.Line));
        }
        else if (arguments.Get(0, "self") is not ConstantValue)
        {
            throw arguments.Refuse($"writing into {ScriptText.Of(arguments.Get(0, "self"))} is not understood");
        }

        arguments.Script.Aliases.Change(arguments.Get(0, "self")!, value, arguments.Script.Place(arguments.Line));
        return value;
    }

    private static Value Transpose(ScriptArguments arguments)
    {
        int rank = arguments.Rank(arguments.Tensor(0, "self"));
        return Swap(
            arguments, arguments.Dimension(arguments.Integer(1, "dim0"), rank), arguments.Dimension(arguments.Integer(2, "dim1"), rank));
    }

    private static Value Swap(ScriptArguments arguments, int first, int second)
    {
        Value value = arguments.Tensor(0, "self");
        long[] order = [.. Enumerable.Range(0, arguments.Rank(value)).Select(axis => (long)axis)];
        (order[first], order[second]) = (order[second], order[first]);
        return Transpose(arguments, value, order);
    }

    private static Value Permute(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        int rank = arguments.Rank(value);
        return Transpose(arguments, value, [.. arguments.Integers(1, "dims").Select(axis => (long)arguments.Dimension(axis, rank))]);
    }

    private static Value Unsqueeze(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        return Unsqueeze(arguments, value, arguments.Dimension(arguments.Integer(1, "dim"), arguments.Rank(value) + 1));
    }

    private static Value Squeeze(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        IReadOnlyList<Extent> shape = arguments.Shape(value);
        if (arguments.Get(1, "dim") is null)
        {
            return shape.Any(length => length.Known is null)
                ? throw arguments.Refuse($"which dimensions have one element depends on what the model is given: name one; found {value}")
                : arguments.Emit("Squeeze", [value]);
        }

        int[] axes = [.. arguments.Integers(1, "dim").Select(axis => arguments.Dimension(axis, shape.Count))];
        int open = axes.FirstOrDefault(axis => shape[axis].Known is null, -1);
        long[] single = [.. axes.Where(axis => shape[axis].Known == 1).Select(axis => (long)axis)];
        return open >= 0 ? throw arguments.Refuse($"whether dimension {open} of {value} has one element depends on what the model is given")
            : single.Length == 0 ? value
            : arguments.Emit("Squeeze", [value], ("axes", single));
    }

    private static Value Reshape(ScriptArguments arguments) =>
        Reshape(arguments, arguments.Tensor(0, "self"), arguments.Extents(1, "shape"));

    private static Value ReshapeAs(ScriptArguments arguments) =>
        Reshape(arguments, arguments.Tensor(0, "self"), arguments.Shape(arguments.Tensor(1, "other")));

    private static Value Reshape(ScriptArguments arguments, Value value, IReadOnlyList<Extent> shape) =>
        arguments.Emit("Reshape", [value, ExtentsValue.Create(shape, isScalar: false)]);

    private static Value Flatten(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        IReadOnlyList<Extent> shape = arguments.Shape(value);
        int first = arguments.Dimension(arguments.Integer(1, "start_dim", 0), Math.Max(1, shape.Count));
        int last = arguments.Dimension(arguments.Integer(2, "end_dim", -1), Math.Max(1, shape.Count));
        if (first >= last)
        {
            return value;
        }

        if (first == 1 && last == shape.Count - 1)
        {
            return arguments.Emit("Flatten", [value], ("axis", 1L));
        }

        return Reshape(arguments, value, [.. shape.Take(first), Extent.Of(-1), .. shape.Skip(last + 1)]);
    }

    private static object? Slice(ScriptArguments arguments)
    {
        if (ScriptLists.Items(arguments.Get(0, "self")) is { } items)
        {
            return SliceList(arguments, items);
        }

        Value value = arguments.Tensor(0, "self");
        IReadOnlyList<Extent> shape = arguments.Shape(value);
        if (shape.Count == 0)
        {
            return value;
        }

        int axis = arguments.Dimension(arguments.Integer(1, "dim", 0), shape.Count);
        if (arguments.Get(2, "start") is ScriptStep at && arguments.Get(3, "end") is ScriptStep next && next.Offset == at.Offset + 1)
        {
            return arguments.Script.StepLoop!.Select(arguments, value, axis, at, isKept: true);
        }

        Extent start = arguments.Get(2, "start") is null ? Extent.Of(0) : arguments.Extents(2, "start")[0];
        Extent end = arguments.Get(3, "end") is null ? Extent.Of(long.MaxValue) : arguments.Extents(3, "end")[0];
        long step = arguments.Integer(4, "step", 1);
        bool toEnd = end.Known >= int.MaxValue || end.Same(shape[axis]);
        if (start.Known == 0 && toEnd && step == 1)
        {
            return value;
        }

        // The last one, counted from the beginning.
        long? first = start.Known ?? ((shape[axis] + Extent.Of(-1))?.Same(start) == true ? -1 : null);
        return first is { } known && (toEnd || end.Known is not null)
            ? Slice(arguments, value, axis, known, toEnd ? long.MaxValue : end.Known!.Value, step)
            : throw arguments.Refuse($"cannot slice dimension {axis} of {value} from {start} to {end}");
    }

    private static ScriptList SliceList(ScriptArguments arguments, IReadOnlyList<object?> items)
    {
        // A list has no dimension: its bounds come one place earlier.
        long start = Math.Clamp(Counted(arguments.Integer(1, "start", 0)), 0, items.Count);
        long end = Math.Clamp(Counted(arguments.Integer(2, "end", long.MaxValue)), start, items.Count);
        return arguments.Integer(3, "step", 1) == 1
            ? new ScriptList(items.Skip((int)start).Take((int)(end - start)))
            : throw arguments.Refuse("expected steps of 1 through a list");

        long Counted(long index) => index < 0 ? index + items.Count : index;
    }

    private static Value Narrow(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        int axis = arguments.Dimension(arguments.Integer(1, "dim"), arguments.Rank(value));
        long start = arguments.Integer(2, "start");
        long length = arguments.Integer(3, "length");
        return start is >= 0 and < int.MaxValue && length is > 0 and < int.MaxValue
            ? Slice(arguments, value, axis, start, start + length)
            : throw arguments.Refuse($"cannot take {length} elements from {start} of {value}");
    }

    private static Value Stack(ScriptArguments arguments)
    {
        if (arguments.Get(0, "tensors") is ScriptList { Steps: { } steps })
        {
            // The steps are the first dimension, and go to another one.
            return Move(arguments, steps, arguments.Dimension(arguments.Integer(1, "dim", 0), steps.Rank));
        }

        Value[] values = arguments.Tensors(0, "tensors");
        if (values.Length == 0)
        {
            throw arguments.Refuse("expected tensors, found none");
        }

        int axis = arguments.Dimension(arguments.Integer(1, "dim", 0), arguments.Rank(values[0]) + 1);
        return Join(arguments, [.. values.Select(value => Unsqueeze(arguments, value, axis))], axis);
    }

    private static Value Cat(ScriptArguments arguments)
    {
        if (arguments.Get(0, "tensors") is not ScriptList { Steps: { } steps })
        {
            return Join(arguments, arguments.Tensors(0, "tensors"), arguments.Integer(1, "dim", 0));
        }

        int axis = arguments.Dimension(arguments.Integer(1, "dim", 0), steps.Rank - 1);
        return arguments.Shape(steps)[axis + 1].Known == 1
            ? Move(arguments, (FlowValue)Squeeze(arguments, steps, axis + 1), axis)
            : throw arguments.Refuse($"expected a dimension of one element along which steps follow each other, found dimension {axis} of each step of {steps}");
    }

    /// <summary>The first dimension at another place.</summary>
    private static Value Move(ScriptArguments arguments, FlowValue value, int axis)
    {
        List<long> order = [.. Enumerable.Range(1, value.Rank - 1).Select(i => (long)i)];
        order.Insert(axis, 0);
        return axis == 0 ? value : Transpose(arguments, value, [.. order]);
    }

    private static ScriptList Chunk(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        long chunks = arguments.Integer(1, "chunks");
        int axis = arguments.Dimension(arguments.Integer(2, "dim", 0), arguments.Rank(value));
        long length = KnownLength(arguments, value, axis);
        return chunks is > 0 and <= MaxParts
            ? Parts(arguments, value, axis, length, (length + chunks - 1) / chunks)
            : throw arguments.Refuse($"expected 1 to {MaxParts} parts, found {chunks}");
    }

    private static object Split(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        int axis = arguments.Dimension(arguments.Integer(2, "dim", 0), arguments.Rank(value));
        if (arguments.Get(1, "split_size") is 1L && arguments.Shape(value)[axis].Known is null)
        {
            return new ScriptUnbound(value, axis, IsKept: true);
        }

        long length = KnownLength(arguments, value, axis);
        long[] sizes = arguments.Integers(1, "split_size");
        if (ScriptLists.Items(arguments.Get(1, "split_size")) is null)
        {
            return Parts(arguments, value, axis, length, sizes[0]);
        }

        if (sizes.Length > MaxParts || sizes.Any(size => size < 1 || size > length) || sizes.Sum() != length)
        {
            throw arguments.Refuse($"cannot split dimension {axis} of {value} into [{string.Join(", ", sizes)}]");
        }

        long begin = 0;
        return new ScriptList(sizes.Select(size => (object?)Slice(arguments, value, axis, begin, begin += size)).ToArray());
    }

    private static ScriptList Parts(ScriptArguments arguments, Value value, int axis, long length, long size)
    {
        if (size < 1 || (length + size - 1) / size > MaxParts)
        {
            throw arguments.Refuse($"expected parts of at least 1 element, at most {MaxParts}, found {size} of {length}");
        }

        var parts = new List<object?>();
        for (long begin = 0; begin < length; begin += size)
        {
            parts.Add(Slice(arguments, value, axis, begin, Math.Min(begin + size, length)));
        }

        return new ScriptList(parts);
    }

    private static object Unbind(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        int axis = arguments.Dimension(arguments.Integer(1, "dim", 0), arguments.Rank(value));
        if (arguments.Shape(value)[axis].Known is null)
        {
            return new ScriptUnbound(value, axis, IsKept: false);
        }

        long length = KnownLength(arguments, value, axis);
        return length <= MaxParts
            ? new ScriptList(Enumerable.Range(0, (int)length).Select(i => (object?)Select(arguments, value, axis, Extent.Of(i))).ToArray())
            : throw arguments.Refuse($"expected at most {MaxParts} parts, found {length}");
    }

    private static long KnownLength(ScriptArguments arguments, Value value, int axis) => arguments.Shape(value)[axis].Known
        ?? throw arguments.Refuse($"dimension {axis} of {value} is of open length");

    private static Value Expand(ScriptArguments arguments) =>
        Expand(arguments, arguments.Tensor(0, "self"), arguments.Extents(1, "size"));

    private static Value Expand(ScriptArguments arguments, Value value, IReadOnlyList<Extent> size)
    {
        int missing = size.Count - arguments.Rank(value);
        for (int i = 0; i < missing && value is FlowValue or PendingFlow; i++)
        {
            value = Unsqueeze(arguments, value, 0);
        }

        // Where PyTorch has -1, a length stays.
        Extent[] shape = [.. size.Select(length => length.Known == -1 ? Extent.Of(1) : length)];
        return arguments.Emit("Expand", [value, ExtentsValue.Create(shape, isScalar: false)]);
    }

    private static Value Repeat(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        IReadOnlyList<Extent> repeats = arguments.Extents(1, "repeats");
        for (int missing = repeats.Count - arguments.Rank(value); missing > 0; missing--)
        {
            value = Unsqueeze(arguments, value, 0);
        }

        return arguments.Emit("Tile", [value, ExtentsValue.Create(repeats, isScalar: false)]);
    }

    private static Value Filled(ScriptArguments arguments, IReadOnlyList<Extent> shape, float fill) => arguments.Emit(
        "Expand", [ConstantValue.Of([], new[] { fill }.AsMemory()), ExtentsValue.Create(shape, isScalar: false)]);
}
