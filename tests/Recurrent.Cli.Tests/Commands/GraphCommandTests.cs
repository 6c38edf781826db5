using System.Text.Json.Nodes;
using Recurrent.Cli.Data;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>Models of several inputs and outputs in the commands.</summary>
public sealed class GraphCommandTests
{
    private static readonly string JoinedLate = GoldenFiles.PathOf("onnx-graphs", "joined_late", "model.onnx");
    private static readonly string Words = GoldenFiles.PathOf("onnx-graphs", "words_batch_major", "model.onnx");
    private static readonly string Decoder = GoldenFiles.PathOf("onnx-graphs", "encoder_and_decoder", "model.onnx");

    [Fact]
    public void Inspect_shows_who_reads_whom()
    {
        CommandRun run = CommandRun.Of("inspect", JoinedLate, "--no-measure");

        Assert.Equal(0, run.ExitCode);
        string[] lines = [.. run.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("layer kind reads in out parameters besides", lines);
        Assert.Contains("layer_0_lstm LSTM x 3 8 288 bidirectional", lines);
        Assert.Contains("layer_0_lstm.final_state final state layer_0_lstm 8 8", lines);
        Assert.Contains(
            "layer_3_concatenation concatenation layer_0_lstm.final_state, layer_2_dense_product 13 13", lines);
        Assert.Contains("inputs x: 3 features per step", lines);
        Assert.Contains("static: 2 features for the whole sequence", lines);
        Assert.Contains(lines, line => line.StartsWith("outputs mean: 2 features, once for a sequence", StringComparison.Ordinal));
        Assert.Contains("can be streamed no: a layer needs its whole sequence", lines);
    }

    [Fact]
    public void Inspect_of_layers_that_follow_each_other_is_as_short_as_ever()
    {
        using var files = new CommandFiles();

        CommandRun run = CommandRun.Of("inspect", files.Model(), "--no-measure");

        Assert.DoesNotContain("reads", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("inputs", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_tells_it_in_JSON()
    {
        JsonNode json = JsonNode.Parse(CommandRun.Of("inspect", Decoder, "--no-measure", "--json").Output)!;

        Assert.Equal(["forecast", "past"], json["outputs"]!.AsArray().Select(output => (string)output!["name"]!));
        Assert.Equal(("x", "sequence", 3), (
            (string)json["inputs"]![0]!["name"]!, (string)json["inputs"]![0]!["kind"]!, (int)json["inputs"]![0]!["size"]!));
        JsonNode joined = json["layers"]!.AsArray().Single(layer => (string)layer!["kind"]! == "concatenation")!;
        Assert.Equal(2, joined["reads"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_takes_and_writes_files_by_name(int batch)
    {
        using var files = new CommandFiles();
        string x = batch == 1 ? files.Data("x.npy", 6, 3) : files.Data("x.npy", 6, batch, 3);
        string row = batch == 1 ? files.Data("static.npy", 2) : files.Data("static.npy", batch, 2);
        string mean = files.PathOf("mean.npy");

        CommandRun run = CommandRun.Of("run", JoinedLate, "-i", $"static={row}", "-i", $"x={x}", "-o", $"mean={mean}");

        Assert.Equal("", string.Concat(run.Error.Split('\n').Where(line => line.StartsWith("error", StringComparison.Ordinal))));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"x: {x}", run.Output, StringComparison.Ordinal);
        DataArray written = DataFile.Read(mean);
        Assert.Equal([batch, 2], written.Shape);
        Assert.Equal(
            Reference(JoinedLate, batch, 6, DataFile.Read(x).Values, DataFile.Read(row).Values)[0], written.Values);
    }

    [Fact]
    public void Run_writes_only_the_outputs_that_are_named_and_of_one_input_a_path_is_enough()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 6, 2, 3);
        string forecast = files.PathOf("forecast.npy");

        CommandRun run = CommandRun.Of("run", Decoder, "-i", x, "-o", $"forecast={forecast}", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal([5, 2, 1], DataFile.Read(forecast).Shape);
        JsonArray outputs = JsonNode.Parse(run.Output)!["outputs"]!.AsArray();
        Assert.Equal([("forecast", 5), ("past", 6)], outputs.Select(output => ((string)output!["name"]!, (int)output["time"]!)));
        Assert.Null(outputs[1]!["file"]);
        Assert.Equal(Reference(Decoder, 2, 6, DataFile.Read(x).Values)[0], DataFile.Read(forecast).Values);
    }

    [Theory]
    [InlineData("--stream")]
    [InlineData("--block")]
    public void Run_in_pieces_gives_the_steps_of_a_whole_run(string mode)
    {
        using var files = new CommandFiles();
        string words = files.Data("words.npy", new DataArray([2, 5], [0, 1, 2, 3, 4, 6, 5, 4, 3, 2]));
        string features = files.Data("features.npy", 2, 5, 2);
        string[] inputs = ["run", Words, "-i", $"words={words}", "-i", $"features={features}"];

        CommandRun whole = CommandRun.Of([.. inputs, "-o", $"steps={files.PathOf("whole.npy")}", "-o", $"state={files.PathOf("s.npy")}"]);
        CommandRun pieces = CommandRun.Of(
            [.. inputs, "-o", $"steps={files.PathOf("pieces.npy")}", mode, .. mode == "--block" ? (string[])["2"] : []]);

        Assert.Equal((0, 0), (whole.ExitCode, pieces.ExitCode));
        DataArray steps = DataFile.Read(files.PathOf("whole.npy"));
        Assert.Equal([2, 5, 3], steps.Shape);
        Assert.Equal(steps.Values, DataFile.Read(files.PathOf("pieces.npy")).Values);

        // The last step of each sequence, [batch, time, features].
        Assert.Equal([.. steps.Values[12..15], .. steps.Values[27..30]], DataFile.Read(files.PathOf("s.npy")).Values);
    }

    [Fact]
    public void What_is_missing_or_does_not_fit_is_refused_by_its_name()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 6, 3);
        string two = files.Data("two.npy", 2, 2);
        string three = files.Data("three.npy", 3);

        AssertRefused("expected a file for each of 'x', 'static', found none for 'static'", "-i", $"x={x}");
        AssertRefused("expected NAME=FILE, because the model has 2 inputs, 'x', 'static'; found", "-i", x);
        AssertRefused("'x' was given twice", "-i", $"x={x}", "-i", $"x={x}");
        AssertRefused("expected a file for 'static', found none", "-i", $"x={x}", "-i", "static=");
        AssertRefused("expected 1 sequences of 6 steps", "-i", $"x={x}", "-i", $"static={two}");
        AssertRefused("expected 2 features a row, [2] or [batch, 2]; found shape", "-i", $"x={x}", "-i", $"static={three}");
        AssertRefused(
            "expected one file, because the model has one output, found 2",
            "-i", $"x={x}", "-i", $"static={files.Data("s.npy", 2)}", "-o", "a.npy", "-o", "b.npy");

        static void AssertRefused(string expected, params string[] options)
        {
            CommandRun run = CommandRun.Of(["run", JoinedLate, .. options]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Compare_shows_every_output_and_the_worst_decides()
    {
        using var files = new CommandFiles();
        string other = files.PathOf("words.safetensors");
        Assert.Equal(0, CommandRun.Of("convert", Words, other).ExitCode);

        CommandRun equal = CommandRun.Of("compare", Words, other, "--tolerance", "0", "--batch", "2");
        CommandRun reference = CommandRun.Of("compare", Words, "--reference", "--tolerance", "0");
        JsonNode json = JsonNode.Parse(CommandRun.Of("compare", Words, "--reference", "double", "--json", "--tolerance", "0").Output)!;

        Assert.Equal((0, 0), (equal.ExitCode, reference.ExitCode));
        Assert.Contains("output 'state':\nequal in all 6 values", equal.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("output 'steps':\nequal in all 600 values", equal.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(["state", "steps"], json["outputs"]!.AsArray().Select(output => (string)output!["name"]!));
        Assert.False((bool)json["passed"]!);
    }

    [Fact]
    public void Compare_takes_inputs_by_name_and_refuses_models_that_differ()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 4, 3);
        string row = files.Data("static.npy", 2);

        CommandRun run = CommandRun.Of("compare", JoinedLate, "--reference", "-i", $"x={x}", "-i", $"static={row}");
        CommandRun others = CommandRun.Of("compare", JoinedLate, Decoder);
        CommandRun plot = CommandRun.Of("compare", Words, "--reference", "--plot", files.PathOf("d.svg"));

        Assert.Equal((0, 2, 2), (run.ExitCode, others.ExitCode, plot.ExitCode));
        Assert.Contains("equal in all 2 values", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "The models take different inputs: 'x', a sequence of 3 [time, batch, 3], 'static', a row of 2 [batch, 2] and 3 features.",
            others.Error, StringComparison.Ordinal);
        Assert.Contains("--plot: expected models of one output, found 2", plot.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("joined_late")]
    [InlineData("encoder_and_decoder_batch_major")]
    [InlineData("silu")]
    public void Convert_there_and_back_keeps_every_bit(string name)
    {
        using var files = new CommandFiles();
        string safetensors = files.PathOf("model.safetensors");
        string onnx = files.PathOf("model.onnx");
        string source = GoldenFiles.PathOf("onnx-graphs", name, "model.onnx");

        CommandRun there = CommandRun.Of("convert", source, safetensors);
        CommandRun back = CommandRun.Of("convert", safetensors, onnx);

        Assert.Equal((0, 0), (there.ExitCode, back.ExitCode));
        Assert.Contains("the same bits in all", there.Output + there.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of("compare", source, onnx, "--tolerance", "0").ExitCode);
    }

    private static float[][] Reference(string path, int batch, int time, params float[][] inputs) =>
        ReferenceModel<float>.Create(ModelFile.Load(path).Definition)
            .Predict([.. inputs.Select(values => (InputBuffer<float>)values)], batch, time);
}
