using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary><c>initial factor^floor(update / every)</c> (PyTorch <c>StepLR</c>, counted in updates).</summary>
/// <param name="initialRate">The first rate.</param>
/// <param name="every">Updates between two changes.</param>
/// <param name="factor">What the rate is multiplied by.</param>
public sealed class StepDecay(double initialRate, long every, double factor = 0.1) : LearningRateSchedule
{
    private readonly double _initialRate = Rate(initialRate, nameof(initialRate));
    private readonly long _every = Require.Within(every, 1, long.MaxValue, nameof(every));
    private readonly double _factor = Rate(factor, nameof(factor));

    /// <inheritdoc/>
    public override double At(long update) => _initialRate * Math.Pow(_factor, update / _every);
}
