using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// A rate that grows linearly to the first one of another schedule, which follows; update <c>i</c> of the first
/// <c>steps</c> has <c>(i + 1) / (steps + 1)</c> of it.
/// </summary>
/// <param name="steps">Updates until the other schedule begins.</param>
/// <param name="after">The other schedule; its updates are counted from there.</param>
public sealed class Warmup(long steps, LearningRateSchedule after) : LearningRateSchedule
{
    private readonly long _steps = Require.Within(steps, 0, long.MaxValue - 1, nameof(steps));
    private readonly LearningRateSchedule _after = after ?? throw new ArgumentNullException(nameof(after));

    /// <inheritdoc/>
    public override double At(long update) => update < _steps
        ? _after.At(0) * (update + 1) / (_steps + 1)
        : _after.At(update - _steps);
}
