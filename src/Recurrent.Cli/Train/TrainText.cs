using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Display;
using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Train;

/// <summary>A training for people.</summary>
internal static class TrainText
{
    public static void Write(TrainReport report, TextWriter output)
    {
        var facts = new Facts();
        facts.Add("series", Series(report));
        facts.Add("model", $"{Model(report.Request)}, {report.Result.ParameterCount} parameters; "
            + $"{Count(report.Request.Horizon, "step")} from {report.Request.Window}");
        facts.Add("training", Training(report));
        facts.Add("loss", Losses(report));
        facts.Add("test", $"{Count(report.Task.Test.Count, "window")} of the last {report.Request.TestShare:P0} of the steps; "
            + $"scaled to 0 to 1: MSE {Figure(report.Scaled.Model.MeanSquared)}, persistence "
            + Figure(report.Scaled.Persistence.MeanSquared));
        for (int i = 0; i < report.Columns.Count; i++)
        {
            facts.Add(string.Empty, $"{report.Task.Table.Names[i]}: {Error(report.Columns[i].Model)}");
            facts.Add(string.Empty, $"  persistence: {Error(report.Columns[i].Persistence)}");
        }

        if (report.Scaled.IsWorse)
        {
            facts.Add(string.Empty, "WORSE than persistence: repeating the last value is the better forecast");
        }
        else if (report.Scaled.Model.MeanSquared.Equals(report.Scaled.Persistence.MeanSquared))
        {
            facts.Add(string.Empty, "no better than persistence: repeating the last value is as good a forecast");
        }

        facts.Add("written", $"{report.Output}: values as in the file in and out");
        facts.Add("read again", (report.IsEqual ? "the same bits" : "NOT the same bits") + " in all forecasts");
        facts.Write(output);
        if (report.Weights is { } weights && weights != WeightFormat.Float32)
        {
            output.WriteText($"note: {WrittenWeights.Note(weights)}");
        }
    }

    private static string Series(TrainReport report)
    {
        SeriesTask task = report.Task;
        string missing = task.Table.Missing == 0
            ? string.Empty
            : $", {Count(task.Table.Missing, "missing value")} ({report.Request.Missing.ToString().ToLowerInvariant()})";
        return $"{report.Request.File}: {task.Steps} steps of {string.Join(", ", task.Table.Names)}{missing}";
    }

    private static string Model(TrainRequest request)
    {
        string cell = request.Cell switch
        {
            "lstm" => "LSTM",
            "gru" => "GRU",
            _ => "SimpleRNN",
        };
        return $"{(request.Layers == 1 ? string.Empty : $"{request.Layers} x ")}{cell}({request.Hidden}) + Dense";
    }

    private static string Training(TrainReport report)
    {
        int done = report.Result.History.Epochs - report.Result.EpochsBefore;
        string before = report.Result.EpochsBefore == 0
            ? string.Empty
            : $" after {report.Result.EpochsBefore} of the checkpoint";
        string speed = done == 0
            ? string.Empty
            : string.Create(
                CultureInfo.InvariantCulture,
                $" in {Numbers.Short(report.Result.Elapsed.TotalSeconds)} s, {report.SamplesPerSecond:N0} samples/s");
        return $"{Count(done, "epoch")} of {report.Task.Train.Count} windows{before}{speed}";
    }

    private static string Losses(TrainReport report)
    {
        IReadOnlyList<double> losses = report.Result.History["loss"];
        string text = $"{Figure(losses[0])} in the first epoch, {Figure(losses[^1])} in the last";
        if (report.Task.Validation is { } validation)
        {
            int epoch = report.Result.BestEpoch ?? report.Result.History.Epochs - 1;
            string which = report.Result.BestEpoch is null ? string.Empty : $" in epoch {epoch + 1}, which is kept";
            text += $"; {Figure(report.Result.History["val_loss"][epoch])} of {validation.Count} validated windows{which}";
        }

        return text;
    }

    private static string Error(ForecastError error) =>
        $"MAE {Figure(error.MeanAbsolute)}, RMSE {Figure(error.RootMeanSquared)}, MSE {Figure(error.MeanSquared)}, "
        + $"MASE {(double.IsNaN(error.Scaled) ? "-" : Figure(error.Scaled))}";

    private static string Figure(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? string.Empty : "s")}";
}
