using System.Text.Json.Nodes;
using Recurrent.Cli.Data;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Tests.Commands;

public sealed class RunCommandTests
{
    [Theory]
    [InlineData]
    [InlineData("--stream")]
    [InlineData("--block", "4")]
    [InlineData("--isa", "scalar")]
    public void The_output_is_that_of_the_reference_however_it_is_computed(params string[] mode)
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 10, 2, 3);

        CommandRun run = CommandRun.Of(
            ["run", files.Model(), "--input", x, "--output", files.PathOf("y.npy"), .. mode]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        DataArray y = DataFile.Read(files.PathOf("y.npy"));
        Assert.Equal([10, 2, 2], y.Shape);
        Assert.Equal(Reference(CommandFiles.Definition(), DataFile.Read(x).Values, 10, 2), y.Values);
    }

    [Theory]
    [InlineData]
    [InlineData("--stream")]
    public void A_batch_major_input_gives_a_batch_major_output(params string[] mode)
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 2, 10, 3);

        CommandRun run = CommandRun.Of(
            ["run", files.Model(), "-i", x, "-o", files.PathOf("y.npy"), "--batch-major", .. mode]);

        Assert.Equal(0, run.ExitCode);
        DataArray y = DataFile.Read(files.PathOf("y.npy"));
        Assert.Equal([2, 10, 2], y.Shape);
        var expected = new float[y.Values.Length];
        ReferenceModel<float>.Create(CommandFiles.Definition()).OpenSession(2)
            .Run(DataFile.Read(x).Values, expected, 10, SequenceLayout.BatchMajor);
        Assert.Equal(expected, y.Values);
    }

    [Theory]
    [InlineData("lengths-of-indices", "ids")]
    [InlineData("lengths-of-features", "x")]
    public void Rows_whose_lengths_a_file_counts_are_as_long(string name, string input)
    {
        using var files = new CommandFiles();
        string folder = Path.Combine(GoldenFiles.PathOf("onnx-files"), name);

        CommandRun run = CommandRun.Of(
            "run", Path.Combine(folder, "model.onnx"), "-i", Path.Combine(folder, $"in.{input}.npy"), "-o", files.PathOf("y.npy"));

        Assert.Equal(0, run.ExitCode);
        float[] expected = DataFile.Read(Path.Combine(folder, "out.y.npy")).Values;
        float[] found = DataFile.Read(files.PathOf("y.npy")).Values;
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Lengths_that_a_file_counts_in_another_input_are_asked_for()
    {
        using var files = new CommandFiles();
        string folder = Path.Combine(GoldenFiles.PathOf("onnx-files"), "lengths-of-a-mask");

        CommandRun run = CommandRun.Of(
            "run", Path.Combine(folder, "model.onnx"), "-i", Path.Combine(folder, "in.x.npy"), "-o", files.PathOf("y.npy"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--lengths: expected the lengths of rows, which the file counts in its input 'mask'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 2, 10)]
    [InlineData("--batch-major", 2, 10)]
    [InlineData("--time-major", 10, 2)]
    public void The_order_of_axes_is_the_models_unless_another_is_asked_for(string option, int first, int second)
    {
        using var files = new CommandFiles();
        ModelDefinition definition = CommandFiles.Definition().WithLayout(SequenceLayout.BatchMajor);
        string x = files.Data("x.npy", first, second, 3);
        string[] options = option.Length == 0 ? [] : [option];

        CommandRun run = CommandRun.Of(
            ["run", files.Save("model.safetensors", definition), "-i", x, "-o", files.PathOf("y.npy"), .. options]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        DataArray y = DataFile.Read(files.PathOf("y.npy"));
        Assert.Equal([first, second, 2], y.Shape);
        var expected = new float[y.Values.Length];
        ReferenceModel<float>.Create(definition).OpenSession(2).Run(
            DataFile.Read(x).Values,
            expected,
            10,
            option == "--time-major" ? SequenceLayout.TimeMajor : SequenceLayout.BatchMajor);
        Assert.Equal(expected, y.Values);
    }

    [Fact]
    public void Text_is_read_and_written()
    {
        using var files = new CommandFiles();
        string x = files.Text("x.csv", "a,b,c\n1,2,3\n4,5,6\n");

        CommandRun run = CommandRun.Of("run", files.Model(), "-i", x, "-o", files.PathOf("y.csv"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("line 1 holds names and was left out", run.Output);
        Assert.Equal(
            Reference(CommandFiles.Definition(), [1, 2, 3, 4, 5, 6], 2, 1), DataFile.Read(files.PathOf("y.csv")).Values);
    }

    [Fact]
    public void Rows_past_their_length_are_0()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 4, 2, 3);

        CommandRun.Of("run", files.Model(), "-i", x, "-o", files.PathOf("y.npy"), "--lengths", "4,2");

        float[] y = DataFile.Read(files.PathOf("y.npy")).Values;
        Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(i >= 8 && i % 4 >= 2, y[i] == 0));
    }

    [Fact]
    public void A_model_that_puts_out_its_last_step_gives_one_row()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 6, 3);
        float[] expected = Reference(CommandFiles.Definition(), DataFile.Read(x).Values, 6, 1)[^2..];
        foreach (string[] arguments in new string[][]
        {
            [files.Model(), "--last-step"], [files.Model("last.safetensors", puts: ModelOutput.LastStep)],
            [files.Model(), "--last-step", "--block", "4"],
        })
        {
            CommandRun run = CommandRun.Of(["run", "-i", x, "-o", files.PathOf("y.npy"), .. arguments]);

            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Equal([1, 2], DataFile.Read(files.PathOf("y.npy")).Shape);
            Assert.Equal(expected, DataFile.Read(files.PathOf("y.npy")).Values);
        }
    }

    [Theory]
    [InlineData("x.npy", 5)]
    [InlineData("x.npy", 5, 2)]
    [InlineData("x.csv", 5, 1)]
    public void Indices_are_read(string name, params int[] shape)
    {
        using var files = new CommandFiles();
        int batch = shape.ElementAtOrDefault(1) is > 0 and int rows ? rows : 1;
        int[] indices = [.. Enumerable.Range(0, 5 * batch).Select(i => i * 3 % 7)];
        string x = files.Data(name, new DataArray(shape, [.. indices.Select(index => (float)index)]));
        string model = files.IndexModel();

        CommandRun run = CommandRun.Of("run", model, "-i", x, "-o", files.PathOf("y.npy"), "--stream");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var expected = new float[5 * batch * 3];
        ReferenceModel<float>.Create(ModelFile.Load(model).Definition).OpenSession(batch).RunIndices(indices, expected, 5);
        Assert.Equal(expected, DataFile.Read(files.PathOf("y.npy")).Values);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("nan")]
    public void A_number_that_is_no_index_is_refused_with_its_place(string number)
    {
        using var files = new CommandFiles();

        CommandRun run = CommandRun.Of("run", files.IndexModel(), "-i", files.Text("x.csv", $"1\n2\n{number}\n"));

        AssertRefused(run, "x.csv: step 2, sequence 0: expected an index from 0 to 6");
    }

    [Theory]
    [InlineData("--stream", "stream", 1)]
    [InlineData("--block=64", "blocks", 64)]
    public void Sound_has_a_real_time_factor(string option, string mode, int steps)
    {
        using var files = new CommandFiles();
        string x = files.Data("x.wav", 480, 1);

        CommandRun run = CommandRun.Of(
            "run", CommandFiles.Capture, "-i", x, "-o", files.PathOf("y.wav"), option, "--json");

        Assert.Equal(0, run.ExitCode);
        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.Equal((mode, steps), ((string)json["mode"]!, (int)json["steps_per_call"]!));
        Assert.Equal((480, 1, 48000), ((int)json["time"]!, (int)json["batch"]!, (int)json["sample_rate"]!));
        Assert.Equal((480 + steps - 1) / steps, (int)json["calls"]!);
        double microseconds = (double)json["us"]!;
        Assert.Equal(microseconds / 10_000, (double)json["real_time_factor"]!, 1e-6);
        Assert.InRange((double)json["call_median_us"]!, 0, (double)json["call_worst_us"]!);
        DataArray y = DataFile.Read(files.PathOf("y.wav"));
        Assert.Equal(48000, y.SampleRate);
        Assert.Equal(
            Reference(ModelFile.Load(CommandFiles.Capture).Definition, DataFile.Read(x).Values, 480, 1), y.Values);
    }

    [Theory]
    [InlineData]
    [InlineData("--stream")]
    [InlineData("--block", "64")]
    public void Every_channel_is_computed_by_itself(params string[] mode)
    {
        using var files = new CommandFiles();
        string x = files.Data("x.wav", 200, 2);

        Assert.Equal(0, Run("both.wav"));
        Assert.Equal(0, Run("left.wav", "--channel", "1"));
        Assert.Equal(0, Run("right.wav", "--channel", "2"));
        Assert.Equal(0, Run("both.npy"));
        Assert.Equal(0, Run("both.csv"));

        float[] left = DataFile.Read(files.PathOf("left.wav")).Values;
        float[] right = DataFile.Read(files.PathOf("right.wav")).Values;
        DataArray both = DataFile.Read(files.PathOf("both.wav"));
        Assert.Equal([200, 2], both.Shape);
        Assert.Equal([.. left.Zip(right, (l, r) => new[] { l, r }).SelectMany(pair => pair)], both.Values);
        Assert.NotEqual(left, right);
        Assert.All(["both.npy", "both.csv"], name =>
        {
            Assert.Equal([200, 2], DataFile.Read(files.PathOf(name)).Shape);
            Assert.Equal(both.Values, DataFile.Read(files.PathOf(name)).Values);
        });

        int Run(string name, params string[] options) => CommandRun.Of(
            ["run", CommandFiles.Capture, "-i", x, "-o", files.PathOf(name), .. mode, .. options]).ExitCode;
    }

    [Fact]
    public void Channels_are_features_of_a_model_that_has_as_many()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.wav", 20, 3);

        CommandRun run = CommandRun.Of("run", files.Model(), "-i", x, "-o", files.PathOf("y.npy"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            Reference(CommandFiles.Definition(), DataFile.Read(x).Values, 20, 1), DataFile.Read(files.PathOf("y.npy")).Values);
        AssertRefused(
            CommandRun.Of("run", files.Model(), "-i", files.Data("two.wav", 20, 2)), "found shape [20, 2]");
    }

    [Fact]
    public void A_short_input_is_computed_again_so_that_its_time_is_not_that_of_a_first_call()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 10, 3);

        CommandRun text = CommandRun.Of("run", files.Model(), "-i", x);
        JsonNode json = JsonNode.Parse(CommandRun.Of("run", files.Model(), "-i", x, "--json").Output)!;

        Assert.Matches("us per step; median of [0-9]+ runs", text.Output);
        Assert.True((int)json["passes"]! > 1);
        Assert.Equal((1, 10), ((int)json["calls"]!, (int)json["time"]!));
        Assert.Equal((double)json["us"]! / 10, (double)json["us_per_step"]!, 1e-9);
    }

    [Fact]
    public void Sound_of_another_rate_is_refused_unless_it_is_asked_for()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.wav", new DataArray([4, 1], new float[4]) { SampleRate = 44100 });

        AssertRefused(
            CommandRun.Of("run", CommandFiles.Capture, "-i", x),
            "expected 48000 samples per second, which is what the model was made for, found 44100");
        Assert.Equal(0, CommandRun.Of("run", CommandFiles.Capture, "-i", x, "--sample-rate", "48000").ExitCode);
    }

    [Fact]
    public void Values_that_are_not_finite_are_told()
    {
        using var files = new CommandFiles();

        CommandRun run = CommandRun.Of("run", files.Model(), "-i", files.Text("x.csv", "1,nan,3\n1,2,3\n"), "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(4, (int)JsonNode.Parse(run.Output)!["not_finite"]!);
        Assert.Contains("4 values of the output are NaN or infinite", run.Output);
    }

    [Theory]
    [InlineData("none.npy", "does not exist")]
    [InlineData("", "is a folder")]
    [InlineData("x.txt", "expected a name that ends in .npy, .csv or .wav")]
    [InlineData("bad.npy", "bad.npy: byte 0: expected the beginning of a .npy file")]
    [InlineData("flat.npy", "flat.npy: expected 3 features per step, [time, 3] or [time, batch, 3]; found shape [10]")]
    [InlineData("wide.npy", "found shape [10, 4]")]
    [InlineData("empty.npy", "expected at least one step, found shape [0, 3]")]
    [InlineData("x.npy", "--stream, --block: expected one of them", "--stream", "--block", "2")]
    [InlineData("x.npy", "--lengths: expected 1 numbers from 0 to 10, found '11'", "--lengths", "11")]
    [InlineData("x.npy", "--lengths: expected 1 numbers from 0 to 10, found '1,2'", "--lengths", "1,2")]
    [InlineData("x.npy", "--lengths: expected only without --stream", "--lengths", "1", "--stream")]
    [InlineData("x.npy", "--channel: only a WAV file has channels", "--channel", "1")]
    [InlineData("x.npy", "expected one of them, found both", "--batch-major", "--time-major")]
    [InlineData("x.npy", "expected .npy or .csv, because the model puts out 2 features", "--output", "y.wav")]
    [InlineData("x.npy", "expected a name that ends in .npy, .csv or .wav", "--output", "y.bin")]
    [InlineData("pair.npy", "expected .npy, because there are 2 sequences", "--output", "y.csv")]
    public void An_input_that_cannot_be_used_is_refused_in_one_line(
        string name, string expected, params string[] options)
    {
        using var files = new CommandFiles();
        files.Data("x.npy", 10, 3);
        files.Data("pair.npy", 10, 2, 3);
        files.Data("flat.npy", 10);
        files.Data("wide.npy", 10, 4);
        files.Data("empty.npy", 0, 3);
        files.Text("bad.npy", "no such thing");
        files.Text("x.txt", "1,2,3");

        AssertRefused(CommandRun.Of(["run", files.Model(), "--input", files.PathOf(name), .. options]), expected);
    }

    [Fact]
    public void A_model_that_cannot_be_used_is_refused_in_one_line()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 10, 3);
        string reversed = files.Model("reversed.safetensors", direction: Direction.Bidirectional);

        AssertRefused(CommandRun.Of("run", files.PathOf("none.onnx"), "-i", x), "none.onnx' does not exist");
        AssertRefused(CommandRun.Of("run", files.PathOf(""), "-i", x), "is a folder, expected a file");
        AssertRefused(CommandRun.Of("run", x, "-i", x), "x.npy: not a model file");
        AssertRefused(CommandRun.Of("run", files.Model(), "-i", x, "--modules", "gru"), "gru");
        AssertRefused(CommandRun.Of("run", reversed, "-i", x, "--stream"), "which needs the whole sequence");
        AssertRefused(
            CommandRun.Of("run", files.Model(), "-i", x, "--last-step", "--every-step"), "expected one of them");
        AssertRefused(
            CommandRun.Of("run", files.Model(), "-i", x, "--initial-state", "lstm"), "expected MODULE=HIDDEN");
    }

    internal static void AssertRefused(CommandRun run, string expected)
    {
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ", run.Error);
        Assert.Contains(expected, run.Error);
        Assert.DoesNotContain('\n', run.Error.TrimEnd());
    }

    private static float[] Reference(ModelDefinition model, float[] x, int time, int batch)
    {
        var y = new float[time * batch * model.OutputSize];
        ReferenceModel<float>.Create(model).OpenSession(batch).Run(x, y, time);
        return y;
    }
}
