using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Recurrent.Docs.Tests.Pages;

/// <summary>A document of the tree: its blocks of code with what is said before them, its links and its anchors.</summary>
internal sealed class Page
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub).UsePipeTables().Build();

    private readonly MarkdownDocument _document;

    private Page(string name)
    {
        Name = name;
        _document = Markdown.Parse(File.ReadAllText(Tree.PathOf(name)), Pipeline);
        Blocks = [.. ReadBlocks(_document)];
    }

    /// <summary>All documents that users and contributors read.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "bench/README.md" }
            .Where(name => File.Exists(Tree.PathOf(name)))
            .Concat(Directory.EnumerateFiles(Tree.PathOf("docs"), "*.md", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Tree.Root, path).Replace('\\', '/')).Order())
            .Select(name => new Page(name)),
    ];

    /// <summary>Its path in the tree.</summary>
    public string Name { get; }

    /// <summary>Blocks of code from top to bottom.</summary>
    public IReadOnlyList<CodePart> Blocks { get; }

    /// <summary>Targets of links and images, with their lines.</summary>
    public IEnumerable<(string Target, int Line)> Links => _document.Descendants<LinkInline>()
        .Where(link => link.Url is not null).Select(link => (link.Url!, link.Line + 1));

    /// <summary>The names that a link may have behind its <c>#</c>.</summary>
    public ISet<string> Anchors => _document.Descendants<HeadingBlock>()
        .Select(heading => heading.GetAttributes().Id).OfType<string>().ToHashSet();

    private IEnumerable<CodePart> ReadBlocks(MarkdownDocument document)
    {
        CodePart? previous = null;
        List<string> remarks = [];
        foreach (MarkdownObject part in document.Descendants())
        {
            if (part is HtmlBlock { Type: HtmlBlockType.Comment } comment)
            {
                remarks.Add(comment.Lines.ToString().Trim());
            }
            else if (part is CodeBlock code)
            {
                string language = code is FencedCodeBlock fenced ? fenced.Info ?? "" : "";
                previous = new CodePart(this, code.Line + 1, language, code.Lines.ToString(), [.. remarks], previous);
                yield return previous;
                remarks.Clear();
            }
            else if (part is HeadingBlock)
            {
                remarks.Clear();
            }
        }
    }
}
