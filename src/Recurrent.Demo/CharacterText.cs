using System.Text.RegularExpressions;

namespace Recurrent.Demo;

/// <summary>A text as indices into its alphabet, cut into a part to learn from and two later ones.</summary>
internal sealed partial class CharacterText
{
    private const double TrainShare = 0.8;
    private const double ValidationShare = 0.1;

    public CharacterText(string folder)
    {
        string text = string.Concat(Directory.EnumerateFiles(folder, "*.md")
            .Where(file => Path.GetFileName(file) != "results.md")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText));
        text = RunsOfSpaces().Replace(text, " ");

        // Rare characters are one: what is hardly ever seen cannot be learnt.
        Alphabet = ['\uFFFD', .. text.GroupBy(c => c).Where(group => group.Count() >= 20).Select(group => group.Key).Order()];
        Dictionary<char, int> indices = Alphabet.Select((c, i) => (c, i)).ToDictionary(pair => pair.c, pair => pair.i);
        int[] all = [.. text.Select(c => indices.GetValueOrDefault(c))];
        int train = (int)(all.Length * TrainShare);
        int validation = (int)(all.Length * ValidationShare);
        Train = all[..train];
        Validation = all[train..(train + validation)];
        Test = all[(train + validation)..];
    }

    public char[] Alphabet { get; }

    public int[] Train { get; }

    public int[] Validation { get; }

    public int[] Test { get; }

    /// <summary>
    /// Bits a character of a bigram model, counted in the part to learn from; mixed with single characters by
    /// Witten &amp; Bell 1991, so that nothing has the probability 0.
    /// </summary>
    public double BigramBits()
    {
        int size = Alphabet.Length;
        var pairs = new double[size, size];
        var single = new double[size];
        for (int i = 1; i < Train.Length; i++)
        {
            pairs[Train[i - 1], Train[i]]++;
            single[Train[i]]++;
        }

        double bits = 0;
        for (int i = 1; i < Test.Length; i++)
        {
            int before = Test[i - 1];
            double seen = Enumerable.Range(0, size).Sum(next => pairs[before, next]);
            double kinds = Enumerable.Range(0, size).Count(next => pairs[before, next] > 0);
            double alone = (single[Test[i]] + 1) / (Train.Length - 1 + size);
            double weight = kinds == 0 ? 1 : kinds / (seen + kinds);
            double follows = seen == 0 ? 0 : pairs[before, Test[i]] / seen;
            bits -= Math.Log2(((1 - weight) * follows) + (weight * alone));
        }

        return bits / (Test.Length - 1);
    }

    /// <summary>Indented lines are many, and their spaces are no text.</summary>
    [GeneratedRegex(" {2,}")]
    private static partial Regex RunsOfSpaces();
}
