using System.Text.Json;
using Recurrent.Cli.Tests.Verify;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>Names in files, and names of files, cannot control the terminal that the tool writes to.</summary>
public sealed class TerminalTests
{
    private const string Hostile = "\u001b]0;owned\u0007\u009b2J\u202e\r";

    [Theory]
    [InlineData("inspect", "MODEL", "--no-measure")]
    [InlineData("inspect", "MODEL", "--no-measure", "--assume-defaults")]
    [InlineData("inspect", "TENSORS", "--no-measure")]
    [InlineData("run", "MODEL", "-i", "none.npy")]
    [InlineData("convert", "MODEL", "OUT", "--assume-defaults")]
    [InlineData("compare", "MODEL", "--reference", "--assume-defaults")]
    [InlineData("compare", "TENSORS", "--reference")]
    [InlineData("inspect", Hostile)]
    [InlineData("bench", "lstm", "--hidden", Hostile)]
    [InlineData("verify", Hostile)]
    public void Nothing_that_is_written_controls_it(params string[] arguments)
    {
        using var files = new CommandFiles();
        string name = JsonEncodedText.Encode(Hostile + "lstm").ToString();
        string model = files.PathOf("model.safetensors");
        File.WriteAllBytes(model, new SafetensorsBuilder()
            .AddCounting(name + ".weight_ih_l0", 0, 4, 1).AddCounting(name + ".weight_hh_l0", 0, 4, 1)
            .AddCounting(name + ".bias_ih_l0", 0, 4).AddCounting(name + ".bias_hh_l0", 0, 4)
            .Metadata(name, name).Build());
        string tensors = files.PathOf("tensors.safetensors");
        File.WriteAllBytes(tensors, new SafetensorsBuilder().AddCounting(name, 0, 2, 2, 2).Build());

        CommandRun run = CommandRun.Of([.. arguments.Select(argument => argument switch
        {
            "MODEL" => model,
            "TENSORS" => tensors,
            "OUT" => files.PathOf("out.safetensors"),
            _ => argument,
        })]);

        string written = run.Output + run.Error;
        Assert.NotEmpty(written);
        Assert.DoesNotContain(
            written, c => (char.IsControl(c) && c is not '\n') || c == '\u202e');
        Assert.All(run.Error.Split('\n'), line => Assert.InRange(line.Length, 0, 1000));
    }
}
