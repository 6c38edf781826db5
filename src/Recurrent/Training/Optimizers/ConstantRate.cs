namespace Recurrent.Training;

/// <summary>A learning rate that stays. A number is converted to it.</summary>
/// <param name="rate">The rate, 0 or more.</param>
public sealed class ConstantRate(double rate) : LearningRateSchedule
{
    private readonly double _rate = Rate(rate, nameof(rate));

    /// <inheritdoc/>
    public override double At(long update) => _rate;
}
