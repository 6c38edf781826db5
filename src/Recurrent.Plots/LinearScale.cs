namespace Recurrent.Plots;

/// <summary>A linear axis. What is not finite is not shown.</summary>
internal sealed class LinearScale : PlotScale
{
    // What lies beyond is drawn here: a margin around it has to be finite, too.
    private const double Largest = 1e300;

    private readonly PlotAxis _axis;

    public LinearScale(PlotAxis axis, IReadOnlyCollection<double> values)
    {
        _axis = axis;
        double[] finite = [.. values.Select(Place).Where(double.IsFinite)];
        double low = finite.Length == 0 ? 0 : finite.Min();
        double high = finite.Length == 0 ? 1 : finite.Max();
        bool isAtZero = axis.HasZero && low >= 0;
        low = axis.HasZero ? Math.Min(0, low) : low;
        high = axis.HasZero ? Math.Max(0, high) : high;
        double least = axis.IsWhole ? 0.5 : Math.Max(1e-9, 1e-3 * Math.Max(Math.Abs(low), Math.Abs(high)));
        (Low, High) = Widen(low, high, least);
        Low = isAtZero ? 0 : Low;
    }

    public override double Place(double value) =>
        double.IsFinite(value) ? Math.Clamp(value, -Largest, Largest) : double.NaN;

    public override IEnumerable<(double Place, string? Label)> Ticks(int most) =>
        RoundTicks.Linear(Low, High, most, _axis.IsWhole).Select(tick => (tick.Value, tick.Label));
}
