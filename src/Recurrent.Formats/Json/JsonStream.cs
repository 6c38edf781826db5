using System.Text.Json;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Json;

/// <summary>
/// The tokens of a JSON text one after the other. Of the file no more is in memory than a piece of it, or the longest
/// token.
/// </summary>
internal ref struct JsonStream
{
    private const int PieceBytes = 1 << 16;

    private readonly ByteSource _source;
    private readonly MemoryBudget _budget;
    private readonly long _end;
    private byte[] _piece;
    private long _pieceBegin;
    private int _filled;
    private Utf8JsonReader _reader;

    /// <summary>Begins to read.</summary>
    /// <param name="source">Where the text is.</param>
    /// <param name="begin">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="maxDepth">How deep its objects and arrays may be nested.</param>
    /// <param name="budget">What is asked for memory for tokens that are longer than a piece.</param>
    public JsonStream(ByteSource source, long begin, long end, int maxDepth, MemoryBudget budget)
    {
        _source = source;
        _budget = budget;
        _end = end;
        _piece = new byte[Math.Min(PieceBytes, end - begin)];
        _pieceBegin = begin;
        _reader = new Utf8JsonReader(
            [], begin == end, new JsonReaderState(new JsonReaderOptions { MaxDepth = maxDepth }));
    }

    public readonly JsonTokenType Type => _reader.TokenType;

    /// <summary>Where the token begins in the source.</summary>
    public readonly long TokenBegin => _pieceBegin + _reader.TokenStartIndex;

    /// <summary>Where the token ends in the source.</summary>
    public readonly long TokenEnd => _pieceBegin + _reader.BytesConsumed;

    /// <summary>Goes to the next token.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public bool Read()
    {
        while (!_reader.Read())
        {
            if (_pieceBegin + _filled == _end)
            {
                return false;
            }

            Fill();
        }

        return true;
    }

    /// <summary>Goes to the end of the object or array that begins here.</summary>
    public void Skip()
    {
        if (Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            int depth = _reader.CurrentDepth;
            while (Read() && _reader.CurrentDepth > depth)
            {
                // Everything deeper belongs to it.
            }
        }
    }

    /// <summary>Whether the token is this text, without making a string of it.</summary>
    public readonly bool TextEquals(ReadOnlySpan<byte> text) => _reader.ValueTextEquals(text);

    public readonly string GetString()
    {
        _budget.TakeText(_reader.ValueSpan.Length, "a text");
        return _reader.GetString()!;
    }

    public readonly bool TryGetInt32(out int value) => _reader.TryGetInt32(out value);

    public readonly bool TryGetInt64(out long value) => _reader.TryGetInt64(out value);

    public readonly bool TryGetSingle(out float value) => _reader.TryGetSingle(out value);

    public readonly bool TryGetDouble(out double value) => _reader.TryGetDouble(out value);

    /// <summary>Reads the next piece behind what has not been understood yet, which is the beginning of a token.</summary>
    private void Fill()
    {
        int consumed = (int)_reader.BytesConsumed;
        int kept = _filled - consumed;
        byte[] next = _piece;
        if (kept == _piece.Length)
        {
            _budget.Take(2L * kept, "a text or a number");
            next = new byte[Math.Min(2L * kept, _end - _pieceBegin)];
        }

        _piece.AsSpan(consumed, kept).CopyTo(next);
        _piece = next;
        _pieceBegin += consumed;
        int read = (int)Math.Min(_piece.Length - kept, _end - _pieceBegin - kept);
        _source.Read(_pieceBegin + kept, _piece.AsSpan(kept, read));
        _filled = kept + read;
        _reader = new Utf8JsonReader(
            _piece.AsSpan(0, _filled), _pieceBegin + _filled == _end, _reader.CurrentState);
    }
}
