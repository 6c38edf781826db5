using Recurrent.Training;

namespace Recurrent.Tests.Training;

public sealed class ScheduleTests
{
    [Fact]
    public void Schedules_follow_their_formulas()
    {
        LearningRateSchedule constant = 0.25;
        Assert.Equal(0.25, constant.At(1000));

        StepDecay step = new(1, every: 10, factor: 0.5);
        Assert.Equal([1, 1, 0.5, 0.25], new long[] { 0, 9, 10, 20 }.Select(step.At));

        ExponentialDecay exponential = new(2, decaySteps: 4, decayRate: 0.25);
        Assert.Equal(2, exponential.At(0));
        Assert.Equal(1, exponential.At(2), 1e-12);
        Assert.Equal(0.5, exponential.At(4), 1e-12);

        CosineDecay cosine = new(2, decaySteps: 8, alpha: 0.5);
        Assert.Equal(2, cosine.At(0));
        Assert.Equal(1.5, cosine.At(4), 1e-12);
        Assert.Equal(1, cosine.At(8), 1e-12);
        Assert.Equal(1, cosine.At(100), 1e-12);

        Warmup warmup = new(3, step);
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 0.5], new long[] { 0, 1, 2, 3, 12, 13 }.Select(warmup.At));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantRate(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantRate(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepDecay(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { GlobalClipNorm = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Huber(0));
    }
}
