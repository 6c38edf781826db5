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

    private readonly Option<string> _input = new("--input", "-i")
    {
        Description = "The input: .npy with [time, features] or [time, batch, features] ([batch, time, features] for a "
            + "batch-major model), .csv with one step per line, or .wav "
            + "for a model of one feature. A model that takes indices takes whole numbers, [time] or [time, batch].",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Where the output goes, .npy, .csv or .wav. Default: only times are shown.",
        HelpName = "FILE",
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

        options._csv.AddTo(command);
        options._modelFile.AddTo(command);
        command.SetAction(parsed => CommandFrame.Run(parsed, () => options.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string file = parsed.GetRequiredValue(_file);
        ImportedModel model = ModelFileOptions.Load(file, _modelFile.Read(parsed));
        string inputFile = parsed.GetRequiredValue(_input);
        DataArray array = DataFile.Read(inputFile, parsed.GetValue(_channel), _csv.Read(parsed));
        int? sampleRate = SampleRate(parsed, model, array, inputFile);
        SequenceInput input = SequenceInput.Of(model.Definition, array, inputFile);
        RunRequest request = Request(parsed, model, input);
        string? outputFile = parsed.GetValue(_output);
        if (outputFile is not null)
        {
            DataFile.RequireWritable(
                outputFile, input.Batch, model.Definition.OutputSize, OutputsChannels(request), sampleRate);
        }

        new ImportNotes(parsed.InvocationConfiguration.Error).Tell(file, model.Notes);
        RunResult result = ProgressBar.Show(
            inputFile, request.Calls, parsed.InvocationConfiguration.Error,
            progress => ModelRun.Compute(request, progress));
        var notes = new List<string>();
        AddNote(array.Note is null ? null : $"{inputFile}: {array.Note}.");
        AddNote(result.NotFinite == 0 ? null : $"{result.NotFinite} values of the output are NaN or infinite.");
        AddNote(outputFile is null
            ? null
            : DataFile.Write(
                outputFile, Output(request, result, sampleRate), parsed.GetValue(_pcm16)));
        var report = new RunReport(file, model, inputFile, outputFile, request, result, array.SampleRate ?? sampleRate, notes);
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
                "--stream, --block: a layer of the model has a reverse direction, which needs the whole sequence.");
        }

        int[]? lengths = Lengths(parsed.GetValue(_lengths), input);
        if (lengths is not null && mode != RunMode.Whole)
        {
            throw new UnusableInputException("--lengths: expected only without --stream and --block.");
        }

        return new RunRequest(model.Definition, input, mode, stream ? 1 : block ?? input.Time)
        {
            Lengths = lengths,
            Threads = parsed.GetValue(_threads) ?? 1,
            InstructionSet = NetworkOptions.ReadInstructionSet(parsed, _isa) ?? InstructionSet.Auto,
        };
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

    // One feature of each channel is a channel again.
    private static bool OutputsChannels(RunRequest request) => request.Input.AreChannels && request.Model.OutputSize == 1;

    private static DataArray Output(RunRequest request, RunResult result, int? sampleRate)
    {
        int batch = request.Input.Batch;
        int features = request.Model.OutputSize;
        if (OutputsChannels(request))
        {
            return new DataArray([request.OutputTime, batch], result.Output) { SampleRate = sampleRate, HasChannels = true };
        }

        bool isBatchMajor = request.Model.Layout == SequenceLayout.BatchMajor;
        float[] values = isBatchMajor
            ? SequenceInput.Transpose<float>(result.Output, request.OutputTime, batch, features)
            : result.Output;
        int[] shape = batch == 1 ? [request.OutputTime, features]
            : isBatchMajor ? [batch, request.OutputTime, features] : [request.OutputTime, batch, features];
        return new DataArray(shape, values) { SampleRate = sampleRate };
    }
}
