using System.Text.Json;

namespace Recurrent.Formats.Json;

/// <summary>
/// Nested arrays of numbers: dense, row-major. They stay in the file until they are read, into one array or another.
/// </summary>
internal sealed class JsonTensor
{
    private const int MaxRank = 4;

    private readonly JsonValue _source;
    private readonly int[] _shape;

    private JsonTensor(JsonValue source, int[] shape)
    {
        _source = source;
        _shape = shape;
    }

    public IReadOnlyList<int> Shape => _shape;

    public int Count => _shape.Aggregate(1, (product, size) => product * size);

    public string Path => _source.Path;

    /// <summary>A tensor whose numbers are there; whether they fit a float is found out when they are read.</summary>
    /// <exception cref="ModelFormatException">
    /// It is no array of numbers, or of arrays that have equal shapes.
    /// </exception>
    public static JsonTensor Of(JsonValue source)
    {
        if (!source.IsArray)
        {
            throw source.Unexpected("an array of numbers");
        }

        JsonArray array = source.Node.Array!;
        if (array.Shape.Length > MaxRank)
        {
            throw new ModelFormatException($"'{source.Path}': expected at most {MaxRank} levels of arrays.");
        }

        var tensor = new JsonTensor(source, array.Shape);
        return array.IsTensor ? tensor : throw tensor.Irregular();
    }

    /// <summary>The numbers.</summary>
    public float[] Read()
    {
        var values = new float[Count];
        Open().Read(values);
        return values;
    }

    /// <summary>The numbers, if they have a certain shape.</summary>
    public float[] Require(params ReadOnlySpan<int> shape)
    {
        RequireShape(shape);
        return Read();
    }

    /// <summary>The numbers of a matrix of a certain shape, columns first: <c>[columns, rows]</c>.</summary>
    public float[] RequireTransposed(int rows, int columns)
    {
        RequireShape([rows, columns]);
        var values = new float[Count];
        var row = new float[columns];
        JsonNumbers numbers = Open();
        for (int i = 0; i < rows; i++)
        {
            numbers.Read(row);
            for (int j = 0; j < columns; j++)
            {
                values[(j * rows) + i] = row[j];
            }
        }

        return values;
    }

    /// <summary>The numbers one after the other.</summary>
    public JsonNumbers Open() => new(this, _source.Node.Open());

    /// <summary>The refusal of a number that does not fit a float.</summary>
    public ModelFormatException RefuseNumber(int position, long begin, long end) =>
        Refuse(position, _source.Node.Contents.ReadRaw(begin, end, 40));

    public override string ToString() => Describe(_shape);

    private static string Describe(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    private void RequireShape(ReadOnlySpan<int> shape)
    {
        if (!shape.SequenceEqual(_shape))
        {
            throw new ModelFormatException($"'{Path}': expected shape {Describe(shape)}, found {this}.");
        }
    }

    private ModelFormatException Refuse(int position, string found) => new(
        $"'{Path}', element {position}: expected a number within the range of float, found {found}.");

    /// <summary>Finds the first place where it is no tensor of the shape that its first values have.</summary>
    private ModelFormatException Irregular()
    {
        JsonStream stream = _source.Node.Open();
        Span<int> counts = stackalloc int[JsonContents.MaxDepth + 1];
        int level = -1;
        int position = 0;
        while (stream.Read())
        {
            bool isEnd = stream.Type == JsonTokenType.EndArray;
            bool isInnermost = level == _shape.Length - 1;
            if (isEnd ? counts[level] != _shape[level] : level >= 0 && counts[level] == _shape[level])
            {
                return WrongArray(position, level);
            }

            if (isEnd)
            {
                level--;
            }
            else if (stream.Type == JsonTokenType.StartArray && !isInnermost)
            {
                counts[Math.Max(level, 0)] += level >= 0 ? 1 : 0;
                counts[++level] = 0;
            }
            else if (stream.Type == JsonTokenType.Number && isInnermost)
            {
                counts[level]++;
                position++;
            }
            else
            {
                return isInnermost
                    ? Refuse(position, Found(ref stream))
                    : WrongArray(position, level + 1);
            }
        }

        return new ModelFormatException($"'{Path}': expected an array of numbers, or of arrays that are alike.");
    }

    private ModelFormatException WrongArray(int position, int level) => new(
        $"'{Path}', at element {position}: expected an array of {_shape[level]}, as the first one is.");

    private string Found(ref JsonStream stream) => stream.Type switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        _ => _source.Node.Contents.ReadRaw(stream.TokenBegin, stream.TokenEnd, 40),
    };
}
