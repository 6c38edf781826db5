namespace Recurrent.Training;

/// <summary>The share of features on the right side of a threshold (Keras <c>binary_accuracy</c>).</summary>
/// <param name="threshold">Predictions above it stand for 1: 0.5 for probabilities, 0 for logits.</param>
public sealed class BinaryAccuracy(double threshold = 0.5) : Metric
{
    /// <summary>Predictions above it stand for 1.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override string Name => "binary_accuracy";

    /// <inheritdoc/>
    public override double Sum<T>(in LossBatch<T> batch)
    {
        double sum = 0;
        T threshold = T.CreateTruncating(Threshold);
        T half = T.CreateTruncating(0.5);
        for (int i = 0; i < batch.Predictions.Length; i++)
        {
            bool right = batch.Predictions[i] > threshold == batch.Targets[i] > half;
            sum += right && batch.Has(i / batch.Features) ? 1 : 0;
        }

        return sum / batch.Features;
    }
}
