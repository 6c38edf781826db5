using System.CommandLine;
using Recurrent.Cli.Data;
using Recurrent.Cli.Display;
using Recurrent.Cli.Forecast;
using Recurrent.Cli.Train;
using Recurrent.Formats;
using Recurrent.Plots;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent forecast</c>: what follows a series.</summary>
internal sealed class ForecastCommand
{
    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "A forecaster that 'recurrent train' wrote.",
    };

    private readonly Argument<string> _series = new("SERIES")
    {
        Description = "The series: .csv with one step per line, in the order of time. Its columns are found by the names that "
            + "the model knows.",
    };

    private readonly Option<int?> _steps = NetworkOptions.Number(
        "--steps", "N", 1, 1 << 20,
        "Steps to forecast. Those beyond the model's horizon are forecast from forecasts. Default: the horizon.");

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Write the forecast into this .csv file. Default: it is printed.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _plot = new("--plot")
    {
        Description = "Also draw the end of the series and the forecast, as .svg or .png.",
        HelpName = "FILE",
    };

    private readonly CsvOptions _csv = new();

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON and nothing else." };

    public static Command Create()
    {
        var options = new ForecastCommand();
        var command = new Command(
            "forecast",
            """
            Continues a series with a model that 'recurrent train' made. Columns, window, scaling and what is done about
            missing values come from the model's file, dates from the series.
            Exit code 0: done; 2: the model or the series cannot be used.

              recurrent forecast sunspots.onnx sunspots.csv --steps 10
              recurrent forecast price.onnx prices.csv --steps 12 --plot next.svg
            """)
        {
            options._model, options._series,
        };
        foreach (Option option in new Option[] { options._steps, options._output, options._plot })
        {
            command.Add(option);
        }

        options._csv.AddTo(command);
        command.Add(options._json);
        command.SetAction(parsed => CommandFrame.Run(parsed, () => options.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model);
        string input = parsed.GetRequiredValue(_series);
        string? plot = parsed.GetValue(_plot);
        if (plot is not null)
        {
            PlotFile.RequireWritable(plot);
        }

        ImportedModel model = ModelFileOptions.Load(path, ImportOptions.Default);
        ForecasterInfo info = ForecasterInfo.Read(model.Metadata, path);
        SeriesTable table = DataFile.ReadSeries(input, info.Selection, _csv.Read(parsed));
        TextWriter error = parsed.InvocationConfiguration.Error;
        if (info.TimeStep is { } trained && table.Time is { Step: var found } && found != trained)
        {
            error.WriteMessage(
                $"note: the model was trained on steps of {trained}, the dates of {input} are {found ?? "not evenly"} apart.");
        }

        using SeriesForecast forecaster = new(model, info, path);
        int steps = parsed.GetValue(_steps) ?? info.Horizon;
        var report = new ForecastReport(path, input, table, forecaster.Continue(table, steps), info.Horizon);
        new ImportNotes(error).Tell(path, ForecasterFile.NotesToTell(model));
        if (plot is not null)
        {
            ForecastPlot.Save(report, plot);
        }

        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_output) is { } file)
        {
            DataFile.WriteLines(file, report.Lines());
        }

        if (parsed.GetValue(_json))
        {
            output.WriteLine(report.ToJson());
        }
        else if (parsed.GetValue(_output) is null)
        {
            foreach (string line in report.Lines())
            {
                // The names of the columns are the file's.
                output.WriteLine(TerminalText.Line(line));
            }
        }

        return ExitCode.Success;
    }
}
