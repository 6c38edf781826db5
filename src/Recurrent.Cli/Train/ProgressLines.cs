using Recurrent.Shared;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>The progress as lines of text, where there is no terminal for a bar: one a tenth of the epochs at most.</summary>
internal sealed class ProgressLines(TextWriter output) : IProgress<TrainingProgress>
{
    private long _told;

    public void Report(TrainingProgress value)
    {
        long tenths = 10L * (value.Batch == value.Batches ? value.Epoch : value.Epoch - 1) / value.Epochs;
        if (tenths > _told)
        {
            _told = tenths;
            output.WriteLine(TrainingBar.Describe(value));
        }
    }
}
