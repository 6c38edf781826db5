namespace Recurrent.Docs.Tests.Pages;

/// <summary>
/// A block of code of a document. Comments in front of it say what readers need not see:
/// <c>&lt;!-- given: CODE --&gt;</c> declares what the block is about, <c>&lt;!-- continues --&gt;</c> says that the
/// block before comes first, <c>&lt;!-- not run: REASON --&gt;</c> that it is compiled, or looked at, and no more.
/// </summary>
internal sealed class CodePart(
    Page page, int line, string language, string text, IReadOnlyList<string> remarks, CodePart? previous)
{
    /// <summary>The word behind the fence; empty for an indented block.</summary>
    public string Language { get; } = language;

    /// <summary>The code.</summary>
    public string Text { get; } = text;

    /// <summary>The page, and the line where it begins: a test's name.</summary>
    public string Name { get; } = $"{page.Name}:{line}";

    /// <summary>The block that it continues.</summary>
    public CodePart? Continued => Remarks("continues").Any() ? previous : null;

    /// <summary>Declarations that come before it.</summary>
    public string Given => string.Join('\n', Remarks("given:"));

    /// <summary>Why it is not run; null if it is.</summary>
    public string? NotRun => Remarks("not run:").FirstOrDefault();

    private IEnumerable<string> Remarks(string keyword) => remarks
        .Select(remark => remark.Replace("<!--", "", StringComparison.Ordinal).Replace("-->", "", StringComparison.Ordinal).Trim())
        .Where(remark => remark.StartsWith(keyword, StringComparison.Ordinal))
        .Select(remark => remark[keyword.Length..].Trim());
}
