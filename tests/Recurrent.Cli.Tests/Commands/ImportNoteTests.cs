using System.Text.Json.Nodes;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>No command tells a number of a bare state dict without having been told, or telling, what was assumed.</summary>
public sealed class ImportNoteTests
{
    private static readonly string[] Said = ["--last-step", "--batch-major", "--modules", "lstm,linear"];

    [Theory]
    [InlineData("run", "MODEL", "-i", "X", "-o", "Y")]
    [InlineData("run", "MODEL", "-i", "X", "--json")]
    [InlineData("compare", "MODEL", "--reference")]
    [InlineData("compare", "OURS", "MODEL", "--json")]
    [InlineData("convert", "MODEL", "OUT")]
    [InlineData("convert", "MODEL", "OUT", "--json")]
    public void A_bare_state_dict_is_refused_in_one_line_that_has_the_options(params string[] arguments)
    {
        using var files = new CommandFiles();

        CommandRun run = Run(files, arguments);

        RunCommandTests.AssertRefused(run, "Add, as its code says, --last-step --batch-major --modules lstm,linear (or ");
        RunCommandTests.AssertRefused(run, "--assume-defaults");
        Assert.False(File.Exists(files.PathOf("y.npy")) || File.Exists(files.PathOf("out.onnx")));
        Assert.Equal((0, ""), Run(files, [.. arguments, .. Said]) is var said ? (said.ExitCode, said.Error) : default);
    }

    [Theory]
    [InlineData("run", "MODEL", "-i", "X")]
    [InlineData("run", "MODEL", "-i", "X", "--json")]
    [InlineData("compare", "MODEL", "MODEL")]
    [InlineData("compare", "MODEL", "--reference", "--json")]
    [InlineData("convert", "MODEL", "OUT")]
    [InlineData("convert", "MODEL", "OUT", "--json")]
    public void What_was_assumed_is_told_once_on_standard_error(params string[] arguments)
    {
        using var files = new CommandFiles();

        CommandRun run = Run(files, [.. arguments, "--assume-defaults"]);

        string model = files.PathOf("bare.safetensors");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                $"{model}: assumed 'lstm', 'linear': applied in an order that fits; --modules says otherwise.",
                $"{model}: assumed 'lstm', 'linear': no activations between or behind them; --modules says otherwise.",
                $"{model}: assumed output: every step is put out; --every-step, --last-step or --final-state says otherwise.",
                $"{model}: assumed layout: time-major (batch_first=False); --batch-major or --time-major says otherwise.",
            ],
            run.Error.TrimEnd().Split('\n').Select(line => line.TrimEnd()));
        Assert.DoesNotContain("assumed", arguments.Contains("--json") ? "" : run.Output);
        if (arguments.Contains("--json"))
        {
            Assert.NotNull(JsonNode.Parse(run.Output));
        }
    }

    [Fact]
    public void Notes_of_other_files_are_told_too()
    {
        using var files = new CommandFiles();

        CommandRun run = CommandRun.Of("run", CommandFiles.Capture, "-i", files.Data("x.wav", 48, 1));

        Assert.StartsWith($"{CommandFiles.Capture}: assumed sample_rate: ", run.Error);
        Assert.DoesNotContain('\n', run.Error.TrimEnd());
    }

    [Fact]
    public void A_recording_is_verified_only_of_a_model_that_is_known()
    {
        using var files = new CommandFiles();
        string model = Bare(files);
        ModelDefinition definition = CommandFiles.Definition();
        float[] x = [.. Enumerable.Range(0, 12).Select(i => i / 12f)];
        double[] y = new double[8];
        Recurrent.Reference.ReferenceModel<double>.Create(definition).OpenSession()
            .Run([.. x.Select(value => (double)value)], y, 4);
        File.WriteAllBytes(
            Path.ChangeExtension(model, ".io.safetensors"),
            new SafetensorsBuilder().Add("x", "F32", [4, 3], x).Add("y.f64", "F64", [4, 2], y).Build());

        CommandRun refused = CommandRun.Of("verify", model, "--isa", "reference");
        CommandRun said = CommandRun.Of("verify", model, "--isa", "reference", "--every-step");
        CommandRun assumed = CommandRun.Of("verify", model, "--isa", "reference", "--assume-defaults");

        Assert.Equal((1, 0, 0), (refused.ExitCode, said.ExitCode, assumed.ExitCode));
        Assert.Contains("a state dict does not say what it outputs. Add, as its code says, --last-step --modules lstm,linear (or --every-step, ", refused.Output);
        Assert.Contains("bare.safetensors: assumed 'lstm', 'linear': applied in an order that fits", said.Error);
        Assert.Contains("bare.safetensors: assumed output: every step", assumed.Error);
    }

    [Fact]
    public void An_RNN_is_measured_as_one_with_tanh_and_that_is_told()
    {
        using var files = new CommandFiles();
        string model = files.PathOf("rnn.safetensors");
        File.WriteAllBytes(model, new SafetensorsBuilder()
            .AddCounting("rnn.weight_ih_l0", 0, 4, 3).AddCounting("rnn.weight_hh_l0", 0, 4, 4).Build());

        CommandRun run = CommandRun.Of(
            "bench", model, "--assume-defaults", "--seconds", "0.01", "--isa", "scalar", "--threads", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"{model}: assumed rnn: its nonlinearity is tanh", run.Error);
    }

    [Fact]
    public void Notes_without_end_are_not_told_without_end()
    {
        using var error = new StringWriter();
        var notes = new Recurrent.Cli.Commands.ImportNotes(error);
        ImportNote[] many =
        [
            .. Enumerable.Range(0, 1000).Select(i => new ImportNote(ImportNoteKind.Ignored, $"t{i}", "x\n\x1b[31m")),
            new ImportNote(ImportNoteKind.Assumed, "last", new string('y', 10_000)),
        ];

        notes.Tell("a", many);
        notes.Tell("a", many);

        string[] lines = error.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(101, lines.Length);
        Assert.StartsWith("a: assumed last: y", lines[0]);
        Assert.InRange(lines[0].Length, 400, 600);
        Assert.Equal("a: ignored t0: x\uFFFD\uFFFD[31m", lines[1]);
        Assert.Equal("a: 901 more notes; recurrent inspect has them all.", lines[^1]);
    }

    private static CommandRun Run(CommandFiles files, string[] arguments) => CommandRun.Of([.. arguments.Select(argument => argument switch
    {
        "MODEL" => Bare(files),
        "OURS" => files.Model("ours.safetensors", puts: ModelOutput.LastStep),
        "X" => files.Data("x.npy", 10, 3),
        "Y" => files.PathOf("y.npy"),
        "OUT" => files.PathOf("out.onnx"),
        _ => argument,
    })]);

    /// <summary>The parameters of a model under PyTorch's names, and nothing else.</summary>
    private static string Bare(CommandFiles files)
    {
        string path = files.PathOf("bare.safetensors");
        SafetensorsWriter writer = PyTorchExport.ToWriter(CommandFiles.Definition());
        writer.Metadata.Clear();
        writer.Save(path);
        return path;
    }
}
