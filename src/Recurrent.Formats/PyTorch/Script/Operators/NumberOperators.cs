using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Numbers: shapes of tensors, and what the code computes with them.</summary>
internal static class NumberOperators
{
    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.dim"] = arguments => arguments.Get(0, "self") is ScriptPacked
                ? ScriptPacked.Rank
                : (long)arguments.Rank(arguments.Tensor(0, "self")),
            ["torch.size"] = Size,
            ["prim.shape"] = Size,
            ["torch.numel"] = Count,
            ["int"] = arguments => Integer(arguments),
            ["torch.Int"] = arguments => Integer(arguments),
            ["torch.item"] = arguments => Integer(arguments),
            ["float"] = arguments => Real(arguments),
            ["torch.Float"] = arguments => Real(arguments),
            ["bool"] = Truth,
            ["torch.Bool"] = Truth,
            ["prim.NumToTensor"] = arguments => arguments.Tensor(0, "a"),
            ["torch.tensor"] = Tensor,
            ["torch.scalar_tensor"] = Tensor,
            ["torch.as_tensor"] = Tensor,
            ["torch.lt"] = arguments => Compare(arguments, (left, right) => left < right),
            ["torch.le"] = arguments => Compare(arguments, (left, right) => left <= right),
            ["torch.gt"] = arguments => Compare(arguments, (left, right) => left > right),
            ["torch.ge"] = arguments => Compare(arguments, (left, right) => left >= right),
            ["torch.floordiv"] = arguments => Whole(arguments, 1, FloorDivide),
            ["torch.floor_divide"] = arguments => Whole(arguments, 1, FloorDivide),
            ["torch.remainder"] = arguments => Whole(arguments, 0, (left, right) => left - (FloorDivide(left, right) * right)),
            ["prim.min"] = arguments => Whole(arguments, null, Math.Min),
            ["prim.max"] = arguments => Whole(arguments, null, Math.Max),
        };

    /// <summary>Two numbers that a function of arithmetic computes with; null if it is given something else.</summary>
    public static object? Compute(ScriptArguments arguments, Func<Extent, Extent, Extent?> whole, Func<double, double, double> real)
    {
        object? left = arguments.Get(0, "self");
        object? right = arguments.Get(1, "other");
        if (left is ScriptStep step && right is long more && arguments.Function is "torch.add" or "torch.sub")
        {
            return new ScriptStep(unchecked(arguments.Function == "torch.add" ? step.Offset + more : step.Offset - more));
        }

        bool areNumbers = left is long or double or bool or Extent && right is long or double or bool or Extent;
        if (!areNumbers)
        {
            return null;
        }

        if (left is double || right is double)
        {
            return real(arguments.Real(0, "self"), arguments.Real(1, "other"));
        }

        Extent a = ScriptArguments.Number(left)!.Value;
        Extent b = ScriptArguments.Number(right)!.Value;
        return ScriptArguments.Boxed(whole(a, b) ?? throw arguments.Refuse($"cannot compute with {a} and {b}"));
    }

    private static object Size(ScriptArguments arguments)
    {
        if (arguments.Get(0, "self") is ScriptBatchSizes sizes)
        {
            return sizes.Steps(arguments);
        }

        if (arguments.Get(0, "self") is ScriptPacked packed && arguments.Integer(1, "dim") is -1 or 1)
        {
            return ScriptArguments.Boxed(arguments.Shape(packed.Flow)[^1]);
        }

        IReadOnlyList<Extent> shape = arguments.Shape(arguments.Tensor(0, "self"));
        if (arguments.Get(1, "dim") is null)
        {
            return new ScriptList(shape.Select(extent => (object?)ScriptArguments.Boxed(extent)));
        }

        Extent length = shape[arguments.Dimension(arguments.Integer(1, "dim"), shape.Count)];
        arguments.Script.Sizes.Ask(length.Known);
        return ScriptArguments.Boxed(length);
    }

    private static object Count(ScriptArguments arguments)
    {
        if (arguments.Get(0, "self") is ScriptOrder)
        {
            // How many rows there are: the numbers up to that put rows in another order.
            return 0L;
        }

        Extent product = Extent.Of(1);
        foreach (Extent length in arguments.Shape(arguments.Tensor(0, "self")))
        {
            product = product * length ?? throw arguments.Refuse("the number of elements is too large");
        }

        return ScriptArguments.Boxed(product);
    }

    private static object Integer(ScriptArguments arguments) => arguments.Get(0, "a") switch
    {
        double number when Math.Abs(number) < int.MaxValue => (long)number,
        var other when ScriptArguments.Number(other) is { } number => ScriptArguments.Boxed(number),
        ConstantValue { IsSpread: false, Tensor: { ElementCount: 1, IsFloating: true } } one => (double)one.Singles().Span[0],
        var other => throw arguments.Refuse($"expected a number that does not depend on the data, found {ScriptText.Of(other)}"),
    };

    private static object Real(ScriptArguments arguments) =>
        ScriptArguments.Number(arguments.Get(0, "a")) is { Known: null } open ? open : arguments.Real(0, "a");

    private static object Truth(ScriptArguments arguments) => arguments.Get(0, "a") switch
    {
        bool flag => flag,
        ScriptUndecided undecided => undecided,
        double number => number != 0,
        var other when ScriptArguments.Number(other) is { } number =>
            number.IsEqualTo(Extent.Of(0)) is { } isZero ? !isZero : new ScriptUndecided($"whether {number} is 0"),
        Value value => new ScriptUndecided($"{value}"),
        var other => throw arguments.Refuse($"expected a condition, found {ScriptText.Of(other)}"),
    };

    private static object Tensor(ScriptArguments arguments)
    {
        if (ScriptLists.Items(arguments.Get(0, "data")) is not { } items)
        {
            return arguments.Tensor(0, "data");
        }

        if (items.All(item => ScriptArguments.Number(item) is not null))
        {
            return ExtentsValue.Create(arguments.Extents(items.ToArray(), "data"), isScalar: false);
        }

        float[] values = [.. items.Select(item => item is double or long
            ? (float)Convert.ToDouble(item, null)
            : throw arguments.Refuse($"data: expected numbers, found {ScriptText.Of(item)}"))];
        return ConstantValue.Of([values.Length], values.AsMemory());
    }

    private static object Compare(ScriptArguments arguments, Func<double, double, bool> compare)
    {
        object? left = arguments.Get(0, "a");
        object? right = arguments.Get(1, "b");
        if (left is double or long && right is double or long)
        {
            return compare(Convert.ToDouble(left, null), Convert.ToDouble(right, null));
        }

        return ScriptArguments.Number(left)?.Known is { } a && ScriptArguments.Number(right)?.Known is { } b
            ? compare(a, b)
            : LanguageOperators.Undecided(arguments);
    }

    private static object Whole(ScriptArguments arguments, long? neutral, Func<long, long, long> compute)
    {
        Extent left = Operand(arguments, 0);
        Extent right = Operand(arguments, 1);
        return left.Known is { } a && right.Known is { } b && (b != 0 || neutral is null) ? compute(a, b)
            : neutral == 1 && right.Known == 1 ? ScriptArguments.Boxed(left)
            : throw arguments.Refuse($"cannot compute with {left} and {right}");
    }

    private static Extent Operand(ScriptArguments arguments, int index) => ScriptArguments.Number(arguments.Get(index, ""))
        ?? throw arguments.Refuse($"expected numbers, found {ScriptText.Of(arguments.Get(index, ""))}");

    private static long FloorDivide(long left, long right)
    {
        // The lowest number has no opposite.
        if (right == -1)
        {
            return unchecked(-left);
        }

        long quotient = left / right;
        return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
    }
}
