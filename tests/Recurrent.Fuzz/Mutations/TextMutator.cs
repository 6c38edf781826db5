using System.Text;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Edits words and lines of text.</summary>
internal sealed class TextMutator(params string[] extensions) : IMutator
{
    public bool Knows(string name) => extensions.Contains(Path.GetExtension(name));

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        List<string> lines = [.. Encoding.Latin1.GetString(bytes).Split('\n')];
        int at = random.Next(lines.Count);
        switch (random.Next(6))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.InsertRange(at, Enumerable.Repeat(lines[at], random.Next(1, 50)));
                break;
            case 2:
                string[] others = Encoding.Latin1.GetString(other).Split('\n');
                lines.Insert(at, others[random.Next(others.Length)]);
                break;
            case 3:
                lines[at] = lines[at].Replace(',', ";\t |"[random.Next(4)]);
                break;
            default:
                lines[at] = WithWord(lines[at], random);
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private static string WithWord(string line, Random random)
    {
        string[] words = line.Split(',');
        string word = Encoding.Latin1.GetString(Values.Utf8(random));
        words[random.Next(words.Length)] = random.Next(3) == 0 ? $"\"{word}\"" : word;
        return string.Join(',', words);
    }
}
