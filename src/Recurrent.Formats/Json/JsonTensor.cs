using System.Runtime.InteropServices;
using System.Text.Json;

namespace Recurrent.Formats.Json;

/// <summary>Nested arrays of numbers, read into one array: dense, row-major.</summary>
internal sealed class JsonTensor
{
    private const int MaxRank = 4;

    private readonly JsonValue _source;

    private JsonTensor(JsonValue source, int[] shape, float[] values)
    {
        _source = source;
        Shape = shape;
        Values = values;
    }

    public IReadOnlyList<int> Shape { get; }

    public float[] Values { get; }

    public string Path => _source.Path;

    /// <summary>Reads numbers. Nothing is allocated for numbers that are not there.</summary>
    /// <exception cref="ModelFormatException">
    /// It is no array of numbers, or of arrays that have equal shapes; or a number does not fit a float.
    /// </exception>
    public static JsonTensor Read(JsonValue source)
    {
        int[] shape = ReadShape(source);
        long count = shape.Aggregate(1L, (product, size) => Math.Min(product * size, int.MaxValue));

        // Every number has a digit and, but for the last, a comma behind it. The shape is that of the first rows, so
        // it is no more than a claim until all have been read.
        if (count > (JsonMarshal.GetRawUtf8Value(source.Element).Length + 1L) / 2)
        {
            throw new ModelFormatException(
                $"'{source.Path}': expected {Describe(shape)} numbers, as the first rows have it; found fewer.");
        }

        float[] values = new float[count];
        int position = 0;
        Fill(source, source.Element, shape, values, ref position);
        return new JsonTensor(source, shape, values);
    }

    /// <summary>The values, if they have a certain shape.</summary>
    public float[] Require(params ReadOnlySpan<int> shape) => Shape.SequenceEqual(shape.ToArray())
        ? Values
        : throw new ModelFormatException($"'{Path}': expected shape {Describe(shape.ToArray())}, found {this}.");

    public override string ToString() => Describe(Shape);

    private static string Describe(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    private static int[] ReadShape(JsonValue source)
    {
        var shape = new List<int>();
        JsonElement element = source.Element;
        while (element.ValueKind == JsonValueKind.Array)
        {
            shape.Add(element.GetArrayLength());
            if (shape.Count > MaxRank)
            {
                throw new ModelFormatException($"'{source.Path}': expected at most {MaxRank} levels of arrays.");
            }

            if (shape[^1] == 0)
            {
                break;
            }

            element = element[0];
        }

        return shape.Count > 0 ? [.. shape] : throw source.Unexpected("an array of numbers");
    }

    private static void Fill(
        JsonValue source, JsonElement element, ReadOnlySpan<int> shape, Span<float> values, ref int position)
    {
        if (shape.IsEmpty)
        {
            // A number that is too large for a float is read as an infinity.
            if (element.ValueKind != JsonValueKind.Number
                || !element.TryGetSingle(out values[position])
                || !float.IsFinite(values[position]))
            {
                throw new ModelFormatException(
                    $"'{source.Path}', element {position}: "
                    + new JsonValue(element, "weights").Unexpected("a number within the range of float").Message);
            }

            position++;
            return;
        }

        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != shape[0])
        {
            throw new ModelFormatException(
                $"'{source.Path}', at element {position}: expected an array of {shape[0]}, as the first one is.");
        }

        foreach (JsonElement item in element.EnumerateArray())
        {
            Fill(source, item, shape[1..], values, ref position);
        }
    }
}
