namespace Recurrent.Training;

/// <summary>
/// The share of positions whose largest prediction is that of the target: of the class, or of the largest element of a
/// target that is numbers (Keras <c>sparse_categorical_accuracy</c> and <c>categorical_accuracy</c>).
/// </summary>
public sealed class Accuracy : Metric
{
    /// <inheritdoc/>
    public override string Name => "accuracy";

    private static BinaryAccuracy Binary { get; } = new();

    /// <inheritdoc/>
    public override double Sum<T>(in LossBatch<T> batch)
    {
        if (batch.Features == 1 && batch.Classes.IsEmpty)
        {
            // The largest of one is always the same one: Keras takes "accuracy" of a single output for the binary one.
            return Binary.Sum(batch);
        }

        int right = 0;
        for (int position = 0; position < batch.Positions; position++)
        {
            bool classes = !batch.Classes.IsEmpty;
            if (!batch.Has(position) || (classes && batch.Classes[position] < 0))
            {
                continue;
            }

            int expected = classes ? batch.Classes[position] : Largest.IndexIn(batch.TargetAt(position));
            right += Largest.IndexIn(batch.PredictionAt(position)) == expected ? 1 : 0;
        }

        return right;
    }
}
