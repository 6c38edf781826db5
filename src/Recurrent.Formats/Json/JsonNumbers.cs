using System.Text.Json;

namespace Recurrent.Formats.Json;

/// <summary>The numbers of a tensor one after the other, read from the file straight to where they are wanted.</summary>
internal ref struct JsonNumbers
{
    private readonly JsonTensor _tensor;
    private JsonStream _stream;
    private int _position;

    public JsonNumbers(JsonTensor tensor, JsonStream stream)
    {
        _tensor = tensor;
        _stream = stream;
    }

    /// <summary>Reads the next numbers.</summary>
    /// <exception cref="ModelFormatException">One is out of the range of float; or the file has changed.</exception>
    public void Read(Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            Next();
            if (!_stream.TryGetSingle(out destination[i]) || !float.IsFinite(destination[i]))
            {
                throw _tensor.RefuseNumber(_position, _stream.TokenBegin, _stream.TokenEnd);
            }

            _position++;
        }
    }

    /// <summary>Goes on behind the next numbers.</summary>
    public void Skip(long count)
    {
        for (; count > 0; count--)
        {
            Next();
            _position++;
        }
    }

    private void Next()
    {
        bool isThere = _stream.Read();
        while (isThere && _stream.Type is JsonTokenType.StartArray or JsonTokenType.EndArray)
        {
            isThere = _stream.Read();
        }

        if (!isThere || _stream.Type != JsonTokenType.Number)
        {
            throw new ModelFormatException($"'{_tensor.Path}': the file changed while it was read.");
        }
    }
}
