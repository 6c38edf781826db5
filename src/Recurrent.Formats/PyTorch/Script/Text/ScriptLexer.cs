using System.Text;

namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>Divides the text of TorchScript, which is a part of Python's language, into pieces.</summary>
/// <param name="file">The name of the file, for messages.</param>
/// <param name="text">Its text.</param>
/// <param name="position">Where to begin: at the beginning of a line.</param>
/// <param name="line">The number of that line.</param>
internal sealed class ScriptLexer(string file, string text, int position, int line)
{
    private const int MaxBrackets = 200;
    private const int MaxBlocks = 100;

    // Longer ones first.
    private static readonly string[] Signs =
        ["->", "**", "//", "==", "!=", "<=", ">=", "<<", ">>", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "+", "-", "*", "/",
         "%", "@", "<", ">", "|", "&", "^", "~", ";"];

    private readonly Stack<int> _indents = new([0]);
    private int _position = position;
    private int _line = line;
    private int _brackets;
    private int _dedents;
    private bool _isAtLineStart = true;

    /// <summary>The next piece.</summary>
    public ScriptToken Next()
    {
        if (_isAtLineStart && BeginLine() is { } indented)
        {
            return indented;
        }

        if (_dedents > 0)
        {
            _dedents--;
            return new ScriptToken(ScriptTokenKind.Dedent, "", _line);
        }

        SkipSpaces();
        if (_position >= text.Length)
        {
            return new ScriptToken(ScriptTokenKind.End, "", _line);
        }

        char next = text[_position];
        if (next == '\n')
        {
            var ended = new ScriptToken(ScriptTokenKind.NewLine, "", _line);
            _position++;
            _line++;
            _isAtLineStart = true;
            return ended;
        }

        return char.IsAsciiLetter(next) || next == '_' ? Take(ScriptTokenKind.Name, NameLength())
            : char.IsAsciiDigit(next) || (next == '.' && char.IsAsciiDigit(At(1))) ? Take(ScriptTokenKind.Number, NumberLength())
            : next is '"' or '\'' ? String(next)
            : Sign();
    }

    public ModelFormatException Refuse(int at, string reason) => new($"{file}, line {at}: {reason}.");

    /// <summary>Finds where a line's statement begins, and whether it begins or ends blocks.</summary>
    private ScriptToken? BeginLine()
    {
        while (true)
        {
            int spaces = 0;
            while (At(spaces) == ' ')
            {
                spaces++;
            }

            char first = At(spaces);
            if (first is '\n' or '#' or '\r')
            {
                int end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end + 1;
                _line++;
                continue;
            }

            _isAtLineStart = false;
            if (_position + spaces >= text.Length)
            {
                _dedents = _indents.Count - 1;
                _position = text.Length;
                return null;
            }

            _position += spaces;
            return Indent(spaces);
        }
    }

    private ScriptToken? Indent(int spaces)
    {
        if (spaces > _indents.Peek())
        {
            if (_indents.Count == MaxBlocks)
            {
                throw Refuse(_line, $"blocks more than {MaxBlocks} deep");
            }

            _indents.Push(spaces);
            return new ScriptToken(ScriptTokenKind.Indent, "", _line);
        }

        while (spaces < _indents.Peek())
        {
            _indents.Pop();
            _dedents++;
        }

        return spaces == _indents.Peek() ? null : throw Refuse(_line, "it begins at the column of no block");
    }

    private void SkipSpaces()
    {
        while (_position < text.Length)
        {
            char next = text[_position];
            if (next is ' ' or '\t' or '\r' || (next == '\n' && _brackets > 0))
            {
                _line += next == '\n' ? 1 : 0;
                _position++;
            }
            else if (next == '#')
            {
                int end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private char At(int offset) => _position + offset < text.Length ? text[_position + offset] : '\0';

    private int NameLength()
    {
        int length = 1;
        while (char.IsAsciiLetterOrDigit(At(length)) || At(length) == '_')
        {
            length++;
        }

        return length;
    }

    private int NumberLength()
    {
        int length = 0;
        while (char.IsAsciiLetterOrDigit(At(length)) || At(length) is '.' or '_'
            || (At(length) is '+' or '-' && At(length - 1) is 'e' or 'E'))
        {
            length++;
        }

        return length;
    }

    private ScriptToken Take(ScriptTokenKind kind, int length)
    {
        var token = new ScriptToken(kind, text.Substring(_position, length), _line);
        _position += length;
        return token;
    }

    private ScriptToken Sign()
    {
        string? sign = Signs.FirstOrDefault(one => string.CompareOrdinal(text, _position, one, 0, one.Length) == 0);
        _brackets += sign switch
        {
            "(" or "[" or "{" => 1,
            ")" or "]" or "}" when _brackets > 0 => -1,
            null => throw Refuse(_line, $"the character U+{(int)text[_position]:X4} is not expected here"),
            _ => 0,
        };
        return _brackets <= MaxBrackets
            ? Take(ScriptTokenKind.Sign, sign.Length)
            : throw Refuse(_line, $"brackets more than {MaxBrackets} deep");
    }

    private ScriptToken String(char quote)
    {
        int begin = _line;
        var contents = new StringBuilder();
        for (_position++; ; _position++)
        {
            char next = At(0);
            if (next is '\0' or '\n')
            {
                throw Refuse(begin, "a text does not end");
            }

            if (next == quote)
            {
                _position++;
                return new ScriptToken(ScriptTokenKind.String, contents.ToString(), begin);
            }

            if (next == '\\')
            {
                // What is in a text is compared with names, and shown in messages: its other escapes stay as they are.
                _position++;
                next = At(0) switch
                {
                    'n' => '\n',
                    't' => '\t',
                    var other => other,
                };
            }

            contents.Append(next);
        }
    }
}
