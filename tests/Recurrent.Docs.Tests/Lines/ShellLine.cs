using Recurrent.Docs.Tests.Pages;

namespace Recurrent.Docs.Tests.Lines;

/// <summary>A line of a block for a shell: an indented block, or one that is called sh or console.</summary>
internal sealed record ShellLine(string Name, string Text, string? NotRun)
{
    /// <summary>All lines of all documents but empty ones and comments.</summary>
    public static IReadOnlyList<ShellLine> All { get; } =
    [
        .. Page.All.SelectMany(page => page.Blocks)
            .Where(block => block.Language is "" or "sh" or "console")
            .SelectMany(block => block.Text.Split('\n').Select((text, i) => new ShellLine($"{block.Name}+{i}", text.Trim(), block.NotRun)))
            .Where(line => line.Words.Length > 0),
    ];

    /// <summary>The program and its arguments.</summary>
    public string[] Words => CommandLineText.Words(Text.StartsWith("$ ", StringComparison.Ordinal) ? Text[2..] : Text);
}
