namespace Recurrent.Training;

/// <summary>From a series to sequences and targets, in the order of time.</summary>
public static class TimeSeries
{
    /// <summary>Sliding windows of a series, each with the values that follow it as target.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <param name="window">Steps of a window.</param>
    /// <param name="horizon">Steps of a target: how far ahead is forecast.</param>
    /// <param name="stride">Steps from a window to the next one.</param>
    /// <param name="features">Features of a step.</param>
    /// <returns>
    /// Windows <c>[count, window, features]</c> and targets <c>[count, horizon * features]</c>, copied.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A number is below 1, or the series is too short for one window and its target.
    /// </exception>
    public static (Sequences<T> X, Targets<T> Y) Windows<T>(
        ReadOnlySpan<T> series, int window, int horizon = 1, int stride = 1, int features = 1)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        int steps = Steps(series.Length, features, nameof(series));
        if (steps < (long)window + horizon)
        {
            throw new ArgumentException(
                $"{nameof(series)}: expected at least {(long)window + horizon} steps for a window of {window} and a horizon of "
                + $"{horizon}, found {steps}.",
                nameof(series));
        }

        int count = ((steps - window - horizon) / stride) + 1;
        var x = new T[checked(count * window * features)];
        var y = new T[checked(count * horizon * features)];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<T> from = series[(i * stride * features)..];
            from[..(window * features)].CopyTo(x.AsSpan(i * window * features));
            from.Slice(window * features, horizon * features).CopyTo(y.AsSpan(i * horizon * features));
        }

        return (Sequences.Of(x, count, features), y);
    }

    /// <summary>Cuts a series in two: the past to learn from, the future to be judged by.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <param name="trainShare">Share of the steps that are the past, rounded down.</param>
    /// <param name="context">
    /// Steps of the past that the future begins with: the window, so that the first target of the future is its first step.
    /// </param>
    /// <param name="features">Features of a step.</param>
    /// <returns>Both parts, copied.</returns>
    /// <exception cref="ArgumentException">A part would be empty, or the past does not have as many steps as the context.</exception>
    public static (T[] Train, T[] Test) Split<T>(
        ReadOnlySpan<T> series, double trainShare, int context = 0, int features = 1)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(context);
        int steps = Steps(series.Length, features, nameof(series));

        // A share such as 0.29 is a little less than that, which must not cost a step.
        int train = (int)Math.Floor((steps * trainShare) + 1e-9);
        if (!(trainShare is > 0 and < 1) || train < 1 || train == steps || context > train)
        {
            throw new ArgumentException(
                $"{nameof(trainShare)}: expected a share that leaves steps on both sides and at least the context of "
                + $"{context} before, found {trainShare} of {steps} steps.",
                nameof(trainShare));
        }

        return (series[..(train * features)].ToArray(), series[((train - context) * features)..].ToArray());
    }

    /// <summary>
    /// Parts of data for cross-validation in the order of time: the first part to train on grows from fold to fold, the
    /// part to validate on comes right after it.
    /// </summary>
    /// <param name="count">Number of windows, in the order of time.</param>
    /// <param name="folds">Number of folds, 1 or more.</param>
    /// <param name="gap">
    /// Windows between the two parts that are left out: the horizon less 1, if no target may lie in both.
    /// </param>
    /// <returns>For every fold, what is trained on and what is validated on.</returns>
    /// <exception cref="ArgumentException">There are too few windows.</exception>
    public static IReadOnlyList<(Range Train, Range Validation)> ExpandingFolds(int count, int folds, int gap = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        int size = count / (folds + 1);
        if (size <= gap)
        {
            throw new ArgumentException(
                $"{nameof(count)}: expected at least {((long)gap + 1) * (folds + 1)} windows for {folds} folds and a gap of "
                + $"{gap}, found {count}.",
                nameof(count));
        }

        // What does not divide is trained on from the first fold on, so that all folds validate on as many.
        int rest = count - (size * (folds + 1));
        return
        [
            .. Enumerable.Range(1, folds).Select(fold => (
                ..((fold * size) + rest - gap), ((fold * size) + rest)..(((fold + 1) * size) + rest))),
        ];
    }

    /// <summary>
    /// Time-series cross-validation: scores every candidate (a hidden size, say) on every fold, and chooses the one with
    /// the lowest mean.
    /// </summary>
    /// <typeparam name="TCandidate">What is chosen among.</typeparam>
    /// <param name="candidates">The candidates.</param>
    /// <param name="folds">The folds.</param>
    /// <param name="score">
    /// Trains a candidate on the first part and tells its loss on the second. Scalers belong in here, fitted on the first
    /// part.
    /// </param>
    /// <returns>The best candidate, and the mean score of each.</returns>
    /// <exception cref="ArgumentException">There is no candidate or no fold.</exception>
    public static (TCandidate Best, IReadOnlyList<double> Scores) CrossValidate<TCandidate>(
        IReadOnlyList<TCandidate> candidates,
        IReadOnlyList<(Range Train, Range Validation)> folds,
        Func<TCandidate, Range, Range, double> score)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(folds);
        ArgumentNullException.ThrowIfNull(score);
        if (candidates.Count == 0 || folds.Count == 0)
        {
            throw new ArgumentException(
                $"expected at least one candidate and one fold, found {candidates.Count} and {folds.Count}.",
                nameof(candidates));
        }

        double[] scores =
        [
            .. candidates.Select(candidate => folds.Average(fold => score(candidate, fold.Train, fold.Validation))),
        ];

        // A candidate that diverged has NaN, which is never the lowest.
        int best = Enumerable.Range(0, scores.Length)
            .MinBy(i => double.IsNaN(scores[i]) ? double.PositiveInfinity : scores[i]);
        return (candidates[best], scores);
    }

    internal static int Steps(int length, int features, string argument)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        return length % features == 0
            ? length / features
            : throw new ArgumentException(
                $"{argument}: expected a multiple of {features} features, found {length} values.", argument);
    }
}
