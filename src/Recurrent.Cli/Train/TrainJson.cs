using System.Text.Json;

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

        json.WriteAnyNumber("test_mse_scaled", report.Scaled.Model);
        json.WriteAnyNumber("persistence_mse_scaled", report.Scaled.Persistence);
        json.WriteStartArray("columns");
        for (int i = 0; i < report.Columns.Count; i++)
        {
            WriteColumn(json, report, i);
        }

        json.WriteEndArray();
        json.WriteBoolean("equal", report.IsEqual);
    });

    private static void WriteColumn(Utf8JsonWriter json, TrainReport report, int column)
    {
        json.WriteStartObject();
        json.WriteString("name", report.Task.Table.Names[column]);
        json.WriteNumber("minimum", report.Task.Scale.Output.Offsets.Span[column]);
        json.WriteNumber("range", report.Task.Scale.Output.Factors.Span[column]);
        json.WriteAnyNumber("test_mse", report.Columns[column].Model);
        json.WriteAnyNumber("persistence_mse", report.Columns[column].Persistence);
        json.WriteEndObject();
    }
}
