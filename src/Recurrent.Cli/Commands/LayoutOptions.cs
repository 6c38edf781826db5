using System.CommandLine;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary>The options that say which axis of a sequence is the batch.</summary>
internal sealed class LayoutOptions
{
    private readonly Option<bool> _batchMajor = new("--batch-major")
    {
        Description = "Several sequences are [batch, time, features], which PyTorch calls batch_first; in files of inputs "
            + "and outputs, too. Default: what the model's file says.",
    };

    private readonly Option<bool> _timeMajor = new("--time-major")
    {
        Description = "They are [time, batch, features].",
    };

    public IEnumerable<Option> All => [_batchMajor, _timeMajor];

    /// <summary>The order of axes that is given; null if none is.</summary>
    public SequenceLayout? Read(ParseResult parsed) =>
        (parsed.GetValue(_batchMajor), parsed.GetValue(_timeMajor)) switch
        {
            (true, true) => throw new UnusableInputException(
                "--batch-major, --time-major: expected one of them, found both."),
            (true, false) => SequenceLayout.BatchMajor,
            (false, true) => SequenceLayout.TimeMajor,
            _ => null,
        };
}
