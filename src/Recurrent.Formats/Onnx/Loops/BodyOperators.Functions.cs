using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <content>Functions, limits among them.</content>
internal sealed partial class BodyOperators
{
    // A cell has three.
    private const int MaxDepth = 8;

    /// <summary>A function that keeps numbers between limits, times a number: hard sigmoids are written so.</summary>
    private RowsValue? Scaled(NodeContext context, RowsValue left, RowsValue right)
    {
        bool isNumber = left.Sum.Terms is [{ Factors.Length: 0 } one] && one.IsAll(one.Coefficients[0]) && one.Coefficients[0] > 0;
        (RowsValue number, RowsValue value) = isNumber ? (left, right) : (right, left);
        if (number.Sum.Terms is not [{ Factors.Length: 0, Coefficients: [var factor, ..] } only] || !only.IsAll(factor) || !(factor > 0)
            || value.Sum.Single is not FunctionAtom function || LimitsOf(function.Activation) is not { Maximum: < float.MaxValue } limits)
        {
            return null;
        }

        Polynomial argument = algebra.Multiply(function.Argument, number.Sum);
        return Clip(
            context, new RowsValue(argument, Broadcast(context, left, right)), (limits.Minimum * factor, limits.Maximum * factor));
    }

    private RowsValue Limit(NodeContext context)
    {
        int data = context.Required(0) is ConstantValue ? 1 : 0;
        if (context.InputCount != 2
            || context.Required(1 - data) is not ConstantValue { IsSpread: false, Tensor: { IsFloating: true, ElementCount: 1 } } limit)
        {
            throw context.Refuse("expected a value and a number");
        }

        float number = limit.Singles().Span[0];
        return Clip(
            context, Rows(context, data), context.Node.Operator == "Max" ? (number, float.MaxValue) : (-float.MaxValue, number));
    }

    /// <summary>Numbers between limits; limits of limits are one pair.</summary>
    private RowsValue Clip(NodeContext context, RowsValue rows, (float Minimum, float Maximum) limits)
    {
        if (rows.Sum.Single is FunctionAtom inner && LimitsOf(inner.Activation) is { } before && limits.Minimum <= limits.Maximum)
        {
            limits = (Math.Clamp(before.Minimum, limits.Minimum, limits.Maximum), Math.Clamp(before.Maximum, limits.Minimum, limits.Maximum));
            rows = new RowsValue(inner.Argument, rows.Dimensions);
        }

        // Six times a sixth is 1 in all but the last bit.
        bool isUnit = limits.Minimum == 0 && MathF.Abs(limits.Maximum - 1) < 1e-6f;
        return Function(context, rows, isUnit ? Activation.HardSigmoid(1, 0) : ActivationOperators.Clipping(limits.Minimum, limits.Maximum));
    }

    private static (float Minimum, float Maximum)? LimitsOf(Activation activation) => activation.Kind switch
    {
        ActivationKind.Relu => (0, float.MaxValue),
        ActivationKind.HardSigmoid when activation is { Alpha: 1, Beta: 0 } => (0, 1),
        ActivationKind.Clip => (activation.Alpha, activation.Beta),
        _ => null,
    };

    private RowsValue Function(NodeContext context, Activation activation) => Function(context, Rows(context, 0), activation);

    private RowsValue Function(NodeContext context, RowsValue rows, Activation activation)
    {
        if (!float.IsFinite(activation.Alpha) || !float.IsFinite(activation.Beta))
        {
            throw context.Refuse("expected finite parameters");
        }

        FunctionAtom function = new(activation, rows.Sum, context.Name);
        return function.Depth <= MaxDepth
            ? new RowsValue(algebra.Of(function), rows.Dimensions)
            : throw context.Refuse($"more than {MaxDepth} functions of each other are not part of a cell");
    }
}
