using Recurrent.Training;

namespace Recurrent.Tests.Training;

public sealed class TimeSeriesTests
{
    [Fact]
    public void Windows_slide_by_the_stride_and_have_the_values_after_them_as_targets()
    {
        float[] series = [0, 1, 2, 3, 4, 5, 6, 7];
        (Sequences<float> x, Targets<float> y) = TimeSeries.Windows<float>(series, window: 3, horizon: 2, stride: 2);
        Assert.Equal((2, 3, 1), (x.Count, x.Time, x.Features));
        Assert.Equal([0, 1, 2, 2, 3, 4], x.Values.ToArray());
        Assert.Equal([3, 4, 5, 6], y.Values.ToArray());
        Assert.Equal(4, TimeSeries.Windows<float>(series, 4).X.Count);
        Assert.Throws<ArgumentException>(() => TimeSeries.Windows<float>(series, 8));
    }

    [Fact]
    public void Windows_of_several_features_keep_steps_together()
    {
        float[] series = [0, 10, 1, 11, 2, 12];
        (Sequences<float> x, Targets<float> y) = TimeSeries.Windows<float>(series, window: 2, features: 2);
        Assert.Equal([0, 10, 1, 11], x.Values.ToArray());
        Assert.Equal([2, 12], y.Values.ToArray());
    }

    [Fact]
    public void A_split_keeps_the_order_and_gives_the_future_its_context()
    {
        double[] series = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        (double[] train, double[] test) = TimeSeries.Split<double>(series, 0.75, context: 2);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], train);
        Assert.Equal([5, 6, 7, 8, 9], test);
        Assert.Equal([7, 8, 9], TimeSeries.Windows<double>(test, 2).Y.Values.ToArray());
        Assert.Throws<ArgumentException>(() => TimeSeries.Split<double>(series, 1));
        Assert.Throws<ArgumentException>(() => TimeSeries.Split<double>(series, 0.05));
    }

    [Fact]
    public void Scalers_know_the_training_part_alone_and_go_back()
    {
        double[] train = [2, 100, 4, 300, double.NaN, 200, 6, 200];
        SeriesScaler<double> scaler = SeriesScalers.MinMax<double>(train, features: 2);
        Assert.Equal([0.5, 2, -0.25, -0.5], scaler.Transform([4, 500, 1, 0]));
        Assert.Equal([4, 500, 1, 0], scaler.InverseTransform([0.5, 2, -0.25, -0.5]));

        SeriesScaler<double> standard = SeriesScalers.Standard<double>([1, 3, 5, 7]);
        Assert.Equal([0, 1], standard.Transform([4, 4 + Math.Sqrt(5)]).Select(value => Math.Round(value, 12)));
        Assert.Equal([0], SeriesScalers.MinMax<double>([3, 3]).Transform([3]));
        Assert.Throws<ArgumentException>(() => SeriesScalers.MinMax<double>([double.NaN]));
    }

    /// <summary>The mean of values that are all 0.1 is another number, and so the deviation from it is not 0.</summary>
    [Fact]
    public void A_column_that_never_changes_is_not_blown_up()
    {
        double[] train = [0.1, 5, 0.1, 6, 0.1, 7];
        SeriesScaler<double> scaler = SeriesScalers.Standard<double>(train, features: 2);
        Assert.Equal([0.1, 6], scaler.Offsets);
        Assert.Equal(1, scaler.Scales[0]);
        Assert.Equal([0, 0], scaler.Transform([0.1, 6]));
    }

    [Fact]
    public void A_share_of_decimals_is_not_rounded_down_by_its_last_bit()
    {
        Assert.Equal(29, TimeSeries.Split<double>(new double[100], 0.29).Train.Length);
        Assert.Equal(57, TimeSeries.Split<double>(new double[100], 0.57).Train.Length);
        Assert.Equal(6, TimeSeries.Split<double>(new double[10], 0.69).Train.Length);
    }

    [Fact]
    public void Numbers_of_features_below_1_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SeriesScalers.MinMax<double>([1], features: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SeriesScalers.MinMax<double>([1], features: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MissingValues.FillWithPrevious<double>([1], features: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MissingValues.Fill<double>([1], [1], 0, features: 0));
    }

    [Fact]
    public void Missing_values_are_dropped_or_filled()
    {
        const float None = float.NaN;
        float[] series = [None, 1, 4, None, 4, 7, None];
        Assert.Equal([1, 4, 4, 7], MissingValues.Drop<float>(series));
        Assert.Equal([1, 1, 4, 4, 4, 7, 7], MissingValues.FillWithPrevious<float>(series));
        Assert.Equal([4, 1, 4, 4, 4, 7, 4], MissingValues.Fill<float>(series, series, FillStatistic.Mean));
        Assert.Equal(
            [2.5f, 1, 4, 2.5f, 4, 7, 2.5f],
            MissingValues.Fill<float>(series, series.AsSpan(0, 4), FillStatistic.Median));
        Assert.Equal([4, 1, 4, 4, 4, 7, 4], MissingValues.Fill<float>(series, series, FillStatistic.Mode));
        Assert.Equal([false, true, true], MissingValues.Mask<float>([1, None, 2, 3, 4, 5], features: 2));
        Assert.Equal([2, 3], MissingValues.Drop<float>([1, None, 2, 3], features: 2));
        Assert.Throws<ArgumentException>(() => MissingValues.FillWithPrevious<float>([None]));
    }

    [Fact]
    public void Folds_expand_and_never_look_ahead()
    {
        IReadOnlyList<(Range Train, Range Validation)> folds = TimeSeries.ExpandingFolds(11, 3, gap: 1);
        Assert.Equal([(..4, 5..7), (..6, 7..9), (..8, 9..11)], folds);
        Assert.Throws<ArgumentException>(() => TimeSeries.ExpandingFolds(3, 3));
    }

    [Fact]
    public void Cross_validation_chooses_the_lowest_mean_and_never_what_diverged()
    {
        IReadOnlyList<(Range Train, Range Validation)> folds = TimeSeries.ExpandingFolds(8, 3);
        (int best, IReadOnlyList<double> scores) = TimeSeries.CrossValidate(
            [1, 2, 3], folds, (size, train, validation) => size == 1 ? double.NaN : size * validation.Start.Value);
        Assert.Equal(2, best);
        Assert.Equal([double.NaN, 8, 12], scores);
    }

    [Fact]
    public void Ragged_rows_are_padded_and_have_lengths()
    {
        Sequences<float> x = Sequences.Ragged<float>([[1, 2, 3, 4], [5, 6]], features: 2);
        Assert.Equal([1, 2, 3, 4, 5, 6, 0, 0], x.Values.ToArray());
        Assert.Equal([2, 1], x.Lengths.ToArray());
        Assert.Equal([1, -1], Targets.RaggedClasses<float>([[1], []]).Classes.ToArray());
        Assert.Throws<ArgumentException>(() => Sequences.Ragged<float>([[1, 2, 3]], features: 2));
        Assert.Throws<ArgumentException>(() => Sequences.Of(new float[5], 2));
        Assert.Throws<ArgumentException>(() => x.WithLengths(new[] { 3, 0 }));
    }
}
