namespace Recurrent.Cli.Commands;

/// <summary>What somebody meant who has mistyped.</summary>
internal static class Suggestion
{
    /// <summary>A question to add to a message: <c> Did you mean 'bench'?</c>; empty if nothing is like the word.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">What could have been.</param>
    public static string For(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } meant ? Ask(meant) : string.Empty;

    /// <summary>The question.</summary>
    public static string Ask(string meant) => $" Did you mean '{meant}'?";

    /// <summary>The name that is most like a word; null if none is.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) => known
        .Select(name => (Name: name, Distance: DistanceOf(word, name)))
        .Where(pair => pair.Distance <= Tolerance(word))
        .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal)
        .Select(pair => pair.Name)
        .FirstOrDefault();

    private static int Tolerance(string word) => 1 + (word.Length / 4);

    // A beginning, of a file's name before its extension, too, is one mistake.
    private static int DistanceOf(string word, string name)
    {
        string stem = Path.GetFileNameWithoutExtension(word);
        string extension = Path.GetExtension(word);
        bool isShortened = stem.Length >= 2 && name.StartsWith(stem, StringComparison.OrdinalIgnoreCase)
            && name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
        return isShortened ? 1 : Distance(word.ToLowerInvariant(), name.ToLowerInvariant());
    }

    /// <summary>Letters that are missing, superfluous, wrong or in the wrong order (optimal string alignment).</summary>
    private static int Distance(string left, string right)
    {
        int[] before = [];
        int[] last = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] row = new int[right.Length + 1];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int cost = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last) = (last, row);
        }

        return last[^1];
    }
}
