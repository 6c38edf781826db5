using System.CommandLine;
using Recurrent.Cli.Inspect;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent inspect</c>: what a model file holds.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A model file of any format that is known." };
        var modelFile = new ModelFileOptions();
        var noMeasure = new Option<bool>("--no-measure") { Description = "Do not time steps, which takes a second." };
        var json = new Option<bool>("--json") { Description = "Print JSON and nothing else." };
        var command = new Command(
            "inspect",
            """
            Shows what a model file holds: its layers and their sizes, what comes in and out, parameters, the time of a
            step (predicted, and measured on this machine), and what was assumed, folded, renamed or ignored to read it.
            Of a bare state dict of PyTorch, also the options that say what it does not: other commands need them. Of a
            safetensors file that holds no model, its tensors.
            Exit code 0: shown; 2: the file cannot be used, or is not supported, and why.

              recurrent inspect model.onnx
              recurrent inspect amplifier.nam --json
              recurrent inspect weights.safetensors --no-measure
            """)
        {
            file, noMeasure, json,
        };
        modelFile.AddTo(command);
        command.SetAction(parsed => CommandFrame.Run(parsed, () =>
        {
            Inspection inspection = Inspection.Of(
                parsed.GetRequiredValue(file), modelFile.Read(parsed), measure: !parsed.GetValue(noMeasure));
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(InspectJson.Write(inspection));
            }
            else
            {
                InspectText.Write(inspection, output);
            }

            return ExitCode.Success;
        }));
        return command;
    }
}
