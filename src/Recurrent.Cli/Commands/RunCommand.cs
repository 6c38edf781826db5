using System.CommandLine;
using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Data;
using Recurrent.Cli.Display;
using Recurrent.Cli.Models;
using Recurrent.Cli.Run;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent run</c>: a model file on an input file.</summary>
internal sealed class RunCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The model." };

    private readonly ModelFileOptions _modelFile = new();

    private readonly Option<string[]> _input = new("--input", "-i")
    {
        Description = "The input: .npy with [time, features] or [time, batch, features] ([batch, time, features] for a "
            + "batch-major model), .csv with one step per line, or .wav "
            + "for a model of one feature. A model that takes indices takes whole numbers, [time] or [time, batch]. "
            + "A model of several inputs takes NAME=FILE for each; one that is a row, [batch, features].",
        HelpName = "[NAME=]FILE",
        Required = true,
    };

    private readonly Option<string[]> _output = new("--output", "-o")
    {
        Description = "Where the output goes, .npy, .csv or .wav; of a model of several, NAME=FILE for those that are wanted. "
            + "Default: only times are shown.",
        HelpName = "[NAME=]FILE",
    };

    private readonly Option<bool> _stream = new("--stream") { Description = "One step per call, as they arrive." };

    private readonly Option<int?> _block = NetworkOptions.Number(
        "--block", "N", 1, int.MaxValue, "N steps per call. Default: the whole sequence in one call.");

    private readonly CsvOptions _csv = new();

    private readonly Option<string?> _lengths = new("--lengths")
    {
        Description = "Valid steps of each sequence, separated by commas: 5,3,4. Default: all.",
        HelpName = "LIST",
    };

    private readonly Option<int?> _channel = NetworkOptions.Number(
        "--channel", "N", 1, 64, "The only channel of a .wav file to compute. Default: every one, by itself.");

    private readonly Option<int?> _sampleRate = NetworkOptions.Number(
        "--sample-rate", "HZ", 1, 10_000_000,
        "Samples per second, where the input does not say it or where its rate is to be ignored.");

    private readonly Option<bool> _pcm16 = new("--pcm16") { Description = "A .wav output has 16-bit samples, not floats." };

    private readonly Option<int?> _threads = NetworkOptions.Number(
        "--threads", "N", 1, Candidate.MostThreads, "Threads that may share a call. Default: 1.");

    private readonly Option<string?> _isa = NetworkOptions.InstructionSetOption(
        $"The instruction set: {InstructionSetNames.Listed}. Default: the best one.");

    private readonly WeightsOption _weights = new(
        "The format of the weights of recurrent layers; all others are float32. Default: what the file says, else float32.");

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON and nothing else." };

    public static Command Create()
    {
        var options = new RunCommand();
        var command = new Command(
            "run",
            """
            Computes a model on an input and writes the output; tells how long it took.
            Exit code 0: done; 2: the model or the input cannot be used.

              recurrent run forecast.safetensors -i x.csv -o y.csv
                  the whole sequence in one call
              recurrent run model.onnx -i x.npy -o y.npy --batch-major
                  a batch, [batch, time, features]
              recurrent run amplifier.nam -i guitar.wav -o out.wav --block 64
                  sound, channel by channel, in blocks as a driver has them
              recurrent run amplifier.nam -i guitar.wav --stream
                  sample by sample; only the times
              recurrent run model.onnx -i x.npy --weights int8
                  with 8-bit weights
              recurrent run graph.onnx -i x=x.npy -i static=s.npy -o mean=m.npy
                  several inputs and outputs, by name
            """)
        {
            options._file,
        };
        foreach (Option option in new Option[]
        {
            options._input, options._output, options._stream, options._block, options._lengths,
            options._channel, options._sampleRate, options._pcm16, options._threads, options._isa, options._json,
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
        string file = parsed.GetRequiredValue(_file);
        ImportedModel model = ModelFileOptions.Load(file, _modelFile.Read(parsed));
        ModelDefinition definition = model.Definition;
        string[] inputNames = [.. definition.Inputs.Select(one => one.Name)];
        string[] inputFiles = NamedFiles.RequireAll(
            "--input", NamedFiles.Match("--input", parsed.GetRequiredValue(_input), inputNames, "input"), inputNames);
        string?[] outputFiles = NamedFiles.Match(
            "--output", parsed.GetValue(_output) ?? [], [.. definition.Outputs.Select(one => one.Name)], "output");
        DataArray[] arrays = [.. inputFiles.Select(path => DataFile.Read(path, parsed.GetValue(_channel), _csv.Read(parsed)))];
        int sound = Math.Max(0, Array.FindIndex(arrays, array => array.SampleRate is not null));
        int? sampleRate = SampleRate(parsed, model, arrays[sound], inputFiles[sound]);
        SequenceInput input = SequenceInput.Of(definition, [.. inputFiles.Zip(arrays)]);
        RunRequest request = Request(parsed, model, input);
        for (int i = 0; i < outputFiles.Length; i++)
        {
            RequireWritable(outputFiles[i], request, i, sampleRate);
        }

        new ImportNotes(parsed.InvocationConfiguration.Error).Tell(file, model.Notes);
        WeightsOption.TellWithoutEffect(definition, _weights.Read(parsed), parsed.InvocationConfiguration.Error);
        RunResult result = ProgressBar.Show(
            inputFiles[0], request.Calls, parsed.InvocationConfiguration.Error,
            progress => ModelRun.Compute(request, progress));
        var notes = new List<string>();
        for (int i = 0; i < arrays.Length; i++)
        {
            AddNote(arrays[i].Note is { } note ? $"{inputFiles[i]}: {note}." : null);
        }

        AddNote(result.NotFinite == 0 ? null : $"{result.NotFinite} values of the output are NaN or infinite.");
        for (int i = 0; i < outputFiles.Length; i++)
        {
            AddNote(outputFiles[i] is { } path
                ? DataFile.Write(path, Output(request, result, i, sampleRate), parsed.GetValue(_pcm16))
                : null);
        }

        var report = new RunReport(
            file, model, inputFiles, outputFiles, request, result, arrays[sound].SampleRate ?? sampleRate, notes);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(RunJson.Write(report));
        }
        else
        {
            RunText.Write(report, output);
        }

        return ExitCode.Success;

        void AddNote(string? note) => notes.AddRange(note is null ? [] : [note]);
    }

    // The rate of the input, or the one that was given in its place. A model computes sound of another rate as
    // something else, which is an error unless it is asked for.
    private int? SampleRate(ParseResult parsed, ImportedModel model, DataArray array, string inputFile)
    {
        int? given = parsed.GetValue(_sampleRate);
        int? rate = given ?? array.SampleRate;
        if (given is null && rate is not null && model.SampleRate is { } expected && rate != expected)
        {
            throw new UnusableInputException(
                $"{inputFile}: expected {expected} samples per second, which is what the model was made for, found {rate}; "
                + $"resample it, or compute it as it is with --sample-rate {expected}.");
        }

        return rate ?? model.SampleRate;
    }

    private RunRequest Request(ParseResult parsed, ImportedModel model, SequenceInput input)
    {
        bool stream = parsed.GetValue(_stream);
        int? block = parsed.GetValue(_block);
        if (stream && block is not null)
        {
            throw new UnusableInputException("--stream, --block: expected one of them, found both.");
        }

        RunMode mode = stream ? RunMode.Stream : block is null ? RunMode.Whole : RunMode.Blocks;
        if (mode != RunMode.Whole && !model.Definition.CanStep)
        {
            throw new UnusableInputException(
                "--stream, --block: the model has a layer, such as a reverse direction, which needs the whole sequence.");
        }

        int[]? lengths = Lengths(parsed.GetValue(_lengths), input);
        if (lengths is not null && mode != RunMode.Whole)
        {
            throw new UnusableInputException("--lengths: expected only without --stream and --block.");
        }

        if (model.CountedLengths is { } rule && lengths is null)
        {
            lengths = mode == RunMode.Whole
                ? Count(rule, input)
                : throw new UnusableInputException("--stream, --block: the model counts the lengths of rows, which needs the whole sequence.");
        }

        return new RunRequest(model.Definition, input, mode, stream ? 1 : block ?? input.Time)
        {
            Lengths = lengths,
            Threads = parsed.GetValue(_threads) ?? 1,
            InstructionSet = NetworkOptions.ReadInstructionSet(parsed, _isa) ?? InstructionSet.Auto,
            Formats = _weights.Read(parsed, model),
        };
    }

    private static int[] Count(CountedLengths rule, SequenceInput input)
    {
        if (rule.ModelInput < 0)
        {
            throw new UnusableInputException($"--lengths: expected the lengths of rows, which the file counts in its input '{rule.Input}'.");
        }

        InputBuffer<float> values = input.Values[rule.ModelInput];
        return values.Indices.IsEmpty
            ? rule.Count(values.Values.Span, input.Time, input.Batch, SequenceInput.Layout)
            : rule.Count(values.Indices.Span, input.Time, input.Batch, SequenceInput.Layout);
    }

    private static int[]? Lengths(string? list, SequenceInput input)
    {
        if (list is null)
        {
            return null;
        }

        int[] lengths = [.. list.Split(',').Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : -1)];
        return lengths.Length == input.Batch && lengths.All(length => length >= 0 && length <= input.Time)
            ? lengths
            : throw new UnusableInputException(
                $"--lengths: expected {input.Batch} numbers from 0 to {input.Time}, found '{list}'.");
    }

    private static void RequireWritable(string? file, RunRequest request, int output, int? sampleRate)
    {
        if (file is not null)
        {
            DataFile.RequireWritable(
                file,
                AreRows(request, output) ? 1 : request.Input.Batch,
                request.Model.Outputs[output].Size,
                OutputsChannels(request),
                sampleRate);
        }
    }

    // One feature of each channel is a channel again.
    private static bool OutputsChannels(RunRequest request) => request.Input.AreChannels && request.Model.OutputSize == 1;

    // Of a list of layers, one step of output is a sequence of one step.
    private static bool AreRows(RunRequest request, int output) =>
        !request.Model.IsChain && request.Mode != RunMode.Stream && request.Model.Outputs[output].Kind == ValueKind.Row;

    private static DataArray Output(RunRequest request, RunResult result, int output, int? sampleRate)
    {
        int batch = request.Input.Batch;
        int features = request.Model.Outputs[output].Size;
        int time = request.OutputTimeOf(output);
        if (OutputsChannels(request))
        {
            return new DataArray([time, batch], result.Outputs[output]) { SampleRate = sampleRate, HasChannels = true };
        }

        if (AreRows(request, output))
        {
            return new DataArray([batch, features], result.Outputs[output]);
        }

        bool isBatchMajor = request.Model.Layout == SequenceLayout.BatchMajor;
        float[] values = isBatchMajor
            ? SequenceInput.Transpose<float>(result.Outputs[output], time, batch, features)
            : result.Outputs[output];
        int[] shape = batch == 1 ? [time, features]
            : isBatchMajor ? [batch, time, features] : [time, batch, features];
        return new DataArray(shape, values) { SampleRate = sampleRate };
    }
}
