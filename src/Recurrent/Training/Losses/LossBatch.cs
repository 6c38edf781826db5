using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// Predictions and targets of a batch. A position is a row, or a step of a row for a model that puts out every step;
/// positions lie row by row.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
public readonly ref struct LossBatch<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What the model put out, <c>[positions, features]</c>.</summary>
    public required ReadOnlySpan<T> Predictions { get; init; }

    /// <summary>What it should have put out, <c>[positions, features]</c>; empty where targets are classes.</summary>
    public ReadOnlySpan<T> Targets { get; init; }

    /// <summary>The class of each position, <c>[positions]</c>; empty where targets are numbers.</summary>
    public ReadOnlySpan<int> Classes { get; init; }

    /// <summary>Which positions count, <c>[positions]</c>; empty if all do.</summary>
    public ReadOnlySpan<bool> Counts { get; init; }

    /// <summary>
    /// What each position weighs in a loss, <c>[positions]</c>; empty if all weigh 1, and for metrics.
    /// </summary>
    public ReadOnlySpan<T> Weights { get; init; }

    /// <summary>Features of a prediction.</summary>
    public required int Features { get; init; }

    /// <summary>Number of positions.</summary>
    public int Positions => Predictions.Length / Features;

    /// <summary>Whether a position counts.</summary>
    /// <param name="position">The position.</param>
    /// <returns>Whether it does.</returns>
    public bool Has(int position) => Counts.IsEmpty || Counts[position];

    /// <summary>What a position weighs.</summary>
    /// <param name="position">The position.</param>
    /// <returns>The weight.</returns>
    public T WeightAt(int position) => Weights.IsEmpty ? T.One : Weights[position];

    /// <summary>The prediction of a position.</summary>
    /// <param name="position">The position.</param>
    /// <returns><c>[features]</c></returns>
    public ReadOnlySpan<T> PredictionAt(int position) => Predictions.Slice(position * Features, Features);

    /// <summary>The target of a position.</summary>
    /// <param name="position">The position.</param>
    /// <returns><c>[features]</c></returns>
    public ReadOnlySpan<T> TargetAt(int position) => Targets.Slice(position * Features, Features);
}
