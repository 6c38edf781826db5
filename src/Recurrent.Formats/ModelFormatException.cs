using Recurrent.Formats.PyTorch;
using Recurrent.Messages;

namespace Recurrent.Formats;

/// <summary>
/// A model file is damaged, or does not hold what it was asked for. The message names the tensor or the byte offset; it
/// has at most 500 characters, of which those in the middle are left out, and none that controls a terminal.
/// </summary>
public sealed class ModelFormatException : FormatException
{
    /// <summary>
    /// Options to add, where the file says too little of its model: a guess, to be corrected by what the code says that
    /// made the model. Null where something else is wrong. The message has them as lines of C#.
    /// </summary>
    public ImportOptions? Proposal => Unsaid?.Proposal;

    /// <summary><see cref="Proposal"/> as lines of C#, all of them; the message has those that fit into it.</summary>
    public IReadOnlyList<string> ProposedLines => Unsaid?.Lines ?? [];

    /// <summary>What the file does not say; null where something else is wrong.</summary>
    internal UnsaidOptions? Unsaid { get; init; }

    /// <summary>What is wrong, and where; lines in it are those of <see cref="Proposal"/>.</summary>
    public override string Message =>
        Proposal is null ? MessageText.Line(base.Message, MessageText.MaxLength) : base.Message;

    /// <summary>What was wrong with an argument, without its name: whoever has a file has passed none.</summary>
    internal static string ReasonOf(ArgumentException exception)
    {
        string name = $" (Parameter '{exception.ParamName}')";
        return exception.Message.EndsWith(name, StringComparison.Ordinal) ? exception.Message[..^name.Length] : exception.Message;
    }

    /// <summary>Makes an exception without a reason; the other constructors are meant to be used.</summary>
    public ModelFormatException()
    {
    }

    /// <summary>Makes an exception with a reason.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public ModelFormatException(string message)
        : base(MessageText.Of(message))
    {
    }

    /// <summary>Makes an exception with a reason and what led to it.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="innerException">What led to it.</param>
    public ModelFormatException(string message, Exception innerException)
        : base(MessageText.Of(message), innerException)
    {
    }
}
