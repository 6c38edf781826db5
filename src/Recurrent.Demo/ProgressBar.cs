using Recurrent.Training;
using Spectre.Console;

namespace Recurrent.Demo;

/// <summary>A bar in a terminal while a model is trained; nothing where the output goes elsewhere.</summary>
internal static class ProgressBar
{
    /// <summary>Trains under a bar.</summary>
    /// <param name="train">What trains; null is given to it where there is no bar.</param>
    /// <returns>What it returns.</returns>
    public static History Show(Func<IProgress<TrainingProgress>?, History> train)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            return train(null);
        }

        return AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .Start(context => train(new Bar(context.AddTask("training"))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.MaxValue = (double)value.Epochs * value.Batches;
            task.Value = ((double)(value.Epoch - 1) * value.Batches) + value.Batch;
            string validation = value.ValidationLoss is { } loss ? $", validation {loss:F4}" : string.Empty;
            task.Description =
                $"epoch {value.Epoch}/{value.Epochs}, loss {value.Loss:F4}{validation}, {value.SamplesPerSecond:N0} "
                + $"samples/s, {value.Remaining:m\\:ss} left";
        }
    }
}
