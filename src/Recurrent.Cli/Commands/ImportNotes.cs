using Recurrent.Cli.Display;
using Recurrent.Formats;

namespace Recurrent.Cli.Commands;

/// <summary>
/// Tells on standard error what was assumed, folded or left out to read a model, each once. Numbers are not told without.
/// </summary>
internal sealed class ImportNotes(TextWriter error)
{
    // A list of modules may leave out thousands of tensors.
    private const int MostNotes = 100;
    private const int LongestNote = 500;

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Tells the notes of a model, assumptions first.</summary>
    /// <param name="name">What the model is called: its file, as a rule.</param>
    /// <param name="notes">The notes.</param>
    public void Tell(string name, IReadOnlyList<ImportNote> notes)
    {
        foreach (ImportNote note in notes.OrderBy(note => note.Kind).Take(MostNotes))
        {
            Write($"{name}: {OptionNames.Translate(note.ToString())}");
        }

        if (notes.Count > MostNotes)
        {
            Write($"{name}: {notes.Count - MostNotes} more notes; recurrent inspect has them all.");
        }
    }

    private void Write(string note)
    {
        if (_told.Add(note))
        {
            error.WriteMessage(TerminalText.Line(note, LongestNote));
        }
    }
}
