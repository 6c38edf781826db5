using System.Globalization;
using System.Text.Json.Nodes;
using Recurrent.Cli.Data;
using Recurrent.Cli.Tests.Plots;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Tests.Commands;

public sealed class TrainCommandTests
{
    private const int Steps = 60;
    private const int Window = 5;

    // A model of few units and epochs: what is tested is around the training.
    private static readonly string[] Quick = ["--hidden", "4", "--epochs", "3", "--window", $"{Window}", "--batch", "8"];

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.onnx")]
    public void The_file_forecasts_values_of_the_series_from_values_of_the_series(string name)
    {
        using var files = new CommandFiles();
        string output = files.PathOf(name);

        JsonNode report = Train(files.Text("x.csv", Text(Series())), output, Quick);

        ModelDefinition model = ModelFile.Load(output).Definition;
        Assert.Equal((1, 1, ModelOutput.LastStep), (model.InputSize, model.OutputSize, model.Output));
        float[] series = Series();
        double error = 0;
        double persistence = 0;
        const int First = Steps * 4 / 5;
        for (int i = First; i < Steps; i++)
        {
            var forecast = new float[1];
            ReferenceModel<float>.Create(model).OpenSession().Run(series.AsSpan(i - Window, Window), forecast, Window);
            error += Math.Pow((double)forecast[0] - series[i], 2) / (Steps - First);
            persistence += Math.Pow((double)series[i - 1] - series[i], 2) / (Steps - First);
        }

        JsonNode column = report["columns"]![0]!;
        Assert.Equal(Steps - First, (int)report["test_windows"]!);
        Assert.Equal(error, (double)column["test_mse"]!, 1e-9 * error);
        Assert.Equal(persistence, (double)column["persistence_mse"]!, 1e-9 * persistence);
        double square = Math.Pow((double)column["range"]!, 2);
        Assert.Equal(error / square, (double)report["test_mse_scaled"]!, 1e-4 * error / square);
        Assert.Equal(persistence / square, (double)report["persistence_mse_scaled"]!, 1e-4 * persistence / square);
    }

    [Fact]
    public void The_scaling_is_that_of_the_part_that_is_trained_on()
    {
        using var files = new CommandFiles();
        float[] rising = [.. Enumerable.Range(0, Steps).Select(i => 100f + i)];
        string x = files.Text("x.csv", Text(rising));

        JsonNode tested = Train(x, files.PathOf("a.onnx"), Quick)["columns"]![0]!;
        JsonNode validated = Train(x, files.PathOf("b.onnx"), [.. Quick, "--validation", "0.25"])["columns"]![0]!;

        Assert.Equal((100, 47), ((double)tested["minimum"]!, (double)tested["range"]!));
        Assert.Equal((100, 35), ((double)validated["minimum"]!, (double)validated["range"]!));
    }

    [Fact]
    public void It_learns()
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series(300)));

        JsonNode report = Train(
            x, files.PathOf("model.onnx"), ["--epochs", "40", "--rate", "0.01", "--hidden", "8"]);

        double persistence = (double)report["persistence_mse_scaled"]!;
        Assert.InRange((double)report["test_mse_scaled"]!, 0, 0.1 * persistence);
    }

    [Theory]
    [InlineData("lstm", "LSTM")]
    [InlineData("gru", "GRU")]
    [InlineData("rnn", "RNN")]
    public void What_was_asked_for_is_in_the_file(string cell, string kind)
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", "day,a,b\n" + string.Concat(Series().Select((value, i) => $"d{i},{value},{i}\n")));
        string output = files.PathOf("model.safetensors");

        JsonNode report = Train(
            x,
            output,
            [.. Quick, "--column", "b", "--column", "2", "--horizon", "3", "--cell", cell, "--layers", "2", "--dropout", "0.2"]);

        ImportedModel model = ModelFile.Load(output);
        Assert.Equal((2, 6), (model.Definition.InputSize, model.Definition.OutputSize));
        Assert.Equal(2, model.Definition.Layers.OfType<RecurrentLayer>().Count());
        Assert.Equal(
            ("[\"b\",\"a\"]", "5", "3"),
            (model.Metadata["forecaster.columns"], model.Metadata["forecaster.window"], model.Metadata["forecaster.horizon"]));
        Assert.Equal(["b", "a"], report["columns"]!.AsArray().Select(column => (string)column!["name"]!));
        string inspected = CommandRun.Of("inspect", output, "--no-measure").Output;
        Assert.Contains(kind, inspected);
    }

    [Fact]
    public void A_run_that_was_interrupted_goes_on_to_the_same_bits()
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series()));
        string[] options = [.. Quick, "--dropout", "0.2", "--patience", "3"];
        string[] kept = [.. options, "--checkpoint", files.PathOf("run.ckpt")];

        Train(x, files.PathOf("half.safetensors"), kept);
        JsonNode report = Train(x, files.PathOf("twice.safetensors"), [.. kept, "--epochs", "7"]);
        Train(x, files.PathOf("once.safetensors"), [.. options, "--epochs", "7"]);

        Assert.True(File.Exists(files.PathOf("run.ckpt")));
        Assert.Equal((7, 3), ((int)report["epochs"]!, (int)report["epochs_before"]!));
        Assert.Equal(
            File.ReadAllBytes(files.PathOf("once.safetensors")), File.ReadAllBytes(files.PathOf("twice.safetensors")));
        Assert.NotEqual(
            File.ReadAllBytes(files.PathOf("half.safetensors")), File.ReadAllBytes(files.PathOf("twice.safetensors")));
    }

    [Theory]
    [InlineData("found one with --window 5", "--window", "6")]
    [InlineData("found one with --rate 0.001", "--rate", "0.01")]
    [InlineData("found one with --hidden 4", "--hidden", "5")]
    [InlineData("found one with more than 2 epochs", "--epochs", "2")]
    public void A_checkpoint_of_another_training_is_refused(string expected, params string[] other)
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series()));
        string[] options = [.. Quick, "--checkpoint", files.PathOf("run.ckpt")];
        Train(x, files.PathOf("model.onnx"), options);

        RunCommandTests.AssertRefused(Run(files, x, [.. options, .. other]), expected);
        files.Text("x.csv", Text([.. Series().Select(value => value + 1)]));
        RunCommandTests.AssertRefused(Run(files, x, options), "found one with values ");
        files.Text("run.ckpt", "something else");
        RunCommandTests.AssertRefused(Run(files, x, options), "run.ckpt: no checkpoint to go on from: ");
    }

    [Theory]
    [InlineData("drop", Steps - 2)]
    [InlineData("mean", Steps)]
    [InlineData("median", Steps)]
    [InlineData("mode", Steps)]
    [InlineData("previous", Steps)]
    [InlineData("mask", Steps)]
    public void Missing_values_are_dealt_with_as_asked(string policy, int steps)
    {
        using var files = new CommandFiles();
        float[] series = Series();
        (series[7], series[^3]) = (float.NaN, float.NaN);
        string x = files.Text("x.csv", Text(series));

        JsonNode report = Train(x, files.PathOf("model.safetensors"), [.. Quick, "--missing", policy]);

        Assert.Equal((2, steps), ((int)report["missing"]!, (int)report["steps"]!));
        Assert.True(double.IsFinite((double)report["test_mse_scaled"]!));
        Assert.True(double.IsFinite((double)report["persistence_mse_scaled"]!));
        RunCommandTests.AssertRefused(Run(files, x, Quick), "x.csv: line 8, column 1: no value, and 1 more are missing; --missing");
    }

    [Fact]
    public void A_masked_model_forecasts_across_a_missing_step_and_has_no_missing_targets()
    {
        using var files = new CommandFiles();
        float[] series = Series();
        series[^3] = float.NaN;
        string model = files.PathOf("model.safetensors");

        JsonNode report = Train(files.Text("x.csv", Text(series)), model, [.. Quick, "--missing", "mask"]);
        CommandRun run = CommandRun.Of(
            "run", model, "-i", files.Text("last.csv", Text(series[^Window..])), "-o", files.PathOf("next.csv"));

        Assert.Equal((11, 0), ((int)report["test_windows"]!, run.ExitCode));
        Assert.InRange(DataFile.Read(files.PathOf("next.csv")).Values.Single(), 0, 1000);
        RunCommandTests.AssertRefused(
            Run(files, files.PathOf("x.csv"), [.. Quick, "--missing", "mask"]), "not supported by this format: ");
    }

    [Fact]
    public void Training_stops_when_validation_gets_no_better()
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series()));

        JsonNode report = Train(
            x,
            files.PathOf("model.onnx"),
            [.. Quick, "--epochs", "50", "--patience", "2", "--optimizer", "sgd", "--rate", "1e-30"]);

        Assert.Equal((3, 1, true), (
            (int)report["epochs"]!, (int)report["kept_epoch"]!, (bool)report["stopped_early"]!));
        Assert.Equal(10, (int)report["validation_windows"]!);
    }

    [Fact]
    public void The_best_epoch_is_kept()
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series()));
        string[] options = [.. Quick, "--rate", "0.3", "--validation", "0.2", "--epochs"];

        JsonNode report = Train(x, files.PathOf("kept.safetensors"), [.. options, "30", "--patience", "30"]);
        int kept = (int)report["kept_epoch"]!;
        Train(x, files.PathOf("until.safetensors"), [.. options, $"{kept}"]);

        Assert.InRange(kept, 1, 29);
        Assert.Equal(
            File.ReadAllBytes(files.PathOf("until.safetensors")), File.ReadAllBytes(files.PathOf("kept.safetensors")));
    }

    [Fact]
    public void Losses_and_progress_are_told()
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series()));

        CommandRun run = Run(
            files, x, [.. Quick, "--history", files.PathOf("h.csv"), "--plot", files.PathOf("h.svg")]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(run.Error.Split('\n'), line => line.StartsWith("epoch 3/3, loss ", StringComparison.Ordinal));
        Assert.Contains("LSTM(4) + Dense", run.Output);
        Assert.Contains(", persistence ", run.Output);
        Assert.Contains("the same bits in all forecasts", run.Output);
        Assert.Equal(4, File.ReadAllLines(files.PathOf("h.csv")).Length);
        new SvgPlot(File.ReadAllText(files.PathOf("h.svg"))).AssertShows(
            "Training on x.csv", "epoch", "loss (mean squared error of scaled values, log scale)", "training", "1", "2", "3");
    }

    [Theory]
    [InlineData("x,x\n", "--column", "1")]
    [InlineData("1,x\n", "--column", "2")]
    public void A_series_that_never_changes_is_forecast_no_better_than_by_persistence(string names, params string[] column)
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", names + string.Concat(Enumerable.Repeat("5,5\n", 60)));

        CommandRun run = Run(files, x, [.. Quick, .. column]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("no better than persistence", run.Output);
        Assert.DoesNotContain("WORSE", run.Output);
    }

    [Fact]
    public void A_training_that_diverges_fails_with_the_place_and_writes_nothing()
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series()));

        CommandRun run = Run(files, x, [.. Quick, "--optimizer", "sgd", "--rate", "1e30"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("error: The loss is not a finite number at epoch 1, batch ", run.Error);
        Assert.Contains("(--clip)", run.Error);
        Assert.False(File.Exists(files.PathOf("model.onnx")));
    }

    [Theory]
    [InlineData("too short: 60 steps are 48 to train on, 12 to test; a window of 50 and a horizon of 1 need 51, 1",
        "--window", "50")]
    [InlineData("too short: 60 steps are 38 to train on, 10 to validate on, 12 to test; a window of 5 and a horizon of 11",
        "--horizon", "11", "--patience", "2")]
    [InlineData("no column 'price'; expected 1 to 1", "--column", "price")]
    [InlineData("--patience: expected a --validation above 0, found 0", "--patience", "2", "--validation", "0")]
    [InlineData("found it twice", "--history", "x.csv")]
    [InlineData("its folder does not exist", "--checkpoint", "none/run.ckpt")]
    [InlineData("is a folder, expected a file", "--plot", ".")]
    [InlineData("'loss.jpg': expected a name that ends in .svg or .png, found .jpg", "--plot", "loss.jpg")]
    public void What_cannot_be_trained_is_refused_before(string expected, params string[] options)
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", Text(Series()));
        string[] paths = [.. options.Select(option => option is "x.csv" or "none/run.ckpt" ? files.PathOf(option) : option)];

        RunCommandTests.AssertRefused(Run(files, x, [.. Quick, .. paths]), expected);
        Assert.False(File.Exists(files.PathOf("model.onnx")));
    }

    [Theory]
    [InlineData("none.csv", "model.onnx", "none.csv' does not exist")]
    [InlineData("x.csv", "model.h5", "expected a name that ends in .onnx or .safetensors")]
    [InlineData("bad.csv", "model.onnx", "bad.csv: line 3, column 1: expected a number, found 'three'")]
    [InlineData("wide.csv", "model.onnx", "wide.csv: --column: expected one or more of the 2 columns: a, b")]
    [InlineData("huge.csv", "model.onnx", "expected a range that a float can scale")]
    public void A_file_that_cannot_be_used_is_refused_in_one_line(string name, string output, string expected)
    {
        using var files = new CommandFiles();
        files.Text("x.csv", Text(Series()));
        files.Text("bad.csv", "1\n2\nthree\n");
        files.Text("wide.csv", "a,b\n1,2\n");
        files.Text("huge.csv", Text([.. Series().Select((_, i) => i % 2 == 0 ? -3e38f : 3e38f)]));

        RunCommandTests.AssertRefused(
            CommandRun.Of(["train", files.PathOf(name), "-o", files.PathOf(output), .. Quick]), expected);
    }

    [Theory]
    [InlineData("--test", "1", "--test: expected above 0 and below 1, found '1'")]
    [InlineData("--dropout", "1", "--dropout: expected 0 or more and below 1, found '1'")]
    [InlineData("--rate", "0", "--rate: expected a number above 0, found '0'")]
    [InlineData("--rate", "fast", "--rate: expected a number above 0, found 'fast'")]
    [InlineData("--epochs", "0", "--epochs: expected a whole number from 1 to")]
    [InlineData("--cell", "cnn", "cnn")]
    public void An_option_out_of_range_is_refused(string option, string value, string expected)
    {
        CommandRun run = CommandRun.Of("train", "x.csv", "-o", "y.onnx", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    private static JsonNode Train(string series, string output, string[] options)
    {
        CommandRun run = CommandRun.Of(["train", series, "-o", output, "--json", .. Last(options)]);
        Assert.True(run.ExitCode == 0, run.Error);
        JsonNode report = JsonNode.Parse(run.Output)!;
        Assert.True((bool)report["equal"]!);
        return report;
    }

    private static CommandRun Run(CommandFiles files, string series, string[] options) =>
        CommandRun.Of(["train", series, "-o", files.PathOf("model.onnx"), .. Last(options)]);

    // Of an option that is given twice, the last one.
    private static IEnumerable<string> Last(string[] options)
    {
        string[][] pairs = [.. options.Chunk(2)];
        return pairs.Where((pair, i) => pair[0] == "--column" || pairs.Skip(i + 1).All(later => later[0] != pair[0]))
            .SelectMany(pair => pair);
    }

    // A wave with a slower one, from 100 to 500.
    private static float[] Series(int steps = Steps) =>
        [.. Enumerable.Range(0, steps).Select(i => 300 + (150 * MathF.Sin(0.7f * i)) + (50 * MathF.Cos(0.13f * i)))];

    private static string Text(float[] series) =>
        string.Concat(series.Select(value => value.ToString("R", CultureInfo.InvariantCulture) + "\n"));
}
