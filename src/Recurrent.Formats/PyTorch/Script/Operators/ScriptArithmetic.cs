using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Sums and products, of numbers, constants and data.</summary>
internal static class ScriptArithmetic
{
    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.add"] = arguments => Sum(arguments, "Add", (a, b) => a + b, (a, b) => a + b),
            ["torch.sub"] = arguments => Sum(arguments, "Sub", Minus, (a, b) => a - b),
            ["torch.rsub"] = arguments => Reversed(arguments),
            ["torch.mul"] = arguments => Product(arguments, "Mul", (a, b) => a * b, (a, b) => a * b),
            ["torch.div"] = arguments => Divide(arguments),
            ["torch.true_divide"] = arguments => Divide(arguments),
            ["torch.neg"] = Negate,
            ["torch.pow"] = Power,
            ["torch.square"] = arguments => arguments.Emit("Mul", [arguments.Tensor(0, "self"), arguments.Tensor(0, "self")]),
            ["torch.matmul"] = MatMul,
            ["torch.mm"] = MatMul,
            ["torch.bmm"] = MatMul,
            ["torch.addmm"] = AddMm,
            ["torch.baddbmm"] = AddMm,
        };

    private static Extent? Minus(Extent left, Extent right) =>
        (right * Extent.Of(-1)) is { } negative ? left + negative : null;

    private static object? Sum(
        ScriptArguments arguments, string operation, Func<Extent, Extent, Extent?> whole, Func<double, double, double> real)
    {
        if (ScriptLists.Items(arguments.Get(0, "self")) is { } first && ScriptLists.Items(arguments.Get(1, "other")) is { } second)
        {
            // A list that is added to itself is twice as long each time.
            arguments.Script.Graph.Require(first.Count + second.Count);
            return new ScriptList(first.Concat(second));
        }

        if (NumberOperators.Compute(arguments, whole, real) is { } number)
        {
            return number;
        }

        (Value left, Value right) = Operands(arguments);
        double alpha = arguments.Real(2, "alpha", 1);
        return arguments.Emit(operation, [left, alpha == 1 ? right : Scaled(arguments, right, alpha)]);
    }

    private static Value Reversed(ScriptArguments arguments)
    {
        (Value left, Value right) = Operands(arguments);
        double alpha = arguments.Real(2, "alpha", 1);
        return arguments.Emit("Sub", [right, alpha == 1 ? left : Scaled(arguments, left, alpha)]);
    }

    private static object? Product(
        ScriptArguments arguments, string operation, Func<Extent, Extent, Extent?> whole, Func<double, double, double> real)
    {
        if (NumberOperators.Compute(arguments, whole, real) is { } number)
        {
            return number;
        }

        (Value left, Value right) = Operands(arguments);
        return arguments.Emit(operation, [left, right]);
    }

    private static object? Divide(ScriptArguments arguments)
    {
        if (arguments.Get(2, "rounding_mode") is not null)
        {
            return arguments.Get(0, "self") is Value and not (ExtentsValue or ConstantValue)
                ? throw arguments.Refuse("rounding is not part of a model")
                : NumberOperators.All["torch.floordiv"](arguments);
        }

        return Product(arguments, "Div", (a, b) => b.Known == 1 ? a : null, (a, b) => a / b);
    }

    /// <summary>Numbers that are given beside tensors are of the tensors' type.</summary>
    private static (Value Left, Value Right) Operands(ScriptArguments arguments)
    {
        Value left = arguments.Tensor(0, "self");
        Value right = arguments.Tensor(1, "other");
        return (Alike(left, right), Alike(right, left));
    }

    private static Value Alike(Value value, Value other)
    {
        bool isFloating = other is FlowValue or PendingFlow || (other is ConstantValue { Tensor.IsFloating: true });
        return isFloating && value is ConstantValue { IsSpread: false, Rank: 0, Tensor.IsFloating: false } whole
            ? ConstantValue.Of([], new[] { (float)whole.Integers().Span[0] }.AsMemory())
            : value;
    }

    private static Value Scaled(ScriptArguments arguments, Value value, double factor) =>
        arguments.Emit("Mul", [value, arguments.AsTensor(factor)]);

    private static object? Negate(ScriptArguments arguments) => arguments.Get(0, "self") switch
    {
        long number => unchecked(-number),
        double number => -number,
        Extent extent => ScriptArguments.Boxed(extent * Extent.Of(-1) ?? throw arguments.Refuse($"cannot compute -{extent}")),
        ConstantValue constant => arguments.Emit(
            "Mul", [constant, arguments.AsTensor(constant.Tensor.IsFloating ? -1.0 : (object)-1L)]),
        _ => arguments.Emit("Neg", [arguments.Tensor(0, "self")]),
    };

    private static object? Power(ScriptArguments arguments)
    {
        if (arguments.Get(0, "self") is long or double && arguments.Get(1, "exponent") is long or double)
        {
            double result = Math.Pow(arguments.Real(0, "self"), arguments.Real(1, "exponent"));
            bool isWhole = arguments.Get(0, "self") is long && arguments.Get(1, "exponent") is long and >= 0 && Math.Abs(result) < int.MaxValue;
            return isWhole ? (long)result : result;
        }

        double exponent = arguments.Real(1, "exponent");
        Value value = arguments.Tensor(0, "self");
        return exponent switch
        {
            1 => value,
            2 => arguments.Emit("Mul", [value, value]),
            _ => throw arguments.Refuse($"only squares are products of values, found the power {exponent}"),
        };
    }

    private static Value MatMul(ScriptArguments arguments) =>
        MatMul(arguments, arguments.Tensor(0, "self"), arguments.Tensor(1, "mat2"));

    private static Value MatMul(ScriptArguments arguments, Value left, Value right)
    {
        if (right is ConstantValue { Rank: 2 } matrix)
        {
            arguments.Script.Sizes.Fit(left, matrix.Dimensions[0]);
        }

        return arguments.Emit("MatMul", [left, right]);
    }

    private static Value AddMm(ScriptArguments arguments)
    {
        double beta = arguments.Real(3, "beta", 1);
        double alpha = arguments.Real(4, "alpha", 1);
        Value product = MatMul(arguments, arguments.Tensor(1, "mat1"), arguments.Tensor(2, "mat2"));
        product = alpha == 1 ? product : Scaled(arguments, product, alpha);
        Value added = arguments.Tensor(0, "self");
        return beta == 0 ? product : arguments.Emit("Add", [product, beta == 1 ? added : Scaled(arguments, added, beta)]);
    }
}
