using System.Text;
using System.Text.RegularExpressions;
using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Emit;

/// <summary>Doxygen comments as C# documentation comments.</summary>
internal sealed partial class XmlDocumentation(SourceWriter writer, CSharpNames names)
{
    private static readonly IReadOnlySet<string> NoParameters = new HashSet<string>();

    /// <summary>Writes the comment of a type, field, enumerator or constant.</summary>
    internal void Write(Documentation? documentation)
    {
        if (documentation is not null)
        {
            WriteDescription(documentation, NoParameters);
        }
    }

    /// <summary>Writes the comment of a function.</summary>
    internal void Write(FunctionDeclaration function)
    {
        if (function.Documentation is not { } documentation)
        {
            return;
        }

        HashSet<string> parameters = function.Parameters.Select(parameter => parameter.Name).ToHashSet();
        WriteDescription(documentation, parameters);
        foreach (ParameterDeclaration parameter in function.Parameters)
        {
            string name = CSharpNames.ParameterReference(parameter.Name);
            string text = Inline(documentation.Parameters[parameter.Name], parameters);
            WriteElement($"param name=\"{name}\"", "param", text);
        }

        if (documentation.Returns is { } returns)
        {
            WriteElement("returns", "returns", Inline(returns, parameters));
        }
    }

    /// <summary>Writes a comment of the generator's own.</summary>
    internal void WriteSummary(string text) => WriteElement("summary", "summary", Inline(text, NoParameters));

    private void WriteDescription(Documentation documentation, IReadOnlySet<string> parameters)
    {
        WriteElement("summary", "summary", Inline(documentation.Summary, parameters));
        if (documentation.Remarks.Count == 1)
        {
            WriteElement("remarks", "remarks", Inline(documentation.Remarks[0], parameters));
        }
        else if (documentation.Remarks.Count > 1)
        {
            writer.Line("/// <remarks>");
            foreach (string paragraph in documentation.Remarks)
            {
                WriteElement("para", "para", Inline(paragraph, parameters));
            }

            writer.Line("/// </remarks>");
        }
    }

    private void WriteElement(string start, string end, string content)
    {
        string line = $"/// <{start}>{content}</{end}>";
        if (line.Length <= writer.Width)
        {
            writer.Line(line);
            return;
        }

        writer.Line($"/// <{start}>");
        foreach (string wrapped in Wrap(content, writer.Width - 4))
        {
            writer.Line("/// " + wrapped);
        }

        writer.Line($"/// </{end}>");
    }

    /// <summary>Translates Doxygen's inline notation.</summary>
    private string Inline(string text, IReadOnlySet<string> parameters)
    {
        StringBuilder result = new();
        int end = 0;
        foreach (Match match in InlineNotation().Matches(text))
        {
            _ = result.Append(Escape(text[end..match.Index])).Append(Translate(match, parameters));
            end = match.Index + match.Length;
        }

        return result.Append(Escape(text[end..])).ToString();
    }

    private string Translate(Match match, IReadOnlySet<string> parameters)
    {
        string code = match.Groups["code"].Value;
        if (code.Length > 0)
        {
            return parameters.Contains(code)
                ? $"<paramref name=\"{CSharpNames.ParameterReference(code)}\"/>"
                : $"<c>{Escape(code)}</c>";
        }

        string name = match.Groups["name"].Value;
        return names.Reference(name) is { } reference ? $"<see cref=\"{reference}\"/>" : $"<c>{name}</c>";
    }

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Breaks at spaces, but never inside of a tag or of a short piece of code.</summary>
    private static IEnumerable<string> Wrap(string text, int width)
    {
        StringBuilder line = new();
        foreach (Match word in Unbreakable().Matches(text))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                _ = line.Clear();
            }

            _ = line.Append(line.Length > 0 ? " " : string.Empty).Append(word.Value);
        }

        yield return line.ToString();
    }

    [GeneratedRegex(@"`(?<code>[^`]+)`|::(?<name>[A-Za-z_]\w*)(\(\))?|\b(?<name>recurrent_\w+)\(\)")]
    private static partial Regex InlineNotation();

    [GeneratedRegex(@"(?:<c>.*?</c>|<[^>]*>|[^\s<])+")]
    private static partial Regex Unbreakable();
}
