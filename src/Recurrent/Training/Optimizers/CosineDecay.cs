using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Half a cosine from the initial rate down to <c>alpha</c> times it (Loshchilov &amp; Hutter 2017; Keras
/// <c>CosineDecay</c>), and from there on no change.
/// </summary>
/// <param name="initialRate">The first rate.</param>
/// <param name="decaySteps">Updates until the lowest rate.</param>
/// <param name="alpha">The lowest rate as a share of the first one.</param>
public sealed class CosineDecay(double initialRate, long decaySteps, double alpha = 0) : LearningRateSchedule
{
    private readonly double _initialRate = Rate(initialRate, nameof(initialRate));
    private readonly long _decaySteps = Require.Within(decaySteps, 1, long.MaxValue, nameof(decaySteps));
    private readonly double _alpha = Require.Within(alpha, 0, 1, nameof(alpha));

    /// <inheritdoc/>
    public override double At(long update)
    {
        double share = (double)Math.Min(update, _decaySteps) / _decaySteps;
        return _initialRate * (((1 - _alpha) * 0.5 * (1 + Math.Cos(Math.PI * share))) + _alpha);
    }
}
