using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Cli.Train;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>A training that is interrupted is not lost, also if nobody has thought of a checkpoint.</summary>
public sealed class KeptTrainingTests
{
    private static readonly string[] Options = ["--hidden", "4", "--window", "5", "--batch", "8", "--dropout", "0.2"];

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void Ctrl_C_loses_nothing(string signal, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "needs signals");
        using var files = new CommandFiles();
        string x = Series(files);
        string output = files.PathOf("model.safetensors");
        string kept = output + ".ckpt";
        using Process process = Start(["train", x, "-o", output, .. Options, "--epochs", "1000000"]);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!File.Exists(kept) && !process.HasExited)
        {
            Thread.Sleep(10);
        }

        Process.Start("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        process.WaitForExit();

        TrainingCheckpoint checkpoint = TrainingCheckpoint.Load(kept);
        string epochs = (checkpoint.Epoch + 3).ToString(CultureInfo.InvariantCulture);
        string told = Read(error);
        Assert.True(process.ExitCode == exitCode, $"{process.ExitCode}: {told}");
        Assert.Contains($"error: interrupted. The same command goes on from {kept}: {checkpoint.Epoch} of 1000000", told);
        Assert.False(File.Exists(output));
        JsonNode report = Train(x, output, ["--epochs", epochs], $"going on from {kept}: {checkpoint.Epoch} of {epochs}");
        Assert.Equal(checkpoint.Epoch, (int)report["epochs_before"]!);
        Train(x, files.PathOf("once.safetensors"), ["--epochs", epochs], "epoch ");
        Assert.Equal(File.ReadAllBytes(files.PathOf("once.safetensors")), File.ReadAllBytes(output));
        Assert.Equal(
            ["model.safetensors", "once.safetensors", "x.csv"],
            Directory.GetFiles(Path.GetDirectoryName(output)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_of_other_settings_is_replaced_with_a_message()
    {
        using var files = new CommandFiles();
        string x = Series(files);
        string output = files.PathOf("model.onnx");
        Keep(x, output, "--epochs", "3");

        Train(x, output, ["--epochs", "4", "--rate", "0.01"],
            $"note: {output}.ckpt is of another training, with --rate 0.001; this one begins anew and replaces it.");
        Keep(x, output, "--epochs", "3");
        Train(x, output, ["--epochs", "2"], "with more than 2 epochs; this one begins anew");
        Keep(x, output, "--epochs", "3");
        TrainingCheckpoint other = TrainingCheckpoint.Load(output + ".ckpt");
        other.SetText("instruction_set", "Abacus");
        other.Save(output + ".ckpt");
        Train(x, output, ["--epochs", "3"], "with the arithmetic of Abacus and BuiltIn; this one begins anew");
        Train(x, files.PathOf("anew.onnx"), ["--epochs", "3"], "epoch ");

        Assert.Equal(File.ReadAllBytes(files.PathOf("anew.onnx")), File.ReadAllBytes(output));
        Assert.False(File.Exists(output + ".ckpt"));
    }

    [Fact]
    public void A_file_that_is_none_of_ours_is_left_alone()
    {
        using var files = new CommandFiles();
        string x = Series(files);
        string output = files.PathOf("model.onnx");
        string text = files.Text("model.onnx.ckpt", "my own notes");
        RunCommandTests.AssertRefused(Run(x, output), $"{text}: no checkpoint to go on from: ");
        Assert.Equal("my own notes", File.ReadAllText(text));

        // One of the library, with whatever somebody has put into it.
        using var model = TrainableModel.Create(new Sequential(1, seed: 1).Lstm(4).Dense(1).ToDefinition(ModelOutput.LastStep));
        model.Capture().Save(text);
        byte[] before = File.ReadAllBytes(text);
        RunCommandTests.AssertRefused(Run(x, output), $"{text}: no checkpoint to go on from: ");
        Assert.Equal(before, File.ReadAllBytes(text));
        File.Delete(text);
        Directory.CreateDirectory(text);
        RunCommandTests.AssertRefused(Run(x, output), "is a folder, expected a file");
    }

    [Fact]
    public void A_training_that_diverges_later_says_what_is_kept()
    {
        using var files = new CommandFiles();
        string x = Series(files);
        string output = files.PathOf("model.onnx");
        Keep(x, output, "--epochs", "3");
        TrainingCheckpoint kept = TrainingCheckpoint.Load(output + ".ckpt");
        float[] weights = kept.GetValues<float>("0.Forward.InputWeights");
        Array.Fill(weights, float.NaN);
        kept.SetValues<float>("0.Forward.InputWeights", weights);
        kept.Save(output + ".ckpt");

        CommandRun run = Run(x, output, "--epochs", "5");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(
            $"The model was not written; with as many --epochs as are kept it is: {output}.ckpt: 3 of 5 epochs are done.",
            run.Error);
    }

    [Fact]
    public void Nothing_is_lost_when_the_model_cannot_be_written()
    {
        using var files = new CommandFiles();
        string x = Series(files);
        string output = files.PathOf("model.onnx");
        File.CreateSymbolicLink(output, "/dev/full");
        Assert.SkipUnless(File.Exists(output), "needs /dev/full");

        CommandRun run = Run(x, output, "--epochs", "3");
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("error: No space left", run.Error);
        File.Delete(output);
        Train(x, output, ["--epochs", "3"], $"going on from {output}.ckpt: 3 of 3 epochs are done.");

        Train(x, files.PathOf("once.onnx"), ["--epochs", "3"], "epoch ");
        Assert.Equal(File.ReadAllBytes(files.PathOf("once.onnx")), File.ReadAllBytes(output));
        Assert.False(File.Exists(output + ".ckpt"));
    }

    /// <summary>An interruption in any batch, the last one of an epoch and of all included.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_checkpoint_of_an_interruption_has_every_batch(int batches)
    {
        using var files = new CommandFiles();
        string path = files.PathOf("run.ckpt");
        (Sequences<float> x, Targets<float> y) = TimeSeries.Windows<float>([.. Values(27)], window: 5);
        FitOptions<float> options = new() { Epochs = 3, BatchSize = 8 };
        using TrainableModel<float> whole = Model();
        History expected = whole.Fit(x, y, options);

        using CancellationTokenSource source = new();
        using (TrainableModel<float> interrupted = Model())
        {
            var keeping = new KeepingCallback(path, everyEpoch: false, new WritingPace(TimeProvider.System), source.Token);
            Assert.Throws<OperationCanceledException>(() => interrupted.Fit(
                x, y, options with { Callbacks = [keeping, new Canceller(source, batches)] }));
            Assert.Equal(batches, interrupted.Updates);
        }

        using TrainableModel<float> resumed = Model();
        History found = resumed.Fit(x, y, options with { Resume = TrainingCheckpoint.Load(path) });
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.Equal(expected["loss"], found["loss"]);

        static TrainableModel<float> Model()
        {
            TrainableModel<float> model = new Sequential(1, seed: 1).Lstm(4).Dense(1).ToModel(ModelOutput.LastStep);
            model.Compile(new Adam(0.01), new MeanSquaredError());
            return model;
        }
    }

    [Fact]
    public void Writing_takes_a_twentieth_of_the_time()
    {
        Clock clock = new();
        WritingPace pace = new(clock);
        Assert.True(pace.IsDue);
        pace.Write(() => clock.Pass(TimeSpan.FromSeconds(2)));
        clock.Pass(TimeSpan.FromSeconds(37));
        Assert.False(pace.IsDue);
        clock.Pass(TimeSpan.FromSeconds(1));
        Assert.True(pace.IsDue);
        pace.Write(() => clock.Pass(TimeSpan.FromMilliseconds(1)));
        clock.Pass(TimeSpan.FromMilliseconds(18));
        Assert.False(pace.IsDue);
        clock.Pass(TimeSpan.FromMilliseconds(1));
        Assert.True(pace.IsDue);
    }

    /// <summary>Leaves what an interrupted run leaves.</summary>
    private static void Keep(string x, string output, params string[] options)
    {
        CommandRun run = Run(x, output, [.. options, "--checkpoint", output + ".ckpt"]);
        Assert.True(run.ExitCode == 0, run.Error);
        File.Delete(output);
    }

    private static JsonNode Train(string x, string output, string[] options, string told)
    {
        CommandRun run = Run(x, output, [.. options, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains(told, run.Error);
        return JsonNode.Parse(run.Output)!;
    }

    private static CommandRun Run(string x, string output, params string[] options) =>
        CommandRun.Of(["train", x, "-o", output, .. Options, .. options]);

    private static Process Start(string[] arguments)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "Recurrent.Cli.dll");

        // A shell without a terminal starts what is in the background with SIGINT ignored, and that is inherited.
        return Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", "exec", tool, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
    }

    private static string Read(Task<string> text)
    {
        while (!text.IsCompleted)
        {
            Thread.Sleep(1);
        }

        return text.GetAwaiter().GetResult();
    }

    private static string Series(CommandFiles files) => files.Text(
        "x.csv",
        string.Concat(Values(60).Select(value => value.ToString("R", CultureInfo.InvariantCulture) + "\n")));

    private static IEnumerable<float> Values(int count) =>
        Enumerable.Range(0, count).Select(i => 300 + (150 * MathF.Sin(0.7f * i)) + (50 * MathF.Cos(0.13f * i)));

    private sealed class Canceller(CancellationTokenSource source, int batches) : Callback
    {
        private int _batches;

        public override void OnBatchEnd(TrainingRun run)
        {
            if (++_batches == batches)
            {
                source.Cancel();
            }
        }
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
