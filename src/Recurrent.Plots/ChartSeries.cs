namespace Recurrent.Plots;

/// <summary>A line through points.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its place among all series, which gives it its colour.</param>
/// <param name="Xs">Places of the points.</param>
/// <param name="Ys">Their values.</param>
/// <param name="IsOutline">Whether the points are corners and not values of their own.</param>
internal sealed record ChartLine(
    string Name, int Number, IReadOnlyList<double> Xs, IReadOnlyList<double> Ys, bool IsOutline);

/// <summary>Bars that stand on the horizontal axis.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Number">Their place among all series.</param>
/// <param name="Bars">Edges and heights.</param>
internal sealed record ChartBars(string Name, int Number, IReadOnlyList<(double From, double To, double Value)> Bars);
