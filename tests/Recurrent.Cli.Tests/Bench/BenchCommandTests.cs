using System.Globalization;
using System.Text.Json;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Tests.Commands;
using Recurrent.Cli.Tests.Plots;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Bench;

/// <summary><c>recurrent bench</c> from its command line to what it prints. No figure is judged.</summary>
public sealed class BenchCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--hidden: expected", "bench", "lstm")]
    [InlineData("--hidden: expected a whole number from 1 to 1048576, found '0'", "bench", "lstm", "--hidden", "0")]
    [InlineData("--hidden: expected layers of at most", "bench", "rnn", "--hidden", "46341")]
    [InlineData("--hidden: expected a whole number from 1 to 1048576, found 'many'", "bench", "lstm", "--hidden", "many")]
    [InlineData("--batch: expected a whole number from 1 to 2147483647, found '-1'", "bench", "lstm", "--hidden", "8", "--batch", "-1")]
    [InlineData("--threads: expected a whole number from 1 to 256, found '257'", "bench", "lstm", "--hidden", "8", "--threads", "257")]
    [InlineData("--seconds: expected more than 0", "bench", "lstm", "--hidden", "8", "--seconds", "0")]
    [InlineData("--calls-per-sample: expected a whole number from 1 to", "bench", "lstm", "--hidden", "8", "--calls-per-sample", "0")]
    [InlineData("peephole", "bench", "peephole", "--hidden", "8")]
    [InlineData("sse2", "bench", "lstm", "--hidden", "8", "--isa", "sse2")]
    [InlineData("--time, --batch", "bench", "lstm", "--hidden", "8", "--time", "2147483647")]
    [InlineData("--hidden: expected only with a cell", "bench", "none.safetensors", "--hidden", "8")]
    [InlineData("--modules: expected only with a model's file", "bench", "lstm", "--hidden", "8", "--modules", "lstm")]
    [InlineData("expected lstm, gru, gru_before, rnn, or a model's file. Did you mean 'lstm'?", "bench", "lsmt")]
    [InlineData("ends in .svg or .png, found .gif", "bench", "lstm", "--hidden", "8", "--plot", "plot.gif")]
    [InlineData("its folder does not exist", "bench", "lstm", "--hidden", "8", "--plot", "none/plot.svg")]
    [InlineData("'none.safetensors' does not exist", "bench", "none.safetensors")]
    public void A_request_that_cannot_be_measured_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_shows_what_a_newcomer_would_type()
    {
        CommandRun run = CommandRun.Of("bench", "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("recurrent bench lstm --hidden 128", run.Output, StringComparison.Ordinal);
        Assert.Contains("Exit code 0", run.Output, StringComparison.Ordinal);
        Assert.Contains("may be more than the machine has processors", OneLine(run.Output), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_tells_what_was_tried_recommended_and_measured()
    {
        string plot = Path.Combine(_folder.Path, "plot.svg");
        CommandRun run = CommandRun.Of("bench", "lstm", "--hidden", "8", "--seconds", "0.05", "--plot", plot);
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        Assert.All(
            [
                "lstm, input 8, hidden 8; batch 1, one step per call", "recommended: ", "GFLOP/s", "GB/s", "p99.9", "empty loop",
                "calls, logarithmic", "packed in", "predicted us", "The longest sample took ",
                "s after the beginning",
            ],
            part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
        new SvgPlot(File.ReadAllText(plot)).AssertShows("time per call (µs, log scale)", "samples (log scale)", "calls");
    }

    [Theory]
    [InlineData("lstm", "--hidden", "200", "--batch", "3", "--time", "4")]
    [InlineData("gru_before", "--hidden", "6", "--input", "2", "--layers", "2", "--bidirectional", "--time", "1")]
    [InlineData("rnn", "--hidden", "4", "--threads", "2")]
    public void Json_has_every_figure(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(["bench", .. arguments, "--seconds", "0.05", "--isa", Isa, "--json"]);
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement json = document.RootElement;
        Assert.Equal(
            [
                "machine", "workload", "weights", "tried", "recommended", "limits", "us", "us_per_step", "limit_us",
                "share_of_limit", "gflops", "weights_gb_s", "calls", "control", "histogram",
            ],
            json.EnumerateObject().Select(property => property.Name));
        Assert.All(
            ["us", "us_per_step", "limit_us", "share_of_limit", "gflops", "weights_gb_s"],
            name => Assert.True(json.GetProperty(name).GetDouble() > 0, name));
        JsonElement calls = json.GetProperty("calls");
        Assert.Equal(
            [
                "samples", "calls_per_sample", "min_us", "p50_us", "p90_us", "p99_us", "p99.9_us", "p99.99_us", "max_us",
                "max_at_s",
            ],
            calls.EnumerateObject().Select(property => property.Name));
        double[] rising =
            [.. calls.EnumerateObject().Skip(2).SkipLast(1).Select(property => property.Value.GetDouble())];
        Assert.Equal(rising.Order(), rising);
        Assert.Equal(
            calls.GetProperty("samples").GetInt64(),
            json.GetProperty("histogram").EnumerateArray().Sum(bin => bin.GetProperty("samples").GetInt64()));
        JsonElement weights = json.GetProperty("weights");
        Assert.True(weights.GetProperty("raw_bytes").GetInt64() <= weights.GetProperty("padded_bytes").GetInt64());
        Assert.Equal(Isa, json.GetProperty("recommended").GetProperty("instruction_set").GetString());
        Assert.Contains("memory", json.GetProperty("limits").GetProperty("read_gb_s").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void A_trained_module_is_measured_by_its_own_sizes()
    {
        string file = Path.Combine(GoldenFiles.PathOf("torch"), "lstm_plain.safetensors");
        JsonElement json = Measure(file, "--modules", "p", "--assume-defaults");
        Assert.Equal(
            SafetensorsFile.Open(file).Tensors.Where(tensor => tensor.Key.StartsWith("p.", StringComparison.Ordinal))
                .Sum(tensor => sizeof(float) * tensor.Value.ToSingles().LongLength),
            json.GetProperty("weights").GetProperty("raw_bytes").GetInt64());
    }

    [Fact]
    public void Every_file_that_the_library_reads_is_measured()
    {
        using var files = new CommandFiles();
        string onnx = files.PathOf("a.onnx");
        OnnxExport.Save(CommandFiles.Definition(puts: ModelOutput.LastStep), onnx);

        AssertMeasured(onnx, "a.onnx: LSTM 5, dense 2", weights: 60 + 100 + 40 + 12);
        AssertMeasured(CommandFiles.Capture, "BossLSTM-1x16.nam: LSTM 16, dense 1", weights: 1184 - 32 + 17, "--batch", "3");
        AssertMeasured(files.IndexModel(), "indices.safetensors: embedding 4, GRU, reset after 3", weights: 28 + 36 + 27 + 18);
        AssertMeasured(files.IndexModel(), "indices.safetensors: embedding 4, GRU, reset after 3", weights: 109, "--time", "7");
        AssertMeasured(
            files.Model("two.safetensors", direction: Direction.Bidirectional, puts: ModelOutput.LastStep),
            "two.safetensors: LSTM 10, dense 2", weights: 422, "--time", "4", "--batch", "2");

        static void AssertMeasured(string file, string name, int weights, params string[] options)
        {
            JsonElement json = Measure([file, .. options]);
            Assert.Equal(name, json.GetProperty("workload").GetProperty("name").GetString());
            Assert.Equal(sizeof(float) * weights, json.GetProperty("weights").GetProperty("raw_bytes").GetInt32());
            Assert.True(json.GetProperty("us").GetDouble() > 0);
            Assert.True(json.GetProperty("share_of_limit").GetDouble() > 0);
        }
    }

    [Fact]
    public void Progress_comes_between_turns_and_ends_with_the_last()
    {
        var request = new BenchRequest { Cell = "rnn", Hidden = 4, Seconds = 0.1, Threads = 1 };
        Candidate[] candidates = [new(Machine.InstructionSets[0], 1), new(Machine.InstructionSets[^1], 1)];
        var told = new List<int>();

        BenchRun.Measure(request, Workloads.Of(request), candidates, told.Add);

        Assert.Equal(Enumerable.Range(1, BenchRun.Turns(request, candidates)), told);
    }

    [Fact]
    public void Every_prediction_stands_beside_what_was_measured()
    {
        CommandRun run = CommandRun.Of(
            "bench", "lstm", "--hidden", "512", "--threads", "2", "--isa", Isa, "--seconds", "0.05", "--json");
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement tried = Assert.Single(document.RootElement.GetProperty("tried").EnumerateArray());
        Assert.True(tried.GetProperty("predicted_us").GetDouble() > 0);
        Assert.Equal("units", tried.GetProperty("strategy").GetString());
        Assert.Equal(2, tried.GetProperty("threads_used").GetInt32());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_sample_has_as_many_calls_as_asked_for_and_the_longest_has_its_time(int calls)
    {
        CommandRun run = CommandRun.Of(
            "bench", "rnn", "--hidden", "4", "--threads", "1", "--isa", Isa, "--seconds", "0.1", "--json",
            "--calls-per-sample", calls.ToString(CultureInfo.InvariantCulture));
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.All(["calls", "control"], name =>
        {
            JsonElement latencies = document.RootElement.GetProperty(name);
            Assert.Equal(calls, latencies.GetProperty("calls_per_sample").GetInt32());
            // Within the run, however long other work has stopped it.
            Assert.InRange(latencies.GetProperty("max_at_s").GetDouble(), 0, 60);
        });
    }

    private static JsonElement Measure(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(
            ["bench", .. arguments, "--seconds", "0.05", "--isa", Isa, "--threads", "1", "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Isa => Machine.InstructionSets[^1].ToString().ToLowerInvariant();
}
