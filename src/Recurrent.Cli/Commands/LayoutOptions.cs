using System.CommandLine;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary>The options that say which axis of an input is the batch.</summary>
internal sealed class LayoutOptions
{
    private readonly Option<bool> _batchMajor = new("--batch-major")
    {
        Description = "Input and output of several sequences are [batch, time, features]. Default: what the model's "
            + "file says, or time-major.",
    };

    private readonly Option<bool> _timeMajor = new("--time-major")
    {
        Description = "They are [time, batch, features].",
    };

    public void AddTo(Command command)
    {
        command.Add(_batchMajor);
        command.Add(_timeMajor);
    }

    public bool IsBatchMajor(ParseResult parsed, ImportedModel model) =>
        (parsed.GetValue(_batchMajor), parsed.GetValue(_timeMajor)) switch
        {
            (true, true) => throw new UnusableInputException(
                "--batch-major, --time-major: expected one of them, found both."),
            (true, false) => true,
            (false, true) => false,
            _ => model.Layout == SequenceLayout.BatchMajor,
        };
}
