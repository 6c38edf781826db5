using AngleSharp.Dom;

namespace Recurrent.Docs.Tests.Site;

/// <summary>Links within the site.</summary>
public sealed class SiteLinkTests
{
    [Fact]
    public void No_link_of_any_page_is_dead()
    {
        BuiltSite.Require();

        Tree.None(BuiltSite.Pages.SelectMany(page => Links(BuiltSite.Read(page))
            .Where(target => !Leads(page, target)).Select(target => $"{page}: {target}")));
    }

    [Fact]
    public void Every_guide_is_in_the_site()
    {
        BuiltSite.Require();

        Tree.None(Directory.EnumerateFiles(Tree.PathOf("docs"), "*.md")
            .Select(path => $"docs/{Path.GetFileNameWithoutExtension(path)}.html").Except(BuiltSite.Pages));
    }

    private static IEnumerable<string> Links(IDocument document) =>
        document.QuerySelectorAll("[href]").Select(element => element.GetAttribute("href")!)
            .Concat(document.QuerySelectorAll("[src]").Select(element => element.GetAttribute("src")!))
            .Where(target => !Uri.TryCreate(target, UriKind.Absolute, out _));

    private static bool Leads(string page, string target)
    {
        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0
            ? page
            : Path.GetRelativePath(BuiltSite.Root, Path.GetFullPath(Path.Combine(
                BuiltSite.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0].Split('?')[0])))).Replace('\\', '/');
        if (!Path.Exists(Path.Combine(BuiltSite.Root, path)))
        {
            return false;
        }

        bool hasAnchor = parts.Length == 2 && parts[1].Length > 0 && path.EndsWith(".html", StringComparison.Ordinal);
        return !hasAnchor || BuiltSite.Read(path).GetElementById(Uri.UnescapeDataString(parts[1])) is not null;
    }
}
