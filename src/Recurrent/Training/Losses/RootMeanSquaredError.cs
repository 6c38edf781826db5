namespace Recurrent.Training;

/// <summary>The root of the mean squared error over all positions (Keras <c>root_mean_squared_error</c>).</summary>
public sealed class RootMeanSquaredError : Metric
{
    private static readonly MeanSquaredError Square = new();

    /// <inheritdoc/>
    public override string Name => "root_mean_squared_error";

    /// <inheritdoc/>
    public override double Sum<T>(in LossBatch<T> batch) => Square.Sum(batch);

    /// <inheritdoc/>
    public override double Finish(double mean) => Math.Sqrt(mean);
}
