using System.Text.Json;
using Recurrent.Cli.Weights;

namespace Recurrent.Cli.Train;

/// <summary>A training as JSON.</summary>
internal static class TrainJson
{
    public static string Write(TrainReport report) => JsonText.Object(json =>
    {
        SeriesTask task = report.Task;
        TrainResult result = report.Result;
        json.WriteString("input", report.Request.File);
        json.WriteString("output", report.Output);
        json.WriteNumber("steps", task.Steps);
        json.WriteNumber("missing", task.Table.Missing);
        json.WriteString("cell", report.Request.Cell);
        json.WriteNumber("hidden", report.Request.Hidden);
        json.WriteNumber("layers", report.Request.Layers);
        json.WriteNumber("window", report.Request.Window);
        json.WriteNumber("horizon", report.Request.Horizon);
        json.WriteNumber("parameters", result.ParameterCount);
        json.WriteNumber("train_windows", task.Train.Count);
        json.WriteNumber("validation_windows", task.Validation?.Count ?? 0);
        json.WriteNumber("test_windows", task.Test.Count);
        json.WriteNumber("epochs", result.History.Epochs);
        json.WriteNumber("epochs_before", result.EpochsBefore);
        json.WriteBoolean("stopped_early", result.Stopped);
        json.WriteNumber("kept_epoch", (result.BestEpoch ?? result.History.Epochs - 1) + 1);
        json.WriteNumber("seconds", result.Elapsed.TotalSeconds);
        json.WriteAnyNumber("samples_per_second", report.SamplesPerSecond);
        json.WriteAnyNumber("loss_first", result.History["loss"][0]);
        json.WriteAnyNumber("loss_last", result.History["loss"][^1]);
        if (task.Validation is not null)
        {
            json.WriteAnyNumber("validation_loss", result.History["val_loss"][result.BestEpoch ?? result.History.Epochs - 1]);
        }

        json.WriteAnyNumber("test_mse_scaled", report.Scaled.Model.MeanSquared);
        json.WriteAnyNumber("persistence_mse_scaled", report.Scaled.Persistence.MeanSquared);
        json.WriteBoolean("worse_than_persistence", report.Scaled.IsWorse);
        json.WriteStartArray("columns");
        for (int i = 0; i < report.Columns.Count; i++)
        {
            WriteColumn(json, report, i);
        }

        json.WriteEndArray();
        if (report.Weights is { } weights)
        {
            json.WriteString("weights", WeightFormatNames.Of(weights));
        }

        json.WriteBoolean("equal", report.IsEqual);
    });

    private static void WriteColumn(Utf8JsonWriter json, TrainReport report, int column)
    {
        json.WriteStartObject();
        json.WriteString("name", report.Task.Table.Names[column]);
        json.WriteNumber("minimum", report.Task.Scale.Output.Offsets.Span[column]);
        json.WriteNumber("range", report.Task.Scale.Output.Factors.Span[column]);
        WriteError(json, "test", report.Columns[column].Model);
        WriteError(json, "persistence", report.Columns[column].Persistence);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, string prefix, ForecastError error)
    {
        json.WriteAnyNumber($"{prefix}_mse", error.MeanSquared);
        json.WriteAnyNumber($"{prefix}_rmse", error.RootMeanSquared);
        json.WriteAnyNumber($"{prefix}_mae", error.MeanAbsolute);
        json.WriteAnyNumber($"{prefix}_mase", error.Scaled);
    }
}
