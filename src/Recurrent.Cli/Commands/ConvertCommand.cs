using System.CommandLine;
using System.Globalization;
using Recurrent.Cli.Convert;
using Recurrent.Cli.Display;
using Recurrent.Cli.Inspect;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent convert</c>: a model in another format.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN") { Description = "A model file of any format that is known." };
        var output = new Argument<string>("OUT")
        {
            Description = "The file to write: .recurrent, .onnx, or .safetensors with PyTorch's names. Replaced if it is there.",
        };
        var weights = new WeightsOption(
            "Rounds the weights of recurrent layers to this format. A .recurrent file stores them in it and says so, others have "
            + "them as float32. Default: they stay as they are.");
        var packed = new Option<bool>("--packed")
        {
            Description = "Also puts the weights into a .recurrent file as the kernels of this machine read them: RecurrentFile.LoadModel, "
                + "and programs in C and C++, load it several times as fast on a machine like this one, and take no notice elsewhere.",
        };
        Option<string?> isa = NetworkOptions.InstructionSetOption(
            "With --packed, the instruction set to pack for. Default: the best one of this machine.");
        var modelFile = new ModelFileOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON and nothing else." };
        var command = new Command(
            "convert",
            """
            Writes a model in another format, reads it again, and compares the two on random input, bit for bit.
            Tells what the new file does not hold.
            Exit code 0: written, and equal; 1: written, and not equal; 2: it cannot be read or written, and why.

              recurrent convert amplifier.nam amplifier.onnx
              recurrent convert model.onnx model.safetensors
              recurrent convert model.onnx model.recurrent
              recurrent convert lstm.pt model.onnx --every-step --batch-major
              recurrent convert model.onnx rounded.onnx --weights int8
              recurrent convert model.onnx small.recurrent --weights int8
              recurrent convert model.onnx model.recurrent --packed
            """)
        {
            input, output, packed, isa, json,
        };
        weights.AddTo(command);
        modelFile.AddTo(command);
        command.SetAction(parsed => CommandFrame.Run(parsed, () =>
        {
            InstructionSet? set = NetworkOptions.ReadInstructionSet(parsed, isa);
            if (set is not null && !parsed.GetValue(packed))
            {
                throw new UnusableInputException("--isa: expected only with --packed; every instruction set gives the same bits.");
            }

            ConvertReport report = Conversion.Convert(
                parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), modelFile.Read(parsed), weights.Read(parsed),
                parsed.GetValue(packed) ? set ?? InstructionSet.Auto : null);
            new ImportNotes(parsed.InvocationConfiguration.Error).Tell(report.Input, report.Before.Notes);
            WeightsOption.TellWithoutEffect(report.Before.Definition, report.Weights, parsed.InvocationConfiguration.Error);
            TextWriter writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                writer.WriteLine(ToJson(report));
            }
            else
            {
                WriteText(report, writer);
            }

            return report.IsEqual ? ExitCode.Success : ExitCode.Failure;
        }));
        return command;
    }

    private static void WriteText(ConvertReport report, TextWriter output)
    {
        output.WriteMessage($"{report.Input}: {report.Before.Format}, {report.Before.Definition.Layers.Count} layers");
        output.WriteMessage($"{report.Output}: {report.After.Format}, {report.After.Definition.Layers.Count} layers");
        output.WriteMessage(report.IsEqual
            ? $"read again, equal: the same bits in all {report.Values} values of output on random input"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"read again, NOT EQUAL: {report.Different} of {report.Values} values of output differ, by up to "
                + $"{report.LargestDifference:G3}"));
        foreach (string lost in report.Lost)
        {
            output.WriteText($"lost: {lost}");
        }

        if (report.After.PackedWeights is { } packed)
        {
            output.WriteText($"packed weights: {PackedText.Of(packed)}");
        }

        if (report.HoldsFormats && !WeightChoice.IsFloats(report.After.Options))
        {
            output.WriteText($"weights: {WeightChoice.NameOf(report.After.Options)}, stored and computed");
        }
        else if (report.Weights is { } format && format != WeightFormat.Float32)
        {
            output.WriteText($"note: {WrittenWeights.Note(format)}");
        }
    }

    private static string ToJson(ConvertReport report) => JsonText.Object(json =>
    {
        json.WriteString("input", report.Input);
        json.WriteString("input_format", report.Before.Format);
        json.WriteString("output", report.Output);
        json.WriteString("output_format", report.After.Format);
        if (report.Weights is { } format)
        {
            json.WriteString("weights", WeightFormatNames.Of(format));
        }

        json.WriteBoolean("equal", report.IsEqual);
        json.WriteNumber("values", report.Values);
        json.WriteNumber("different", report.Different);
        json.WriteAnyNumber("largest_difference", report.LargestDifference);
        json.WriteStartArray("notes");
        foreach (ImportNote note in report.Before.Notes)
        {
            json.WriteStringValue(note.ToString());
        }

        json.WriteEndArray();
        PackedText.Write(json, report.After.PackedWeights);
        json.WriteStartArray("lost");
        foreach (string lost in report.Lost)
        {
            json.WriteStringValue(lost);
        }

        json.WriteEndArray();
    });
}
