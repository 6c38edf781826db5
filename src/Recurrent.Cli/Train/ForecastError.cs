namespace Recurrent.Cli.Train;

/// <summary>How far forecasts are from what came.</summary>
/// <param name="MeanSquared">MSE.</param>
/// <param name="MeanAbsolute">MAE.</param>
/// <param name="Naive">
/// The mean absolute change from a step to the next one in the training part, by which MASE divides (Hyndman and Koehler
/// 2006, "Another look at measures of forecast accuracy").
/// </param>
internal readonly record struct ForecastError(double MeanSquared, double MeanAbsolute, double Naive)
{
    /// <summary>RMSE, in the units of the series.</summary>
    public double RootMeanSquared => Math.Sqrt(MeanSquared);

    /// <summary>MASE; NaN for a training part that never changes.</summary>
    public double Scaled => Naive > 0 ? MeanAbsolute / Naive : double.NaN;
}
