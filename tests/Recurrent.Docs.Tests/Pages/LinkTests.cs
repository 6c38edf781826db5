namespace Recurrent.Docs.Tests.Pages;

/// <summary>What the documents link to.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Pages => [.. Page.All.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_within_the_tree_lead_somewhere(string name)
    {
        Page page = Page.All.Single(candidate => candidate.Name == name);

        Tree.None(page.Links
            .Where(link => !Uri.TryCreate(link.Target, UriKind.Absolute, out _))
            .Where(link => !Leads(page, link.Target))
            .Select(link => $"{name}:{link.Line}: {link.Target}"));
    }

    private static bool Leads(Page page, string target)
    {
        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0
            ? page.Name
            : Path.GetRelativePath(Tree.Root, Path.GetFullPath(Path.Combine(Tree.Root, Path.GetDirectoryName(page.Name)!, parts[0])));
        if (!Path.Exists(Tree.PathOf(path)))
        {
            return false;
        }

        Page? linked = Page.All.SingleOrDefault(candidate => candidate.Name == path.Replace('\\', '/'));
        return parts.Length == 1 || linked is null || linked.Anchors.Contains(parts[1]);
    }
}
