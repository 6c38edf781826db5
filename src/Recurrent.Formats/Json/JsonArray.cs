using System.Text.Json;

namespace Recurrent.Formats.Json;

/// <summary>What is known of an array without its values, which stay in the file.</summary>
/// <param name="Count">How many values it has.</param>
/// <param name="Shape">
/// Its length, and as far as its values are arrays the length of the first one, of the first one in that, and so on.
/// </param>
/// <param name="IsTensor">Whether it holds numbers, or arrays of this shape down to numbers, and nothing else.</param>
internal sealed record JsonArray(int Count, int[] Shape, bool IsTensor)
{
    /// <summary>Goes through an array that has begun, to its end.</summary>
    public static JsonArray Scan(ref JsonStream stream)
    {
        Span<int> counts = stackalloc int[JsonContents.MaxDepth + 1];
        Span<int> lengths = stackalloc int[JsonContents.MaxDepth + 1];
        lengths.Fill(-1);
        counts[0] = 0;
        int rank = 0;
        int deepest = 0;
        bool isTensor = true;
        int level = 0;
        while (level >= 0 && stream.Read())
        {
            switch (stream.Type)
            {
                case JsonTokenType.EndArray:
                    isTensor &= lengths[level] < 0 || lengths[level] == counts[level];
                    lengths[level] = lengths[level] < 0 ? counts[level] : lengths[level];
                    level--;
                    break;
                case JsonTokenType.StartArray:
                    counts[level]++;
                    counts[++level] = 0;
                    deepest = Math.Max(deepest, level);
                    break;
                case JsonTokenType.Number:
                    counts[level]++;
                    rank = rank == 0 ? level + 1 : rank;
                    isTensor &= rank == level + 1;
                    break;
                default:
                    counts[level]++;
                    isTensor = false;
                    stream.Skip();
                    break;
            }
        }

        // Without a number there are only empty arrays.
        int levels = lengths[..(deepest + 1)].IndexOf(0) is int empty and >= 0 ? empty + 1 : deepest + 1;
        isTensor &= rank == 0 || rank == deepest + 1;
        return new JsonArray(lengths[0], lengths[..levels].ToArray(), isTensor);
    }
}
