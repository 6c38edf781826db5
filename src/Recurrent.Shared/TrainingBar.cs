using System.Globalization;
using Recurrent.Training;
using Spectre.Console;

namespace Recurrent.Shared;

/// <summary>
/// A bar in a terminal while a model is trained: loss, time left, samples per second. Of the tool and of the demo, which
/// compile this file both.
/// </summary>
internal static class TrainingBar
{
    private const int BarWidth = 8;

    /// <summary>Whether something that is written goes to a terminal that can show a bar.</summary>
    /// <param name="output">The console's output or its error stream; anything else is no terminal.</param>
    public static bool IsPossible(TextWriter output) =>
        ((ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
            || (ReferenceEquals(output, Console.Error) && !Console.IsErrorRedirected))
        && AnsiConsole.Profile.Capabilities.Ansi;

    /// <summary>Trains under a bar if one is possible.</summary>
    /// <param name="output">Where the bar goes.</param>
    /// <param name="train">What trains; null is given to it where there is no bar.</param>
    /// <returns>What it returns.</returns>
    public static T Show<T>(TextWriter output, Func<IProgress<TrainingProgress>?, T> train)
    {
        if (!IsPossible(output))
        {
            return train(null);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = BarWidth }, new PercentageColumn())
            .Start(context => train(new Bar(context.AddTask("training"))));
    }

    /// <summary>The progress in a line of text.</summary>
    public static string Describe(in TrainingProgress value)
    {
        string validation = value.ValidationLoss is { } loss
            ? string.Create(CultureInfo.InvariantCulture, $", validation {loss:G4}")
            : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {value.Epoch}/{value.Epochs}, loss {value.Loss:G4}{validation}, {value.SamplesPerSecond:N0} samples/s, "
            + $"{Left(value)} left");
    }

    /// <summary>The progress beside a bar: what fits a terminal of 80 columns together with it.</summary>
    public static string DescribeShort(in TrainingProgress value)
    {
        string validation = value.ValidationLoss is { } loss
            ? string.Create(CultureInfo.InvariantCulture, $", val {loss:G3}")
            : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {value.Epoch}/{value.Epochs}, loss {value.Loss:G3}{validation}, {Left(value)} left");
    }

    private static string Left(in TrainingProgress value) => value.Remaining.ToString(
        value.Remaining.TotalHours >= 1 ? @"d\.hh\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    private sealed class Bar(ProgressTask task) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.MaxValue = (double)value.Epochs * value.Batches;
            task.Value = ((double)(value.Epoch - 1) * value.Batches) + value.Batch;
            task.Description = DescribeShort(value);
        }
    }
}
