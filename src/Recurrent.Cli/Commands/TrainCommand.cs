using System.CommandLine;
using Recurrent.Cli.Data;
using Recurrent.Cli.Display;
using Recurrent.Cli.Train;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Plots;
using Recurrent.Shared;
using Recurrent.Training;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent train</c>: a forecaster of a series.</summary>
internal sealed class TrainCommand
{
    private readonly TrainOptions _options = new();

    private readonly Argument<string> _file = new("FILE")
    {
        Description = "The series: .csv with one step per line, in the order of time.",
    };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The model's file, .safetensors with PyTorch's names, or .onnx. Replaced if it is there.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Where training is kept after every epoch, and stays when it is done. If the file is there, training goes "
            + "on from it. Default: kept beside the output as OUTPUT.ckpt, until the model is written.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _history = new("--history")
    {
        Description = "Also write the losses of all epochs into this file, as .csv.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _plot = new("--plot")
    {
        Description = $"Also draw the losses into this file, {PlotFile.Kinds}.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _forecasts = new("--forecasts")
    {
        Description = "Also write the forecasts of the held-back part, beside the actual values, into this .csv file.",
        HelpName = "FILE",
    };

    private readonly WeightsOption _weights = new(
        "Rounds the trained weights of recurrent layers to this format, judges the model with weights of it, and writes them as "
        + "float32. Training itself is float32. Default: they are not rounded.");

    private readonly CsvOptions _csv = new();

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON and nothing else." };

    public static Command Create()
    {
        var options = new TrainCommand();
        var command = new Command(
            "train",
            """
            Trains a forecaster on a series, judges it by the last part of it, and writes it.
            The file takes and gives values as the series has them: their scaling is part of the model. It is read again
            and must forecast the same bits. A run that is interrupted, by Ctrl-C for example, goes on to the same bits when it
            is started again with the same options: it is kept beside the output, or in --checkpoint.
            Exit code 0: trained and written; 1: diverged, or the file forecasts other bits; 2: the series or an option cannot
            be used; 130: interrupted by Ctrl-C (143: by SIGTERM).

              recurrent train sunspots.csv -o sunspots.safetensors
                  the next value from the ten before it
              recurrent train x.csv --column price --window 48 --horizon 12 -o p.onnx
              recurrent train x.csv --column 2 --missing previous --patience 10 \
                  --plot loss.svg -o model.safetensors
              recurrent train x.csv --cell gru --hidden 64 --layers 2 --dropout 0.2 \
                  --checkpoint run.ckpt -o model.onnx
              recurrent forecast sunspots.safetensors sunspots.csv --steps 10
            """)
        {
            options._file, options._output,
        };
        options._options.AddTo(command);
        foreach (Option option in new Option[] { options._checkpoint, options._history, options._plot, options._forecasts })
        {
            command.Add(option);
        }

        options._weights.AddTo(command);
        options._csv.AddTo(command);
        command.Add(options._json);

        command.SetAction(parsed => CommandFrame.Run(parsed, () => options.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        string output = parsed.GetRequiredValue(_output);
        TrainRequest request = _options.Read(
            parsed, parsed.GetRequiredValue(_file), output, parsed.GetValue(_checkpoint));
        RequireFiles(
        [
            request.File, output, request.Checkpoint, parsed.GetValue(_history), parsed.GetValue(_plot),
            parsed.GetValue(_forecasts),
        ]);
        if (parsed.GetValue(_plot) is { } planned)
        {
            PlotFile.RequireWritable(planned);
        }

        var task = new SeriesTask(DataFile.ReadSeries(request.File, request.Columns, _csv.Read(parsed)), request);
        var forecaster = new Forecaster(request, task);
        ForecasterFile.RequireWritable(forecaster.Untrained, output);
        var kept = new KeptTraining(request, new TrainIdentity(request, task));
        (TrainResult? trained, int exitCode) = Train(forecaster, kept, error);
        if (trained is not { } result)
        {
            return exitCode;
        }

        bool isEqual = Write(parsed, request, task, result);
        if (isEqual)
        {
            // Everything is written: there is nothing to go on to.
            kept.Finish();
        }

        return isEqual ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Writes the model and what was asked for beside it, and tells about it.</summary>
    /// <returns>Whether the file, read again, forecasts the same bits.</returns>
    private bool Write(ParseResult parsed, TrainRequest request, SeriesTask task, TrainResult result)
    {
        string output = parsed.GetRequiredValue(_output);
        WeightFormat? weights = _weights.Read(parsed);
        result = weights is { } given ? Rounded(result, given, task) : result;
        ForecasterFile.Write(result.Definition, output, request, task);
        ImportedModel again = ModelFile.Load(output);
        float[] written = ForecasterFile.Forecast(again.Definition, task.Test.X, weights ?? WeightFormat.Float32);
        var report = new TrainReport(request, task, result, output, written) { Weights = weights };
        if (parsed.GetValue(_forecasts) is { } forecasts)
        {
            DataFile.WriteLines(forecasts, HeldBackFile.Lines(task, written));
        }

        if (parsed.GetValue(_history) is { } history)
        {
            result.History.SaveCsv(history);
        }

        new ImportNotes(parsed.InvocationConfiguration.Error).Tell(output, ForecasterFile.NotesToTell(again));
        TextWriter writer = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            writer.WriteLine(TrainJson.Write(report));
        }
        else
        {
            TrainText.Write(report, writer);
        }

        if (parsed.GetValue(_plot) is { } plot)
        {
            Plot(result.History, request).Save(plot);
        }

        return report.IsEqual;
    }

    /// <summary>The model that is written, and what it forecasts with weights of the format.</summary>
    private static TrainResult Rounded(TrainResult result, WeightFormat weights, SeriesTask task) =>
        weights == WeightFormat.Float32 ? result : result with
        {
            Definition = result.Definition.Rounded(weights),
            Rounded = ForecasterFile.Forecast(result.Definition, task.Test.X, weights),
        };

    private static Chart Plot(History history, TrainRequest request) => LossPlot.Of(
        $"Training on {Path.GetFileName(request.File)}",
        "mean squared error of scaled values",
        history["loss"],
        request.ValidationShare > 0 ? history["val_loss"] : null);

    /// <summary>Trains under a bar or with lines; null where it did not come to an end, which has been told then.</summary>
    private static (TrainResult? Result, int ExitCode) Train(Forecaster forecaster, KeptTraining kept, TextWriter error)
    {
        using TrainableModel<float> model = forecaster.CreateModel();
        TrainingCheckpoint? checkpoint = kept.Find(model, error);
        using var interruption = new Interruption();
        try
        {
            TrainResult result = TrainingBar.Show(error, bar => forecaster.Train(
                model, checkpoint, kept.Callbacks(interruption.Token), bar ?? new ProgressLines(error)));
            return (result, ExitCode.Success);
        }
        catch (OperationCanceledException)
        {
            error.WriteMessage($"error: interrupted. The same command goes on from {kept.Describe()}");
            return (null, interruption.ExitCode);
        }
        catch (TrainingDivergedException e)
        {
            error.WriteMessage($"error: {Refusal.Describe(e)} {NotWritten(kept)}");
            return (null, ExitCode.Failure);
        }
    }

    private static string NotWritten(KeptTraining kept) => kept.Exists
        ? $"The model was not written; with as many --epochs as are kept it is: {kept.Describe()}"
        : "Nothing was written.";

    /// <summary>Refuses before a long training what could not be written after it, or would be lost.</summary>
    private static void RequireFiles(IReadOnlyList<string?> files)
    {
        string[] paths = [.. files.OfType<string>()];
        for (int i = 0; i < paths.Length; i++)
        {
            string full = Path.GetFullPath(paths[i]);
            if (paths.Take(i).Any(other => Path.GetFullPath(other) == full))
            {
                throw new UnusableInputException($"'{paths[i]}': expected different files, found it twice.");
            }

            if (Directory.Exists(full))
            {
                throw new UnusableInputException($"'{paths[i]}' is a folder, expected a file.");
            }

            if (!Directory.Exists(Path.GetDirectoryName(full)))
            {
                throw new UnusableInputException($"'{paths[i]}': its folder does not exist.");
            }
        }
    }
}
