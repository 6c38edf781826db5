using System.Globalization;
using System.Text.Json.Nodes;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

public sealed class ForecastCommandTests
{
    private static readonly string[] Quick = ["--hidden", "4", "--epochs", "3", "--window", "5", "--batch", "8"];

    [Theory]
    [InlineData("model.safetensors", "1")]
    [InlineData("model.onnx", "3")]
    public void A_series_is_continued_from_its_last_window_and_then_from_forecasts(string name, string horizon)
    {
        using var files = new CommandFiles();
        string series = files.Text("x.csv", Text(Values(60)));
        string model = Train(files, series, name, "--horizon", horizon);

        CommandRun run = CommandRun.Of("forecast", model, series, "--steps", "7");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        string[] lines = run.Output.ReplaceLineEndings("\n").Trim().Split('\n');
        Assert.Equal("step,value", lines[0]);
        Assert.Equal(Expected(model, Values(60), 7, int.Parse(horizon, CultureInfo.InvariantCulture)), lines[1..].Select(Value));
        Assert.Equal(["+1", "+2"], lines[1..3].Select(line => line.Split(',')[0]));
    }

    [Fact]
    public void Columns_and_dates_are_those_of_the_file()
    {
        using var files = new CommandFiles();
        string text = "day,other,price\n" + string.Concat(Values(60).Select((value, i) => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddDays(i):yyyy-MM-dd},x,{value}\n")));
        string series = files.Text("x.csv", text);
        string model = Train(files, series, "model.onnx", "--column", "price");
        string output = files.PathOf("next.csv");
        string plot = files.PathOf("next.svg");

        CommandRun run = CommandRun.Of("forecast", model, series, "--steps", "2", "-o", output, "--plot", plot, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        string[] lines = File.ReadAllLines(output);
        Assert.Equal("day,price", lines[0]);
        Assert.Equal(["2020-03-01", "2020-03-02"], lines[1..].Select(line => line.Split(',')[0]));
        Assert.Equal("P1D", ModelFile.Load(model).Metadata["forecaster.time_step"]);
        JsonNode first = JsonNode.Parse(run.Output)!["forecast"]![0]!;
        Assert.Equal(("2020-03-01", Value(lines[1])), ((string)first["day"]!, (float)first["price"]!));
        Assert.StartsWith("<svg", File.ReadAllText(plot)[File.ReadAllText(plot).IndexOf("<svg", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void A_column_whose_name_another_one_has_is_found_by_its_number()
    {
        using var files = new CommandFiles();
        string series = files.Text("x.csv", "price,price\n" + string.Concat(Values(60).Select(value => string.Create(
            CultureInfo.InvariantCulture, $"7,{value}\n"))));
        string model = Train(files, series, "model.onnx", "--column", "2");

        CommandRun run = CommandRun.Of("forecast", model, series, "--steps", "2");

        Assert.True(run.ExitCode == 0, run.Error);
        string[] lines = Lines(run.Output);
        Assert.Equal("step,column 2", lines[0]);
        Assert.Equal(Expected(model, Values(60), 2, 1), lines[1..].Select(Value));
    }

    [Fact]
    public void Names_of_columns_do_not_control_the_terminal()
    {
        using var files = new CommandFiles();
        const string Hostile = "price\u001b]0;owned\u0007\u202e";
        string series = files.Text("x.csv", $"{Hostile}\n" + string.Concat(Values(60).Select(value => string.Create(
            CultureInfo.InvariantCulture, $"{value}\n"))));
        string model = Train(files, series, "model.onnx", "--column", "1");
        string output = files.PathOf("next.csv");

        CommandRun printed = CommandRun.Of("forecast", model, series, "--steps", "2");
        CommandRun written = CommandRun.Of("forecast", model, series, "--steps", "2", "-o", output);

        Assert.Equal((0, 0), (printed.ExitCode, written.ExitCode));
        Assert.StartsWith("step,\"price\uFFFD]0;owned\uFFFD\uFFFD\"\n", printed.Output, StringComparison.Ordinal);
        Assert.Equal($"step,\"{Hostile}\"", File.ReadAllLines(output)[0]);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("mean")]
    [InlineData("median")]
    [InlineData("mode")]
    [InlineData("previous")]
    [InlineData("mask")]
    [InlineData("predicted")]
    public void Missing_values_are_treated_as_in_training(string policy)
    {
        using var files = new CommandFiles();
        float[] values = Values(80);
        values[20] = values[21] = values[^2] = float.NaN;
        string series = files.Text("x.csv", Text(values));
        string model = Train(files, series, "model.safetensors", "--missing", policy);

        CommandRun run = CommandRun.Of("forecast", model, series, "--steps", "3");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(run.Output.Trim().Split('\n')[1..], line => Assert.True(float.IsFinite(Value(line))));
        if (policy is "mean" or "previous")
        {
            // The training part ends before the last gap; its own mean is what is filled in.
            float fill = policy == "mean" ? values[..64].Where(value => !float.IsNaN(value)).Average() : values[^3];
            values[^2] = fill;
            Assert.Equal(Expected(model, values, 1, 1)[0], Value(run.Output.Split('\n')[1]), 1e-4f);
        }
    }

    [Fact]
    public void The_held_back_part_is_written_and_a_model_that_is_worse_than_persistence_is_called_so()
    {
        using var files = new CommandFiles();
        string series = files.Text("x.csv", Text([.. Enumerable.Range(0, 60).Select(i => 100f + i)]));
        string forecasts = files.PathOf("held.csv");

        CommandRun run = CommandRun.Of(
            ["train", series, "-o", files.PathOf("m.onnx"), "--forecasts", forecasts, .. Quick, "--rate", "0.0001"]);

        Assert.Contains("WORSE than persistence", run.Output);
        Assert.Contains("MASE", run.Output);
        string[] lines = File.ReadAllLines(forecasts);
        Assert.Equal("window,ahead,column,actual,forecast,persistence", lines[0]);
        Assert.Equal(12, lines.Length - 1);
        Assert.StartsWith("1,1,value,148,", lines[1]);
        Assert.EndsWith(",147", lines[1]);
    }

    [Fact]
    public void Errors_are_those_of_the_textbook()
    {
        using var files = new CommandFiles();
        string series = files.Text("x.csv", Text(Values(60)));
        string forecasts = files.PathOf("held.csv");
        CommandRun run = CommandRun.Of(
            ["train", series, "-o", files.PathOf("m.onnx"), "--forecasts", forecasts, "--json", .. Quick]);

        JsonNode column = JsonNode.Parse(run.Output)!["columns"]![0]!;
        double[] errors = [.. File.ReadLines(forecasts).Skip(1).Select(line => line.Split(','))
            .Select(cells => double.Parse(cells[4], CultureInfo.InvariantCulture) - double.Parse(cells[3], CultureInfo.InvariantCulture))];
        float[] train = Values(60)[..48];
        double naive = train.Zip(train.Skip(1), (a, b) => Math.Abs((double)b - a)).Average();
        double mae = errors.Select(Math.Abs).Average();
        Assert.Equal(mae, (double)column["test_mae"]!, 1e-5 * mae);
        Assert.Equal(Math.Sqrt(errors.Select(e => e * e).Average()), (double)column["test_rmse"]!, 1e-5 * mae);
        Assert.Equal(mae / naive, (double)column["test_mase"]!, 1e-5 * mae / naive);
    }

    [Fact]
    public void What_cannot_be_continued_is_refused_by_name()
    {
        using var files = new CommandFiles();
        string series = files.Text("x.csv", Text(Values(60)));
        string model = Train(files, series, "model.onnx");

        Refused("forecaster.columns", files.Model("plain.safetensors", 1, 1, puts: ModelOutput.LastStep), series);
        Refused("at least 5 steps", model, files.Text("short.csv", "value\n1\n2\n"));
        Refused("no column 'value'", model, files.Text("other.csv", "a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n"));
        Refused("line 4, column 1", model, files.Text("missing.csv", "value\n1\n2\n\"\"\n4\n5\n6\n7\n"));
        Refused(".svg or .png", model, series, "--plot", files.PathOf("x.pdf"));
    }

    private static void Refused(string word, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(["forecast", .. arguments]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(word, run.Error);
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Train(CommandFiles files, string series, string name, params string[] options)
    {
        CommandRun run = CommandRun.Of(["train", series, "-o", files.PathOf(name), .. Quick, .. options]);
        Assert.Equal(0, run.ExitCode);
        return files.PathOf(name);
    }

    // Window by window through the definition.
    private static float[] Expected(string path, float[] series, int steps, int horizon)
    {
        using RecurrentModel model = RecurrentModel.Create(ModelFile.Load(path).Definition);
        List<float> all = [.. series];
        while (all.Count < series.Length + steps)
        {
            var next = new float[horizon];
            using Session session = model.OpenSession();
            session.Run([.. all.TakeLast(5)], next, 5);
            all.AddRange(next);
        }

        return [.. all.Skip(series.Length).Take(steps)];
    }

    private static float Value(string line) => float.Parse(line.Split(',')[1], CultureInfo.InvariantCulture);

    private static float[] Values(int steps) =>
        [.. Enumerable.Range(0, steps).Select(i => MathF.Round(50 + (20 * MathF.Sin(0.5f * i)), 2))];

    private static string Text(float[] values) => "value\n" + string.Concat(values.Select(value =>
        float.IsNaN(value) ? "NaN\n" : value.ToString(CultureInfo.InvariantCulture) + "\n"));
}
