using System.CommandLine;
using System.Globalization;
using Recurrent.Cli.Compare;
using Recurrent.Cli.Models;
using Recurrent.Cli.Verify;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Plots;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent compare</c>: where two models, or a model and its reference, part.</summary>
internal sealed class CompareCommand
{
    private const string InFloat = "float";
    private const string InDouble = "double";

    private readonly Argument<string> _left = new("A") { Description = "A model." };

    private readonly Argument<string?> _right = new("B")
    {
        Description = "Another one, for the same input and with as many outputs.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _reference = new("--reference")
    {
        Description = "Instead of B: A in the managed reference, in float, which has the same bits, or in double.",
        HelpName = "float|double",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly WeightsOption _weights = new(
        "Instead of B: A with weights of this format, against A in float32. With --reference: both in this format. Default: what "
        + "each file says, else float32.");

    private readonly Option<string[]> _input = new("--input", "-i")
    {
        Description = "The input, .npy, .csv or .wav as for run, NAME=FILE for each of several. Default: random values from -1 "
            + "to 1, or random indices.",
        HelpName = "[NAME=]FILE",
    };

    private readonly Option<int?> _time = NetworkOptions.Number(
        "--time", "T", 1, 1 << 24, "Steps of a random input. Default: 100.");

    private readonly Option<int?> _batch = NetworkOptions.Number(
        "--batch", "B", 1, 1 << 16, "Sequences of a random input. Default: 1.");

    private readonly Option<int?> _seed = NetworkOptions.Number(
        "--seed", "N", 0, int.MaxValue, "Seed of a random input. Default: 1.");

    private readonly Option<double?> _tolerance = NetworkOptions.Real(
        "--tolerance", "D", "0 or more", value => value >= 0,
        "Largest absolute difference that passes; decides the exit code. Default: any does.");

    private readonly Option<string?> _plot = new("--plot")
    {
        Description = $"Also draw the differences over time into this file, {PlotFile.Kinds}.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON and nothing else." };

    private readonly CsvOptions _csv = new();
    private readonly ModelFileOptions _modelFile = new();

    private CompareCommand() => _reference.AcceptOnlyFromAmong(InFloat, InDouble);

    public static Command Create()
    {
        var options = new CompareCommand();
        var command = new Command(
            "compare",
            """
            Computes two models on one input, or one model natively and in the managed reference, and shows where they
            part: the first step, the largest and the mean difference, by feature and over time.
            Exit code 0: compared, and within --tolerance if it is given; 1: beyond it; 2: they cannot be compared.

              recurrent compare model.onnx model.safetensors        on 100 random steps
              recurrent compare a.nam --reference --tolerance 0     the same bits?
              recurrent compare a.nam --reference double -i x.wav   how accurate is float?
              recurrent compare a.onnx b.onnx -i x.npy --plot difference.svg
              recurrent compare a.onnx --weights int8 -i x.npy      what do they cost?
            """)
        {
            options._left, options._right,
        };
        foreach (Option option in new Option[]
        {
            options._reference, options._input, options._time, options._batch, options._seed, options._tolerance,
            options._plot, options._json,
        })
        {
            command.Add(option);
        }

        options._weights.AddTo(command);
        options._csv.AddTo(command);
        options._modelFile.AddTo(command);
        command.SetAction(parsed => CommandFrame.Run(parsed, () => options.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_plot) is { } planned)
        {
            PlotFile.RequireWritable(planned);
        }

        string leftFile = parsed.GetRequiredValue(_left);
        ImportedModel left = ModelFileOptions.Load(leftFile, _modelFile.Read(parsed));
        (ImportedModel right, VerifyPath leftPath, VerifyPath rightPath, string rightName) = ReadRight(parsed, leftFile, left);
        var pair = ModelPair.Of(left, right);
        if (pair.Mismatch() is { } mismatch)
        {
            throw new UnusableInputException($"The models {mismatch}");
        }

        if (parsed.GetValue(_plot) is not null && left.Definition.Outputs.Count > 1)
        {
            throw new UnusableInputException(
                $"--plot: expected models of one output, found {left.Definition.Outputs.Count}.");
        }

        (SequenceInput input, string inputName) = ReadInput(parsed, left);
        WeightsOption.TellWithoutEffect(left.Definition, _weights.Read(parsed), parsed.InvocationConfiguration.Error);
        var notes = new ImportNotes(parsed.InvocationConfiguration.Error);
        notes.Tell(leftFile, left.Notes);
        notes.Tell(parsed.GetValue(_right) ?? leftFile, right.Notes);
        var report = new CompareReport(
            leftFile, rightName, inputName, pair.Compare(leftPath, rightPath, input), parsed.GetValue(_tolerance))
        {
            Notes = Notes(left, _weights.Read(parsed), input),
        };
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(CompareJson.Write(report));
        }
        else
        {
            CompareText.Write(report, output);
        }

        if (parsed.GetValue(_plot) is { } plot)
        {
            DifferencePlot.Of($"{Path.GetFileName(leftFile)} and {Path.GetFileName(rightName)}", report.Outputs[0].Comparison).Save(plot);
        }

        return report.Passed ? ExitCode.Success : ExitCode.Failure;
    }

    private (ImportedModel Model, VerifyPath LeftPath, VerifyPath Path, string Name) ReadRight(
        ParseResult parsed, string leftFile, ImportedModel left)
    {
        string? file = parsed.GetValue(_right);
        WeightFormat? weights = _weights.Read(parsed);
        bool isReference = parsed.GetResult(_reference) is { Implicit: false };
        if (file is not null && weights is not null)
        {
            throw new UnusableInputException($"B, {WeightsOption.Name}: expected one of them, found both.");
        }

        if (file is not null == isReference && weights is null)
        {
            throw new UnusableInputException(
                $"B, --reference, {WeightsOption.Name}: expected one of them, found {(isReference ? "both" : "neither")}.");
        }

        if (file is not null)
        {
            return (ModelFileOptions.Load(file, _modelFile.Read(parsed)), NativePath.Default, NativePath.Default, file);
        }

        ModelOptions formats = _weights.Read(parsed, left);
        string with = WeightChoice.IsFloats(formats) ? string.Empty : $" with weights of {WeightChoice.NameOf(formats)}";
        if (!isReference)
        {
            return (left, NativePath.Of(WeightChoice.Floats), NativePath.Of(formats), leftFile + with);
        }

        NativePath native = NativePath.Of(formats);
        return parsed.GetValue(_reference) == InDouble
            ? (left, native, new ReferencePath<double>(InDouble, formats), $"{leftFile} in the reference, double{with}")
            : (left, native, new ReferencePath<float>(InFloat, formats), $"{leftFile} in the reference, float{with}");
    }

    private static string[] Notes(ImportedModel model, WeightFormat? weights, SequenceInput input) => weights is { } format
        ?
        [
            .. FormatErrors.Of(model.Definition, WeightChoice.Of(format), input).TooSmall
                .Select(small => small.Describe(model.LayerNames[small.Layer])),
        ]
        : [];

    private (SequenceInput Input, string Name) ReadInput(ParseResult parsed, ImportedModel model)
    {
        if (parsed.GetValue(_input) is { Length: > 0 } given)
        {
            (SequenceInput input, string[] files) =
                NamedFiles.ReadInputs("--input", given, model.Definition, _csv.Read(parsed));
            return (input, string.Join(", ", files));
        }

        int time = parsed.GetValue(_time) ?? 100;
        int batch = parsed.GetValue(_batch) ?? 1;
        int seed = parsed.GetValue(_seed) ?? 1;
        return (
            SequenceInput.Random(model.Definition, time, batch, seed),
            string.Create(CultureInfo.InvariantCulture, $"random, {time} steps, batch {batch}, seed {seed}"));
    }
}
