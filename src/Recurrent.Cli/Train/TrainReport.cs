using Recurrent.Layers;

namespace Recurrent.Cli.Train;

/// <summary>Everything that <c>recurrent train</c> tells.</summary>
internal sealed class TrainReport
{
    /// <summary>Judges a model.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="task">The series.</param>
    /// <param name="result">What came out.</param>
    /// <param name="output">The file that was written.</param>
    /// <param name="written">What that file forecasts of the test part.</param>
    public TrainReport(TrainRequest request, SeriesTask task, TrainResult result, string output, float[] written)
    {
        (Request, Task, Result, Output) = (request, task, result, output);
        float[] forecasts = result.Rounded ?? task.Scale.InverseTransform(result.Test);
        IsEqual = forecasts.Zip(written).All(pair =>
            BitConverter.SingleToInt32Bits(pair.First) == BitConverter.SingleToInt32Bits(pair.Second));
        Scaled = ForecastErrors.Of(
            task.Test.ScaledX,
            task.Test.ScaledY,
            result.Rounded is { } rounded ? task.Scale.Transform(rounded) : result.Test,
            task.Scale.Transform(task.TrainPart));
        Forecasts = written;
        Columns =
        [
            .. Enumerable.Range(0, task.Table.Features)
                .Select(column => ForecastErrors.Of(task.Test.X, task.Test.Y, written, task.TrainPart, column)),
        ];
    }

    /// <summary>The format that weights of recurrent layers were rounded to; null if they were not.</summary>
    public WeightFormat? Weights { get; init; }

    public TrainRequest Request { get; }

    public SeriesTask Task { get; }

    public TrainResult Result { get; }

    public string Output { get; }

    /// <summary>Whether the file, read again, forecasts from values of the series what the trained model did, bit for bit.</summary>
    public bool IsEqual { get; }

    /// <summary>The errors over the test part, of scaled values.</summary>
    public ForecastErrors Scaled { get; }

    /// <summary>What the written file forecasts of the test part, <c>[windows, horizon * features]</c>.</summary>
    public float[] Forecasts { get; }

    /// <summary>The errors of each column, of values of the series.</summary>
    public IReadOnlyList<ForecastErrors> Columns { get; }

    public double SamplesPerSecond =>
        (double)(Result.History.Epochs - Result.EpochsBefore) * Task.Train.Count / Result.Elapsed.TotalSeconds;
}
