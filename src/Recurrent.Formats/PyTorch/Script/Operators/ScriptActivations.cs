using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Elementwise functions, softmax, and what does nothing at inference.</summary>
internal static class ScriptActivations
{
    // Behind this PyTorch's softplus is its argument, which is the same to the last bit of a float.
    private const double SoftplusThreshold = 20;

    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.relu"] = arguments => Apply(arguments, "Relu"),
            ["torch.tanh"] = arguments => Apply(arguments, "Tanh"),
            ["torch.sigmoid"] = arguments => Apply(arguments, "Sigmoid"),
            ["torch.abs"] = arguments => Apply(arguments, "Abs"),
            ["torch.exp"] = arguments => Apply(arguments, "Exp"),
            ["torch.log"] = arguments => Apply(arguments, "Log"),
            ["torch.maximum"] = arguments => arguments.Emit("Max", [arguments.Tensor(0, "self"), arguments.Tensor(1, "other")]),
            ["torch.minimum"] = arguments => arguments.Emit("Min", [arguments.Tensor(0, "self"), arguments.Tensor(1, "other")]),
            ["torch.softsign"] = arguments => Apply(arguments, "Softsign"),
            ["torch.hardsigmoid"] = arguments => Apply(arguments, "HardSigmoid", ("alpha", 1f / 6), ("beta", 0.5f)),
            ["torch.leaky_relu"] = arguments => Apply(arguments, "LeakyRelu", ("alpha", (float)arguments.Real(1, "negative_slope", 0.01))),
            ["torch.elu"] = Elu,
            ["torch.celu"] = arguments => Apply(arguments, "Celu", ("alpha", (float)arguments.Real(1, "alpha", 1))),
            ["torch.gelu"] = Gelu,
            ["torch.hardswish"] = arguments => Apply(arguments, "HardSwish"),
            ["torch.mish"] = arguments => Apply(arguments, "Mish"),
            ["torch.log_sigmoid"] = LogSigmoid,
            ["torch.softshrink"] = Softshrink,
            ["torch.threshold"] = Threshold,
            ["torch.rrelu"] = arguments => Apply(
                arguments, "LeakyRelu", ("alpha", (float)((arguments.Real(1, "lower", 1.0 / 8) + arguments.Real(2, "upper", 1.0 / 3)) / 2))),
            ["torch.glu"] = Glu,
            ["torch.selu"] = arguments => Apply(arguments, "Selu"),
            ["torch.softplus"] = Softplus,
            ["torch.silu"] = Silu,
            ["torch.prelu"] = PRelu,
            ["torch.hardtanh"] = arguments => Clip(arguments, arguments.Real(1, "min_val", -1), arguments.Real(2, "max_val", 1)),
            ["torch.relu6"] = arguments => Clip(arguments, 0, 6),
            ["torch.clamp"] = arguments => Clip(
                arguments, arguments.Real(1, "min", double.NegativeInfinity), arguments.Real(2, "max", double.PositiveInfinity)),
            ["torch.clip"] = arguments => Clip(
                arguments, arguments.Real(1, "min", double.NegativeInfinity), arguments.Real(2, "max", double.PositiveInfinity)),
            ["torch.clamp_min"] = arguments => Clip(arguments, arguments.Real(1, "min"), double.PositiveInfinity),
            ["torch.clamp_max"] = arguments => Clip(arguments, double.NegativeInfinity, arguments.Real(1, "max")),
            ["torch.softmax"] = arguments => AlongDimension(arguments, "Softmax"),
            ["torch._softmax"] = arguments => AlongDimension(arguments, "Softmax"),
            ["torch.log_softmax"] = arguments => AlongDimension(arguments, "LogSoftmax"),
            ["torch._log_softmax"] = arguments => AlongDimension(arguments, "LogSoftmax"),
            ["torch.dropout"] = Nothing,
            ["torch.feature_dropout"] = Nothing,
            ["torch.alpha_dropout"] = Nothing,
            ["torch.feature_alpha_dropout"] = Nothing,
        };

    /// <summary>PyTorch has a slope for each element of dimension 1, whatever comes behind it; an operator of a graph, of the last one.</summary>
    private static Value PRelu(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        ConstantValue slopes = arguments.Constant(1, "weight");
        return arguments.Emit(
            "PRelu",
            [value, slopes is { Rank: 1 } && slopes.Dimensions[0] > 1 && arguments.Rank(value) > 2
                ? arguments.Emit("Unsqueeze", [slopes], ("axes", Enumerable.Range(1, arguments.Rank(value) - 2).Select(axis => (long)axis).ToArray()))
                : slopes]);
    }

    private static Value Apply(ScriptArguments arguments, string operation, params IReadOnlyList<(string Name, object Value)> attributes) =>
        arguments.Emit(operation, [arguments.Tensor(0, "self")], attributes);

    private static Value Nothing(ScriptArguments arguments) => arguments.Tensor(0, "input");

    private static Value Elu(ScriptArguments arguments) =>
        arguments.Real(2, "scale", 1) == 1 && arguments.Real(3, "input_scale", 1) == 1
            ? Apply(arguments, "Elu", ("alpha", (float)arguments.Real(1, "alpha", 1)))
            : throw arguments.Refuse("expected scales of 1");

    private static Value Softplus(ScriptArguments arguments)
    {
        double beta = arguments.Real(1, "beta", 1);
        double threshold = arguments.Real(2, "threshold", SoftplusThreshold);
        if (threshold < SoftplusThreshold || beta == 0)
        {
            throw arguments.Refuse($"expected a beta other than 0 and a threshold of at least {SoftplusThreshold}, found {beta} and {threshold}");
        }

        return beta == 1 ? Apply(arguments, "Softplus")
            : Scaled(arguments, arguments.Emit("Softplus", [Scaled(arguments, arguments.Tensor(0, "self"), beta)]), 1 / beta);
    }

    private static Value Gelu(ScriptArguments arguments) => arguments.Get(1, "approximate") switch
    {
        null or "none" => Apply(arguments, "Gelu"),
        "tanh" => Apply(arguments, "Gelu", ("approximate", "tanh")),
        var other => throw arguments.Refuse($"approximate: expected 'none' or 'tanh', found {ScriptText.Of(other)}"),
    };

    /// <summary><c>-softplus(-x)</c>.</summary>
    private static Value LogSigmoid(ScriptArguments arguments) =>
        arguments.Emit("Neg", [arguments.Emit("Softplus", [arguments.Emit("Neg", [arguments.Tensor(0, "self")])])]);

    /// <summary>What a number is beyond limits, and 0 between them.</summary>
    private static Value Softshrink(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        double limit = arguments.Real(1, "lambd", 0.5);
        return arguments.Emit("Sub", [value, Clip(arguments, -limit, limit)]);
    }

    /// <summary>A number where it is above another one, and 0 elsewhere.</summary>
    private static Value Threshold(ScriptArguments arguments) => arguments.Real(2, "value") == 0
        ? Apply(arguments, "ThresholdedRelu", ("alpha", (float)arguments.Real(1, "threshold")))
        : throw arguments.Refuse($"expected 0 below the threshold, found {arguments.Real(2, "value")}");

    /// <summary>One half, and the sigmoid of the other one its factor.</summary>
    private static Value Glu(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        int axis = arguments.Dimension(arguments.Integer(1, "dim", -1), arguments.Rank(value));
        long length = arguments.Shape(value)[axis].Known is { } known && known % 2 == 0
            ? known
            : throw arguments.Refuse($"expected an even number of elements that is known in dimension {axis} of {value}");
        Value gate = ScriptShapes.Slice(arguments, value, axis, length / 2, length);
        return arguments.Emit("Mul", [ScriptShapes.Slice(arguments, value, axis, 0, length / 2), arguments.Emit("Sigmoid", [gate])]);
    }

    private static Value Scaled(ScriptArguments arguments, Value value, double factor) =>
        arguments.Emit("Mul", [value, arguments.AsTensor(factor)]);

    private static Value Silu(ScriptArguments arguments)
    {
        Value value = arguments.Tensor(0, "self");
        return arguments.Emit("Mul", [value, arguments.Emit("Sigmoid", [value])]);
    }

    private static Value Clip(ScriptArguments arguments, double minimum, double maximum)
    {
        var bounds = new List<(string, object)>();
        if (!double.IsNegativeInfinity(minimum))
        {
            bounds.Add(("min", (float)minimum));
        }

        if (!double.IsPositiveInfinity(maximum))
        {
            bounds.Add(("max", (float)maximum));
        }

        return Apply(arguments, "Clip", bounds);
    }

    private static Value AlongDimension(ScriptArguments arguments, string operation)
    {
        Value value = arguments.Tensor(0, "self");
        int axis = arguments.Dimension(arguments.Integer(1, "dim"), arguments.Rank(value));
        return arguments.Emit(operation, [value], ("axis", (long)axis));
    }
}
