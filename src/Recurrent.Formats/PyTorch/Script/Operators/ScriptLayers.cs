using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Derived;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Functions with parameters: linear, embedding, normalizations, convolutions.</summary>
internal static class ScriptLayers
{
    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.linear"] = Linear,
            ["torch.embedding"] = Embedding,
            ["torch.batch_norm"] = BatchNorm,
            ["torch.layer_norm"] = LayerNorm,
            ["torch.conv1d"] = arguments => Conv(arguments, arguments.Integer(6, "groups", 1)),
            ["torch._convolution"] = arguments => arguments.Flag(6, "transposed", false)
                ? throw arguments.Refuse("transposed convolutions are not supported")
                : Conv(arguments, arguments.Integer(8, "groups", 1)),
            ["torch.convolution"] = arguments => arguments.Flag(6, "transposed", false)
                ? throw arguments.Refuse("transposed convolutions are not supported")
                : Conv(arguments, arguments.Integer(8, "groups", 1)),
            ["torch._weight_norm"] = WeightNorm,
            ["torch._weight_norm_interface"] = arguments => new object?[] { WeightNorm(arguments), null },
        };

    private static FlowValue Linear(ScriptArguments arguments)
    {
        ConstantValue weight = arguments.Constant(1, "weight");
        ConstantValue? bias = arguments.Get(2, "bias") is null ? null : arguments.Constant(2, "bias");
        bool fits = weight is { Rank: 2, IsSpread: false, Tensor.IsFloating: true }
            && weight.Dimensions.All(size => size is > 0 and <= LayerSpecification.MaxSize)
            && (bias is null || (bias is { Rank: 1, IsSpread: false, Tensor.IsFloating: true } && bias.Dimensions[0] == weight.Dimensions[0]));
        if (!fits)
        {
            throw arguments.Refuse($"expected a weight [outputs, inputs] and a bias [outputs], found {weight}{(bias is null ? "" : $" and {bias}")}");
        }

        Value input = arguments.Script.States.Step(arguments.Tensor(0, "input"));
        arguments.Script.Sizes.Fit(input, weight.Dimensions[1]);
        arguments.Script.Graph.Require(2);
        return ProductOperators.Linear(arguments.Context("Linear", [input]), weight, bias?.Singles() ?? default);
    }

    private static Value Embedding(ScriptArguments arguments)
    {
        Value indices = arguments.Tensor(1, "indices");
        if (indices is FlowValue { Source: InputNode input })
        {
            input.AssignIntegers();
        }

        return arguments.Emit("Gather", [arguments.Constant(0, "weight"), indices], ("axis", 0L));
    }

    private static Value BatchNorm(ScriptArguments arguments)
    {
        ConstantValue mean = arguments.Constant(3, "running_mean");
        ConstantValue variance = arguments.Constant(4, "running_var");
        int size = mean.Tensor.ElementCount;
        return arguments.Emit(
            "BatchNormalization",
            [
                arguments.Tensor(0, "input"),
                arguments.OptionalTensor(1, "weight") ?? Filled(arguments, size, 1),
                arguments.OptionalTensor(2, "bias") ?? Filled(arguments, size, 0),
                mean,
                variance,
            ],
            ("epsilon", (float)arguments.Real(7, "eps", 1e-5)));
    }

    private static Value LayerNorm(ScriptArguments arguments)
    {
        long[] shape = arguments.Integers(1, "normalized_shape");
        if (shape is not [>= 1 and <= LayerSpecification.MaxSize and long size])
        {
            throw arguments.Refuse($"expected a normalization over the features alone, found one over [{string.Join(", ", shape)}]");
        }

        return arguments.Emit(
            "LayerNormalization",
            [
                arguments.Tensor(0, "input"),
                arguments.OptionalTensor(2, "weight") ?? Filled(arguments, (int)size, 1),
                arguments.OptionalTensor(3, "bias"),
            ],
            ("axis", -1L),
            ("epsilon", (float)arguments.Real(4, "eps", 1e-5)));
    }

    private static Value Conv(ScriptArguments arguments, long groups)
    {
        ConstantValue weight = arguments.Constant(1, "weight");
        if (weight.Rank != 3 || weight.IsSpread)
        {
            throw arguments.Refuse($"expected a convolution over one dimension, found the weight {weight}");
        }

        long kernel = weight.Dimensions[2];
        long stride = One(arguments, 3, "stride", 1);
        long dilation = One(arguments, 5, "dilation", 1);
        (long before, long after) = arguments.Get(4, "padding") switch
        {
            "valid" => (0, 0),
            "same" => (dilation * (kernel - 1) / 2, (dilation * (kernel - 1)) - (dilation * (kernel - 1) / 2)),
            _ => (One(arguments, 4, "padding", 0), One(arguments, 4, "padding", 0)),
        };
        return arguments.Emit(
            "Conv",
            [arguments.Tensor(0, "input"), weight, arguments.OptionalTensor(2, "bias")],
            ("kernel_shape", new[] { kernel }),
            ("strides", new[] { stride }),
            ("dilations", new[] { dilation }),
            ("pads", new[] { before, after }),
            ("group", groups));
    }

    private static long One(ScriptArguments arguments, int index, string name, long otherwise) => arguments.Integers(index, name, otherwise) switch
    {
        [>= 0 and < int.MaxValue and long only] => only,
        var other => throw arguments.Refuse($"{name}: expected one number, found [{string.Join(", ", other)}]"),
    };

    private static ConstantValue Filled(ScriptArguments arguments, int size, float value)
    {
        arguments.Context("Constant", []).Take(size, areFloating: true);
        float[] values = new float[size];
        values.AsSpan().Fill(value);
        return ConstantValue.Of([size], values.AsMemory());
    }

    private static ConstantValue WeightNorm(ScriptArguments arguments)
    {
        ConstantValue directions = arguments.Constant(0, "v");
        ConstantValue lengths = arguments.Constant(1, "g");
        long[] shape = [.. directions.Dimensions.Select(size => (long)size)];
        long[] lengthShape = [.. lengths.Dimensions.Select(size => (long)size)];
        bool fits = directions is { IsSpread: false, Tensor.IsFloating: true, Rank: > 0 }
            && lengths is { IsSpread: false, Tensor.IsFloating: true }
            && NormedTensor.Fits(lengthShape, shape);
        if (!fits)
        {
            throw arguments.Refuse($"expected directions and a length for each, found {directions} and {lengths}");
        }

        arguments.Context("Constant", []).Take(3L * directions.Tensor.ElementCount, areFloating: true);
        float[] values = NormedTensor.Compute(
            lengths.Singles().ToArray(),
            directions.Singles().ToArray(),
            NormedTensor.Slots(lengthShape, lengths.Tensor.ElementCount, shape, directions.Tensor.ElementCount));
        arguments.Script.Graph.Note(ImportNoteKind.Folded, arguments.LayerName, "a weight was computed from its lengths and directions (weight_norm).");
        return ConstantValue.Of([.. directions.Dimensions], values.AsMemory());
    }
}
