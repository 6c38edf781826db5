using System.Text;

namespace Recurrent.Bindgen.Emit;

/// <summary>Text with indented blocks and line feeds, whatever the machine's own line ending.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Columns that a line at the current depth has left of 120.</summary>
    internal int Width => 120 - (4 * _depth);

    internal void Line(string text = "")
    {
        if (text.Length > 0)
        {
            _ = _text.Append(' ', 4 * _depth).Append(text);
        }

        _ = _text.Append('\n');
    }

    internal void Open(string heading)
    {
        Line(heading);
        Line("{");
        _depth++;
    }

    internal void Close(string end = "}")
    {
        _depth--;
        Line(end);
    }

    /// <summary>Writes each item, with an empty line between two of them.</summary>
    internal void Separated<T>(IEnumerable<T> items, Action<T> write)
    {
        bool isFirst = true;
        foreach (T item in items)
        {
            if (!isFirst)
            {
                Line();
            }

            write(item);
            isFirst = false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
