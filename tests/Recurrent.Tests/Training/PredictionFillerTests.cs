using Recurrent.Training;

namespace Recurrent.Tests.Training;

public sealed class PredictionFillerTests
{
    private static readonly PredictionFillerOptions Quick = new() { Window = 8, HiddenSize = 8, Epochs = 60 };

    [Fact]
    public void Predictions_are_nearer_to_a_regular_series_than_statistics_and_the_previous_value()
    {
        float[] whole = Wave(300);
        float[] series = WithGaps(whole);

        float[] filled = MissingValues.FillWithPredictions(series, series, options: Quick);

        double error = Error(whole, filled);
        Assert.True(error < 0.5 * Error(whole, MissingValues.FillWithPrevious<float>(series)), $"{error}");
        Assert.True(error < 0.5 * Error(whole, MissingValues.Fill<float>(series, series, FillStatistic.Mean)), $"{error}");
    }

    [Fact]
    public void What_is_there_keeps_its_bits_and_the_same_seed_gives_the_same_values()
    {
        float[] series = WithGaps(Wave(120));

        float[] filled = MissingValues.FillWithPredictions(series, series, options: Quick);

        Assert.DoesNotContain(filled, float.IsNaN);
        Assert.All(Enumerable.Range(0, series.Length), i => Assert.True(float.IsNaN(series[i]) || series[i] == filled[i]));
        Assert.Equal(filled, MissingValues.FillWithPredictions(series, series, options: Quick));
    }

    [Fact]
    public void Gaps_at_both_ends_and_partly_missing_steps_are_filled()
    {
        float[] series = [.. Wave(60).SelectMany(value => new[] { value, -value })];
        series.AsSpan(0, 6).Fill(float.NaN);
        series.AsSpan(^4..).Fill(float.NaN);
        series[41] = float.NaN;

        float[] filled = MissingValues.FillWithPredictions(series, series, features: 2, Quick);

        Assert.All(filled, value => Assert.InRange(value, -2, 2));
        Assert.Equal(series[40], filled[40]);
    }

    [Fact]
    public void A_fill_from_the_past_does_not_depend_on_what_follows()
    {
        float[] series = WithGaps(Wave(120));
        float[] other = [.. series];
        other[^1] = 5;
        using PredictionFiller filler = PredictionFiller.Fit(series, options: Quick);

        float[] filled = filler.FillFromPast(series);

        Assert.DoesNotContain(filled, float.IsNaN);
        Assert.Equal(filled[..^1], filler.FillFromPast(other)[..^1]);
        Assert.NotEqual(filler.Fill(series)[..^1], filler.Fill(WithLastChanged(series))[..^1]);
    }

    [Fact]
    public void The_forecasters_know_nothing_but_the_training_part()
    {
        float[] series = WithGaps(Wave(120));
        float[] other = [.. series];
        other.AsSpan(80).Fill(3);

        float[] filled = MissingValues.FillWithPredictions(series, series.AsSpan(0, 60), options: Quick);

        Assert.Equal(
            filled[..40], MissingValues.FillWithPredictions(other, series.AsSpan(0, 60), options: Quick)[..40]);
    }

    [Fact]
    public void What_cannot_be_fitted_or_filled_is_refused_by_name()
    {
        float[] empty = [.. Enumerable.Repeat(float.NaN, 20)];
        float[] one = [.. empty];
        one[3] = 1;

        Assert.StartsWith("train: ", Assert.Throws<ArgumentException>(
            () => MissingValues.FillWithPredictions(empty, empty, options: Quick)).Message);
        Assert.StartsWith("train: ", Assert.Throws<ArgumentException>(
            () => MissingValues.FillWithPredictions(one, one, options: Quick)).Message);
        Assert.StartsWith("series: ", Assert.Throws<ArgumentException>(
            () => MissingValues.FillWithPredictions(empty, Wave(40), options: Quick)).Message);
        Assert.Throws<ArgumentException>(() => MissingValues.FillWithPredictions(Wave(5), Wave(40), features: 2, Quick));
    }

    private static float[] Wave(int steps) => [.. Enumerable.Range(0, steps).Select(i => MathF.Sin(0.4f * i))];

    // Ten gaps of 3 steps in 100, always at the same places.
    private static float[] WithGaps(float[] series) =>
        [.. series.Select((value, i) => i % 30 is >= 14 and < 17 ? float.NaN : value)];

    // The step behind a gap, which the prediction from after begins with.
    private static float[] WithLastChanged(float[] series)
    {
        float[] changed = [.. series];
        changed[^(series.Length - 107)] = 0.9f;
        return changed;
    }

    private static double Error(float[] expected, float[] found) =>
        expected.Zip(found, (a, b) => ((double)a - b) * (a - b)).Sum();
}
