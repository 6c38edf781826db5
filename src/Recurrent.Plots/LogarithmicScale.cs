namespace Recurrent.Plots;

/// <summary>
/// A logarithmic axis; places are powers of ten. Values of 0 lie on a row below the lowest decade if the axis has a name for
/// it, infinite ones on a row above the highest; what else has no logarithm is not shown.
/// </summary>
internal sealed class LogarithmicScale : PlotScale
{
    private readonly PlotAxis _axis;
    private readonly (double Low, double High)? _powers;
    private readonly double? _zeroRow;
    private readonly double? _infinityRow;

    public LogarithmicScale(PlotAxis axis, IReadOnlyCollection<double> values)
    {
        _axis = axis;
        double[] positive = [.. values.Where(value => value > 0 && double.IsFinite(value))];
        if (positive.Length > 0)
        {
            _powers = Widen(Math.Log10(positive.Min()), Math.Log10(positive.Max()), 0.15);
        }

        (Low, High) = _powers ?? (-0.5, 0.5);
        if (axis.ZeroName is not null && values.Contains(0))
        {
            _zeroRow = _powers is null ? 0 : Math.Floor(Low) - 0.5;
            Low = _zeroRow.Value - 0.5;
        }

        if (values.Contains(double.PositiveInfinity))
        {
            _infinityRow = _powers is null ? (_zeroRow ?? -1) + 1 : Math.Ceiling(High) + 0.5;
            High = _infinityRow.Value + 0.5;
        }
    }

    public override double Place(double value) => value switch
    {
        double.PositiveInfinity => _infinityRow ?? double.NaN,
        > 0 => Math.Log10(value),
        0 => _zeroRow ?? double.NaN,
        _ => double.NaN,
    };

    public override IEnumerable<(double Place, string? Label)> Ticks(int most)
    {
        IEnumerable<(double, string?)> ticks = _powers is { } powers
            ? RoundTicks.Logarithmic(
                Math.Max(double.Epsilon, Math.Pow(10, powers.Low)), Math.Min(double.MaxValue, Math.Pow(10, powers.High)), most)
                .Select(tick => (Math.Log10(tick.Value), tick.Label))
            : [];
        ticks = _zeroRow is { } zero ? ticks.Prepend((zero, _axis.ZeroName)) : ticks;
        return _infinityRow is { } infinity ? ticks.Append((infinity, "∞")) : ticks;
    }
}
