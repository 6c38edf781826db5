using System.Text;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Edits code: words, numbers, signs and lines, which stay in the columns of their blocks.</summary>
internal sealed class CodeMutator : IMutator
{
    private static readonly string[] Words =
    [
        "self", "None", "True", "torch.size", "torch.dim", "torch.relu_", "torch.cat", "torch.transpose", "torch.lstm", "torch.slice",
        "torch.unsqueeze", "torch.view", "torch.copy_", "torch.softmax", "range", "getattr", "annotate", "CONSTANTS.c0",
        "ops.prim.RaiseException", "uninitialized", "if", "for", "return", "def", "class", "((((((((", "[[[[", "- - -", "\"", "9223372036854775807",
        "-1", "0", "1e400", "(self).forward", "_0", "input",
    ];

    public static CodeMutator Instance { get; } = new();

    public bool Knows(string name) => name.EndsWith(".py", StringComparison.Ordinal);

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        List<string> lines = [.. Encoding.Latin1.GetString(bytes).Split('\n')];
        int at = random.Next(lines.Count);
        switch (random.Next(9))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.InsertRange(at, Enumerable.Repeat(lines[at], random.Next(1, 200)));
                break;
            case 2:
                (lines[at], lines[random.Next(lines.Count)]) = (lines[random.Next(lines.Count)], lines[at]);
                break;
            case 3:
                lines[at] = new string(' ', random.Next(12)) + lines[at].TrimStart();
                break;
            case 4:
                // A word as often as it fits: what is nested, or a long expression.
                string word = Words[random.Next(Words.Length)];
                lines[at] += string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? word : $"{word}(", random.Next(1, 3000)));
                break;
            default:
                lines[at] = WithWord(lines[at], lines[random.Next(lines.Count)], random);
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    /// <summary>A line with another word in the place of one of its own.</summary>
    private static string WithWord(string line, string from, Random random)
    {
        List<(int Begin, int Length)> words = Split(line);
        if (words.Count == 0)
        {
            return line;
        }

        (int begin, int length) = words[random.Next(words.Count)];
        List<(int Begin, int Length)> others = Split(from);
        string word = others.Count > 0 && random.Next(2) == 0
            ? others[random.Next(others.Count)] is var (otherBegin, otherLength) ? from.Substring(otherBegin, otherLength) : ""
            : Words[random.Next(Words.Length)];
        return $"{line[..begin]}{word}{line[(begin + length)..]}";
    }

    private static List<(int Begin, int Length)> Split(string line)
    {
        List<(int, int)> words = [];
        for (int at = 0; at < line.Length;)
        {
            int begin = at;
            while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] is '_' or '.'))
            {
                at++;
            }

            at = at == begin ? at + 1 : at;
            if (!char.IsWhiteSpace(line[begin]))
            {
                words.Add((begin, at - begin));
            }
        }

        return words;
    }
}
