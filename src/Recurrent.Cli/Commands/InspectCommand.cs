using System.CommandLine;
using Recurrent.Cli.Inspect;
using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent inspect</c>: what a model file holds.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A model file of any format that is known." };
        var weights = new WeightsOption(
            "The format that the weights of recurrent layers are to have: shows their bytes and, with --input, the error of each layer. "
            + "Default: what the file says, else float32.");
        var input = new Option<string[]>("--input", "-i")
        {
            Description = "With --weights, or a file that names formats: an input as for run, NAME=FILE for each of several: shows what the format does to it, by "
                + "layer, and names features that are too small beside others.",
            HelpName = "[NAME=]FILE",
        };
        var modelFile = new ModelFileOptions();
        var csv = new CsvOptions();
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
              recurrent inspect model.onnx --weights int8 -i x.npy
            """)
        {
            file, input, noMeasure, json,
        };
        weights.AddTo(command);
        csv.AddTo(command);
        modelFile.AddTo(command);
        command.SetAction(parsed => CommandFrame.Run(parsed, () =>
        {
            WeightFormat? format = weights.Read(parsed);
            string[] inputs = parsed.GetValue(input) ?? [];
            Inspection inspection = Inspection.Of(
                parsed.GetRequiredValue(file),
                modelFile.Read(parsed),
                format is { } named ? WeightChoice.Of(named) : null,
                measure: !parsed.GetValue(noMeasure));
            if (inputs.Length > 0 && format is null && WeightChoice.IsFloats(inspection.Formats))
            {
                throw new UnusableInputException(
                    $"--input: expected only with {WeightsOption.Name}, because the file names no format but float32.");
            }

            if (inspection.Model is { Definition: var definition })
            {
                WeightsOption.TellWithoutEffect(definition, format, parsed.InvocationConfiguration.Error);
                inspection = inputs.Length == 0 ? inspection : inspection with
                {
                    Errors = FormatErrors.Of(
                        definition, inspection.Formats, NamedFiles.ReadInputs("--input", inputs, definition, csv.Read(parsed)).Input),
                };
            }

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
