namespace Recurrent.Cli.Display;

/// <summary>Names and what was found for them, one below the other; long findings are broken between words.</summary>
internal sealed class Facts
{
    private const int LongestText = 400;

    // Names come from files, too.
    private const int MostColumnsOfNames = 30;

    private readonly List<(string Name, string Value)> _facts = [];

    /// <summary>Adds a fact.</summary>
    /// <param name="name">Its name; empty for more of the one above.</param>
    /// <param name="value">What was found; text of a file is shortened, and nothing in it controls a terminal.</param>
    public void Add(string name, string value) =>
        _facts.Add((TerminalText.Line(name, LongestText), TerminalText.Line(value, LongestText)));

    public void Write(TextWriter output)
    {
        int begin = Math.Min(_facts.Max(fact => fact.Name.Length), MostColumnsOfNames) + 1;
        int columns = Math.Min(Screen.TerminalColumns(output) ?? Screen.Columns, Screen.Columns);
        foreach ((string name, string value) in _facts)
        {
            string before = name.Length < begin ? name : $"{name} ";
            foreach (string line in Screen.Break(value, Math.Max(columns - begin, 20)))
            {
                output.WriteLine((before.PadRight(begin) + line).TrimEnd());
                before = string.Empty;
            }
        }
    }
}
