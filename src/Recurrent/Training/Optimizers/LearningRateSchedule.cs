using System.Diagnostics.CodeAnalysis;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>A learning rate as a function of the update, counted from 0 (Keras <c>LearningRateSchedule</c>).</summary>
public abstract class LearningRateSchedule
{
    /// <summary>The rate of an update.</summary>
    /// <param name="update">Updates before this one.</param>
    /// <returns>The rate.</returns>
    public abstract double At(long update);

    /// <summary>A rate that stays.</summary>
    /// <param name="rate">The rate, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative, infinite or NaN.</exception>
    [SuppressMessage("Usage", "CA2225", Justification = "new ConstantRate says the same.")]
    public static implicit operator LearningRateSchedule(double rate) => new ConstantRate(rate);

    private protected static double Rate(double rate, string argument) =>
        Require.Within(rate, 0, double.MaxValue, argument);
}
