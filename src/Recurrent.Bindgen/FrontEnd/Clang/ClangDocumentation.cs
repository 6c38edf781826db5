using System.Xml.Linq;
using Recurrent.Bindgen.Model;
using static Recurrent.Bindgen.FrontEnd.Clang.LibClang;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>Reads the Doxygen comment of a declaration, which libclang parses and hands out as XML.</summary>
internal static class ClangDocumentation
{
    private static readonly char[] WhiteSpace = [' ', '\t', '\r', '\n'];

    /// <summary>The comment of a declaration, or null if it has none.</summary>
    public static Documentation? Read(CXCursor cursor)
    {
        CXComment comment = clang_Cursor_getParsedComment(cursor);
        if (clang_Comment_getKind(comment) != (int)CXCommentKind.FullComment)
        {
            return null;
        }

        XElement root = XElement.Parse(
            ClangTranslationUnit.Text(clang_FullComment_getAsXML(comment)), LoadOptions.PreserveWhitespace);
        return new Documentation(
            Flatten(root.Element("Abstract")),
            Paragraphs(root.Element("Discussion")).ToList(),
            Parameters(root),
            root.Element("ResultDiscussion") is { } result ? Flatten(result) : null);
    }

    private static Dictionary<string, string> Parameters(XElement root)
    {
        Dictionary<string, string> parameters = [];
        foreach (XElement parameter in root.Element("Parameters")?.Elements("Parameter") ?? [])
        {
            parameters[parameter.Element("Name")!.Value] = Flatten(parameter.Element("Discussion"));
        }

        return parameters;
    }

    private static IEnumerable<string> Paragraphs(XElement? element) =>
        (element?.Elements() ?? []).Select(Flatten).Where(text => text.Length > 0);

    private static string Flatten(XElement? element) =>
        string.Join(' ', (element?.Value ?? string.Empty).Split(WhiteSpace, StringSplitOptions.RemoveEmptyEntries));
}
