using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary><c>initial rate^(update / decaySteps)</c> (Keras <c>ExponentialDecay</c>, not staircase).</summary>
/// <param name="initialRate">The first rate.</param>
/// <param name="decaySteps">Updates after which the rate has been multiplied once.</param>
/// <param name="decayRate">What it is multiplied by.</param>
public sealed class ExponentialDecay(double initialRate, long decaySteps, double decayRate) : LearningRateSchedule
{
    private readonly double _initialRate = Rate(initialRate, nameof(initialRate));
    private readonly long _decaySteps = Require.Within(decaySteps, 1, long.MaxValue, nameof(decaySteps));
    private readonly double _decayRate = Rate(decayRate, nameof(decayRate));

    /// <inheritdoc/>
    public override double At(long update) => _initialRate * Math.Pow(_decayRate, (double)update / _decaySteps);
}
