using System.Numerics;

namespace Recurrent.Training;

/// <summary>How good predictions are: a mean over all positions that count.</summary>
public abstract class Metric
{
    /// <summary>What it is called in a history, as Keras calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether targets are classes (integers) and not numbers.</summary>
    public virtual bool NeedsClasses => false;

    /// <summary>The sum over all positions that count.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="batch">Predictions and targets.</param>
    /// <returns>The sum.</returns>
    public abstract double Sum<T>(in LossBatch<T> batch)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>What is reported for a mean.</summary>
    /// <param name="mean">The mean over all positions.</param>
    /// <returns>The metric; the mean itself unless it says otherwise.</returns>
    public virtual double Finish(double mean) => mean;
}
