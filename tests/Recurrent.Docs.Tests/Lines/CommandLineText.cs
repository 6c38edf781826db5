using System.Text;

namespace Recurrent.Docs.Tests.Lines;

/// <summary>A line for a shell: words, quotes, and a comment that is left out.</summary>
internal static class CommandLineText
{
    public static string[] Words(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        char quote = '\0';
        bool isWord = false;
        foreach (char c in line)
        {
            if (quote == '\0' && c == '#' && !isWord)
            {
                break;
            }

            if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                (quote, isWord) = (c, true);
            }
            else if (quote == '\0' && c == ' ')
            {
                Flush();
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        Flush();
        return [.. words];

        void Flush()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }
}
