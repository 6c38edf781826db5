using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Recurrent.Docs.Tests.Site;

/// <summary>The site that <c>./build.sh docs</c> left.</summary>
internal static class BuiltSite
{
    private static readonly Dictionary<string, IDocument> Documents = [];

    public static string Root { get; } = Tree.PathOf("artifacts", "site");

    /// <summary>All pages, by their path in the site.</summary>
    public static IEnumerable<string> Pages => Directory.EnumerateFiles(Root, "*.html", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Where(path => !path.EndsWith("toc.html", StringComparison.Ordinal)).Order();

    /// <summary>Skips the test, by name, where it has not been built.</summary>
    public static void Require() => Assert.SkipUnless(
        File.Exists(Path.Combine(Root, "README.html")), "the site has not been built: ./build.sh docs");

    /// <summary>A page's elements; parsed once.</summary>
    public static IDocument Read(string page)
    {
        if (!Documents.TryGetValue(page, out IDocument? document))
        {
            document = new HtmlParser().ParseDocument(File.ReadAllText(Path.Combine(Root, page)));
            Documents.Add(page, document);
        }

        return document;
    }
}
