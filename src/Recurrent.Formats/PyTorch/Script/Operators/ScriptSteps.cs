using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Functions over time: means, maxima, sums, windows, lengths of rows.</summary>
internal static class ScriptSteps
{
    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.mean"] = arguments => Reduce(arguments, "ReduceMean"),
            ["torch.sum"] = arguments => Reduce(arguments, "ReduceSum"),
            ["torch.amax"] = arguments => Reduce(arguments, "ReduceMax"),
            ["torch.max"] = Maximum,
            ["torch.flip"] = Flip,
            ["torch.max_pool1d"] = arguments => Pool(arguments, "MaxPool", arguments.Integers(4, "dilation", 1), arguments.Flag(5, "ceil_mode", false)),
            ["torch.max_pool1d_with_indices"] = arguments => new object?[]
            {
                Pool(arguments, "MaxPool", arguments.Integers(4, "dilation", 1), arguments.Flag(5, "ceil_mode", false)),
                new ScriptOpaque("the places of the largest values"),
            },
            ["torch.avg_pool1d"] = arguments => Pool(
                arguments,
                "AveragePool",
                [1],
                arguments.Flag(4, "ceil_mode", false),
                ("count_include_pad", arguments.Flag(5, "count_include_pad", true) ? 1L : 0L)),
            ["torch.adaptive_avg_pool1d"] = arguments => Adaptive(arguments, "GlobalAveragePool"),
            ["torch.adaptive_max_pool1d"] = arguments => new object?[]
            {
                Adaptive(arguments, "GlobalMaxPool"), new ScriptOpaque("the places of the largest values"),
            },
            ["torch.constant_pad_nd"] = Pad,
            ["torch.pad"] = Pad,
            ["torch._pack_padded_sequence"] = Pack,
            ["torch._pad_packed_sequence"] = Unpack,
            ["torch.sort"] = Sort,
            ["torch.argsort"] = arguments => Sort(arguments)[1],
            ["torch.index_select"] = IndexSelect,
            ["torch.index"] = arguments => ScriptLists.Items(arguments.Get(1, "indices")) is [ScriptOrder]
                ? arguments.Get(0, "self")
                : throw arguments.Refuse("elements that are chosen one by one are not part of a recurrent model"),
            ["torch.scatter_"] = arguments => arguments.Get(3, "src") is ScriptRange && arguments.Get(2, "index") is ScriptOrder
                ? new ScriptOrder()
                : throw arguments.Refuse("scattering values is not part of a recurrent model"),
            ["torch.empty_like"] = arguments => arguments.Get(0, "self") is ScriptOrder order
                ? order
                : throw arguments.Refuse("what is in memory that nobody has set is no part of a model"),
            ["torch.arange"] = arguments => new ScriptRange(),
        };

    private static Value Reduce(ScriptArguments arguments, string operation)
    {
        Value value = arguments.Tensor(0, "self");
        if (arguments.Get(1, "dim") is null)
        {
            throw arguments.Refuse($"expected the dimension that is taken together, found none for {value}");
        }

        int rank = arguments.Rank(value);
        long[] axes = [.. arguments.Integers(1, "dim").Select(axis => (long)arguments.Dimension(axis, rank))];
        return arguments.Emit(
            operation, [value], ("axes", axes), ("keepdims", arguments.Flag(2, "keepdim", false) ? 1L : 0L));
    }

    private static object? Maximum(ScriptArguments arguments)
    {
        if (arguments.Get(1, "dim") is Value other)
        {
            return arguments.Emit("Max", [arguments.Tensor(0, "self"), other]);
        }

        return new object?[] { Reduce(arguments, "ReduceMax"), new ScriptOpaque("the places of the largest values") };
    }

    private static Value Flip(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        foreach (long dimension in arguments.Integers(1, "dims"))
        {
            value = ScriptShapes.Slice(arguments, value, arguments.Dimension(dimension, arguments.Rank(value)), -1, long.MinValue, -1);
        }

        return value;
    }

    private static Value Pool(
        ScriptArguments arguments, string operation, long[] dilations, bool isCeiling, params (string, object)[] attributes)
    {
        if (isCeiling)
        {
            throw arguments.Refuse("ceil_mode, with windows that are not whole, is not supported");
        }

        Value pooled = arguments.Tensor(0, "self");
        if (arguments.Extents(1, "kernel_size") is [{ Known: null } window] && window.Same(arguments.Shape(pooled)[^1]))
        {
            return arguments.Emit($"Global{operation}", [pooled]);
        }

        long[] kernel = arguments.Integers(1, "kernel_size");
        long[] stride = arguments.Integers(2, "stride");
        long[] padding = arguments.Integers(3, "padding", 0);
        if (kernel.Length != 1 || padding.Length != 1 || dilations.Length != 1 || stride.Length > 1)
        {
            throw arguments.Refuse("expected windows over one dimension");
        }

        return arguments.Emit(
            operation,
            [pooled],
            [
                ("kernel_shape", kernel), ("strides", stride.Length == 0 ? kernel : stride), ("pads", new[] { padding[0], padding[0] }),
                .. operation == "MaxPool" ? new (string, object)[] { ("dilations", dilations) } : [],
                .. attributes,
            ]);
    }

    private static Value Adaptive(ScriptArguments arguments, string operation) => arguments.Integers(1, "output_size") is [1]
        ? arguments.Emit(operation, [arguments.Tensor(0, "self")])
        : throw arguments.Refuse("windows that depend on the number of steps are not supported; expected one of all steps");

    private static Value Pad(ScriptArguments arguments)
    {
        long[] pads = arguments.Integers(1, "pad");
        Value value = arguments.Tensor(0, "self");
        int rank = arguments.Rank(value);
        bool isConstant = arguments.Get(2, "mode") is not string mode || mode == "constant";
        double fill = arguments.Get(arguments.Function == "torch.pad" ? 3 : 2, "value") is null
            ? 0
            : arguments.Real(arguments.Function == "torch.pad" ? 3 : 2, "value", 0);
        if (!isConstant || pads.Length % 2 != 0 || pads.Length > 2 * rank || fill != 0)
        {
            throw arguments.Refuse("expected zeros in front of and behind the steps");
        }

        // The last dimension comes first, and of each how much stands before and behind it.
        long[] all = new long[2 * rank];
        for (int i = 0; i < pads.Length / 2; i++)
        {
            all[rank - 1 - i] = pads[2 * i];
            all[(2 * rank) - 1 - i] = pads[(2 * i) + 1];
        }

        return all.All(pad => pad == 0) ? value : arguments.Emit("Pad", [value], ("pads", all), ("mode", "constant"));
    }

    private static object?[] Pack(ScriptArguments arguments)
    {
        Value lengths = arguments.Tensor(1, "lengths");
        if (lengths is FlowValue { Source: InputNode input })
        {
            input.AssignIntegers();
        }

        var packed = new ScriptPacked(arguments.Tensor(0, "input"), lengths, arguments.Flag(2, "batch_first", false));
        return [packed, new ScriptBatchSizes(packed)];
    }

    private static object?[] Unpack(ScriptArguments arguments)
    {
        ScriptPacked packed = arguments.Get(0, "data") as ScriptPacked
            ?? throw arguments.Refuse($"expected packed rows, found {ScriptText.Of(arguments.Get(0, "data"))}");
        if (arguments.Real(3, "padding_value", 0) != 0)
        {
            throw arguments.Refuse("past the end of a row outputs are 0; expected padding_value 0");
        }

        bool isBatchFirst = arguments.Flag(2, "batch_first", false);
        return new object?[]
        {
            isBatchFirst == packed.IsBatchFirst ? packed.Flow : ScriptShapes.Transpose(arguments, packed.Flow, 1, 0, 2),
            packed.Lengths,
        };
    }

    /// <summary>Rows in the order of their lengths: nothing in a model depends on their order, and it is undone later.</summary>
    private static object?[] Sort(ScriptArguments arguments)
    {
        Value lengths = arguments.Tensor(0, "self");
        if (lengths is not FlowValue { Source: InputNode input, Rank: 1 })
        {
            throw arguments.Refuse($"only the lengths of rows can be sorted, found {lengths}");
        }

        input.AssignIntegers();
        return new object?[] { lengths, new ScriptOrder() };
    }

    private static object? IndexSelect(ScriptArguments arguments)
    {
        object? index = arguments.Get(2, "index");
        return index is ScriptOrder ? arguments.Get(0, "self")
            : arguments.Emit(
                "Gather",
                [arguments.Tensor(0, "self"), arguments.Tensor(2, "index")],
                ("axis", (long)arguments.Dimension(arguments.Integer(1, "dim"), arguments.Rank(arguments.Tensor(0, "self")))));
    }
}
