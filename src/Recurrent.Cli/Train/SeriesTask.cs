using Recurrent.Cli.Data;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>
/// A series as a task: the past to train on, then what is validated on, then what the model is judged by. Scaled, and
/// missing values filled, by what is trained on alone.
/// </summary>
internal sealed class SeriesTask
{
    public SeriesTask(SeriesTable table, TrainRequest request)
    {
        Table = table;
        float[] series = WithoutMissing(table, request);
        Steps = series.Length / table.Features;
        RequireLength(request);
        (float[] past, float[] test) = Split(series, request.TestShare, request.Window);
        float[] train = past;
        float[]? validation = null;
        if (request.ValidationShare > 0)
        {
            (train, validation) = Split(past, request.ValidationShare, request.Window);
        }

        if (Statistic(request.Missing) is { } statistic)
        {
            float[] known = train;
            (train, test) = (Fill(train), Fill(test));
            validation = validation is null ? null : Fill(validation);
            float[] nothing = [.. Enumerable.Repeat(float.NaN, table.Features)];
            Fills = MissingValues.Fill<float>(nothing, known, statistic, table.Features);

            float[] Fill(float[] part) => MissingValues.Fill<float>(part, known, statistic, table.Features);
        }
        else if (request.Missing == MissingPolicy.Predicted && table.Missing > 0)
        {
            using PredictionFiller filler = Fit(train, table.Features, request);
            (train, test) = (filler.Fill(train), filler.FillFromPast(test));
            validation = validation is null ? null : filler.FillFromPast(validation);
        }

        TrainPart = train;
        Scale = SeriesScale.Of(train, table.Names);
        Train = SeriesWindows.Of(train, Scale, request, table.Features);
        Validation = validation is null ? null : SeriesWindows.Of(validation, Scale, request, table.Features);
        Test = SeriesWindows.Of(test, Scale, request, table.Features);
    }

    public SeriesTable Table { get; }

    /// <summary>Steps, without those that were left out.</summary>
    public int Steps { get; }

    /// <summary>What takes the place of missing values of each column; empty where no constant does.</summary>
    public IReadOnlyList<float> Fills { get; } = [];

    /// <summary>What is trained on, <c>[steps, features]</c>, as the series has it.</summary>
    public float[] TrainPart { get; }

    public SeriesScale Scale { get; }

    public SeriesWindows Train { get; }

    /// <summary>Null if nothing is validated on.</summary>
    public SeriesWindows? Validation { get; }

    public SeriesWindows Test { get; }

    private (float[] Before, float[] After) Split(float[] series, double share, int window) =>
        TimeSeries.Split<float>(series, 1 - share, window, Table.Features);

    private static float[] WithoutMissing(SeriesTable table, TrainRequest request)
    {
        switch (request.Missing)
        {
            case MissingPolicy.Refuse when table.Missing > 0:
                string others = table.Missing == 1 ? string.Empty : $", and {table.Missing - 1} more are missing";
                throw new UnusableInputException(
                    $"{request.File}: {table.FirstMissing}: no value{others}; --missing says what to do about it.");
            case MissingPolicy.Drop:
                return MissingValues.Drop<float>(table.Values, table.Features);
            case MissingPolicy.Previous:
                return MissingValues.FillWithPrevious<float>(table.Values, table.Features);
            case MissingPolicy.Mask:
                return WithoutPartialSteps(table);
            default:
                return table.Values;
        }
    }

    private static PredictionFiller Fit(float[] train, int features, TrainRequest request)
    {
        try
        {
            return PredictionFiller.Fit(
                train,
                features,
                new PredictionFillerOptions { Window = request.Window, Seed = (ulong)request.Seed });
        }
        catch (ArgumentException e)
        {
            throw new UnusableInputException($"{request.File}: --missing predicted: {e.Message}", e);
        }
    }

    /// <summary>What a model takes for a missing step has no value at all.</summary>
    public static float[] WithoutPartialSteps(SeriesTable table)
    {
        float[] values = [.. table.Values];
        bool[] present = MissingValues.Mask<float>(values, table.Features);
        for (int step = 0; step < present.Length; step++)
        {
            if (!present[step])
            {
                values.AsSpan(step * table.Features, table.Features).Fill(float.NaN);
            }
        }

        return values;
    }

    private static FillStatistic? Statistic(MissingPolicy policy) => policy switch
    {
        MissingPolicy.Mean => FillStatistic.Mean,
        MissingPolicy.Median => FillStatistic.Median,
        MissingPolicy.Mode => FillStatistic.Mode,
        _ => null,
    };

    // The same roundings as TimeSeries.Split has, so that its own messages, which know no options, are never needed.
    private void RequireLength(TrainRequest request)
    {
        int past = (int)(Steps * (1 - request.TestShare));
        int train = request.ValidationShare > 0 ? (int)(past * (1 - request.ValidationShare)) : past;
        long least = (long)request.Window + request.Horizon;
        bool validates = request.ValidationShare > 0;
        if (train < least || (validates && past - train < request.Horizon) || Steps - past < request.Horizon)
        {
            throw new UnusableInputException(
                $"{request.File}: too short: {Steps} steps are {train} to train on, "
                + (validates ? $"{past - train} to validate on, " : string.Empty)
                + $"{Steps - past} to test; a window of {request.Window} and a horizon of {request.Horizon} need {least}, "
                + (validates ? $"{request.Horizon}, " : string.Empty) + $"{request.Horizon}.");
        }
    }
}
