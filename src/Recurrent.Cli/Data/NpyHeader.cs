using System.Globalization;

namespace Recurrent.Cli.Data;

/// <summary>The header of a <c>.npy</c> file: a Python dictionary with three entries.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="IsFortranOrder">Whether the first axis is the fastest.</param>
/// <param name="Shape">Sizes of the axes.</param>
internal sealed record NpyHeader(NpyType Type, bool IsFortranOrder, int[] Shape)
{
    private const int MostAxes = 8;

    /// <summary>Number of elements; it fits an array.</summary>
    public long Count => Shape.Aggregate(1L, (count, size) => count * size);

    /// <summary>Reads the text.</summary>
    /// <param name="text">The dictionary.</param>
    /// <param name="offset">Where in the file it begins, for messages.</param>
    public static NpyHeader Parse(string text, int offset) => new Reader(text, offset).Read();

    private sealed class Reader(string text, int offset)
    {
        private int _at;

        public NpyHeader Read()
        {
            NpyType? type = null;
            bool? isFortranOrder = null;
            int[]? shape = null;
            Expect('{');
            while (!Accept('}'))
            {
                string key = ReadString();
                Expect(':');
                switch (key)
                {
                    case "descr" when type is null:
                        type = ReadType();
                        break;
                    case "fortran_order" when isFortranOrder is null:
                        isFortranOrder = ReadBoolean();
                        break;
                    case "shape" when shape is null:
                        shape = ReadShape();
                        break;
                    default:
                        throw Wrong($"expected 'descr', 'fortran_order' and 'shape' once each, found '{key}'");
                }

                if (!Accept(','))
                {
                    Expect('}');
                    break;
                }
            }

            if (type is null || isFortranOrder is null || shape is null)
            {
                throw Wrong("expected 'descr', 'fortran_order' and 'shape', found less");
            }

            SkipSpace();
            return _at == text.Length
                ? new NpyHeader(type, isFortranOrder.Value, shape)
                : throw Wrong($"expected the end of the header, found '{text[_at]}'");
        }

        private NpyType ReadType()
        {
            SkipSpace();
            if (_at < text.Length && text[_at] == '[')
            {
                throw Wrong("'descr': expected one type, found a list, which structured arrays have");
            }

            string name = ReadString();
            return NpyType.Find(name)
                ?? throw Wrong($"'descr': expected one of {NpyType.Names}, found '{name}'");
        }

        private int[] ReadShape()
        {
            var shape = new List<int>();
            long count = 1;
            Expect('(');
            while (!Accept(')'))
            {
                shape.Add(ReadSize());
                count *= Math.Max(1, shape[^1]);
                if (shape.Count > MostAxes || count > Array.MaxLength)
                {
                    throw Wrong($"'shape': expected at most {MostAxes} axes and {Array.MaxLength} elements, found more");
                }

                if (!Accept(','))
                {
                    Expect(')');
                    break;
                }
            }

            return [.. shape];
        }

        private int ReadSize()
        {
            SkipSpace();
            int begin = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }

            return int.TryParse(
                text.AsSpan(begin, _at - begin), NumberStyles.None, CultureInfo.InvariantCulture, out int size)
                    ? size
                    : throw Wrong("'shape': expected the size of an axis, a number from 0 to 2147483647");
        }

        private bool ReadBoolean() =>
            AcceptWord("True") || (AcceptWord("False") ? false : throw Wrong("expected True or False"));

        private string ReadString()
        {
            SkipSpace();
            if (_at == text.Length || text[_at] is not ('\'' or '"'))
            {
                throw Wrong("expected a text in quotes");
            }

            int end = text.IndexOf(text[_at], _at + 1);
            if (end < 0)
            {
                throw Wrong("expected the quote that ends this text");
            }

            string value = text[(_at + 1)..end];
            _at = end + 1;
            return value;
        }

        private bool AcceptWord(string word)
        {
            SkipSpace();
            bool found = text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal);
            _at += found ? word.Length : 0;
            return found;
        }

        private bool Accept(char expected)
        {
            SkipSpace();
            bool found = _at < text.Length && text[_at] == expected;
            _at += found ? 1 : 0;
            return found;
        }

        private void Expect(char expected)
        {
            if (!Accept(expected))
            {
                throw Wrong($"expected '{expected}'");
            }
        }

        private void SkipSpace()
        {
            while (_at < text.Length && text[_at] is ' ' or '\n' or '\t' or '\r')
            {
                _at++;
            }
        }

        private DataFormatException Wrong(string what) => new($"header, byte {offset + _at}: {what}.");
    }
}
