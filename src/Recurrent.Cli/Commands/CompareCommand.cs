using System.CommandLine;
using System.Globalization;
using Recurrent.Cli.Compare;
using Recurrent.Cli.Data;
using Recurrent.Cli.Models;
using Recurrent.Cli.Verify;
using Recurrent.Formats;
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
        (ImportedModel right, VerifyPath rightPath, string rightName) = ReadRight(parsed, leftFile, left);
        var pair = new ModelPair(left.Definition, right.Definition);
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
        var notes = new ImportNotes(parsed.InvocationConfiguration.Error);
        notes.Tell(leftFile, left.Notes);
        notes.Tell(parsed.GetValue(_right) ?? leftFile, right.Notes);
        var report = new CompareReport(
            leftFile, rightName, inputName, pair.Compare(NativePath.Default, rightPath, input), parsed.GetValue(_tolerance));
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

    private (ImportedModel Model, VerifyPath Path, string Name) ReadRight(
        ParseResult parsed, string leftFile, ImportedModel left)
    {
        string? file = parsed.GetValue(_right);
        bool isReference = parsed.GetResult(_reference) is { Implicit: false };
        if (file is null == !isReference)
        {
            throw new UnusableInputException(
                $"B, --reference: expected one of them, found {(isReference ? "both" : "neither")}.");
        }

        if (file is not null)
        {
            return (ModelFileOptions.Load(file, _modelFile.Read(parsed)), NativePath.Default, file);
        }

        return parsed.GetValue(_reference) == InDouble
            ? (left, new ReferencePath<double>(InDouble), $"{leftFile} in the reference, double")
            : (left, new ReferencePath<float>(InFloat), $"{leftFile} in the reference, float");
    }

    private (SequenceInput Input, string Name) ReadInput(ParseResult parsed, ImportedModel model)
    {
        if (parsed.GetValue(_input) is { Length: > 0 } given)
        {
            string[] names = [.. model.Definition.Inputs.Select(one => one.Name)];
            string[] files = NamedFiles.RequireAll("--input", NamedFiles.Match("--input", given, names, "input"), names);
            return (
                SequenceInput.Of(
                    model.Definition, [.. files.Select(file => (file, DataFile.Read(file, format: _csv.Read(parsed))))]),
                string.Join(", ", files));
        }

        int time = parsed.GetValue(_time) ?? 100;
        int batch = parsed.GetValue(_batch) ?? 1;
        int seed = parsed.GetValue(_seed) ?? 1;
        return (
            SequenceInput.Random(model.Definition, time, batch, seed),
            string.Create(CultureInfo.InvariantCulture, $"random, {time} steps, batch {batch}, seed {seed}"));
    }
}
