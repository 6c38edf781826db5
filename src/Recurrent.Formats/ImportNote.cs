using Recurrent.Messages;

namespace Recurrent.Formats;

/// <summary>Something that a reader of a file should know.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Subject">The layer, node or tensor, by its name in the file.</param>
/// <param name="Message">What was done, and where it can be changed if it can.</param>
public sealed record ImportNote(ImportNoteKind Kind, string Subject, string Message)
{
    /// <summary>The note as a line: at most 500 characters, and nothing of a file that controls a terminal.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        MessageText.Line($"{Kind.ToString().ToLowerInvariant()} {Subject}: {Message}", MessageText.MaxLength);
}
