using System.Globalization;
using System.Text;
using Recurrent.Bindgen.Model;
using static Recurrent.Bindgen.FrontEnd.Clang.LibClang;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>
/// Reads the header's macros. libclang keeps no documentation for them, so their comments are taken from the tokens in
/// front of them and attached, in a second translation unit, to variables of the same names, where libclang does
/// parse them.
/// </summary>
internal sealed class ClangMacros(Func<string, ClangTranslationUnit> parseText)
{
    /// <summary>The macros of the header that stand for a value.</summary>
    /// <param name="unit">The header.</param>
    /// <param name="cursors">The macro definitions in it.</param>
    /// <param name="unsupported">Receives macros that a binding cannot express.</param>
    public IReadOnlyList<ConstantDeclaration> Read(
        ClangTranslationUnit unit, IReadOnlyList<CXCursor> cursors, ICollection<UnsupportedDeclaration> unsupported)
    {
        Dictionary<int, string> comments = unit.Tokens(unit.Root)
            .Where(token => token.Kind == CXTokenKind.Comment)
            .Where(token => token.Spelling.StartsWith("/**", StringComparison.Ordinal))
            .ToDictionary(token => token.EndLine, token => token.Spelling);
        List<(ConstantDeclaration Macro, string? Comment)> macros = [];
        foreach (CXCursor cursor in cursors)
        {
            string name = ClangTranslationUnit.Text(clang_getCursorSpelling(cursor));
            SourceLocation location = ClangTranslationUnit.Locate(clang_getCursorLocation(cursor));
            if (clang_Cursor_isMacroFunctionLike(cursor) != 0)
            {
                unsupported.Add(new UnsupportedDeclaration(name, location, "function-like macro", "a function"));
                continue;
            }

            string replacement = string.Join(' ', unit.Tokens(cursor).Skip(1).Select(token => token.Spelling));
            if (!IsPlumbing(replacement))
            {
                macros.Add((
                    new ConstantDeclaration(name, location, null, replacement, ParseInteger(replacement)),
                    comments.GetValueOrDefault(location.Line - 1)));
            }
        }

        Dictionary<string, Documentation?> documentation = ReadComments(macros);
        return macros
            .Select(entry => entry.Macro with { Documentation = documentation.GetValueOrDefault(entry.Macro.Name) })
            .ToList();
    }

    /// <summary>Whether a macro is about compiling the header: its guard, or an attribute of functions.</summary>
    private static bool IsPlumbing(string replacement) =>
        replacement.Length == 0
        || replacement == "noexcept"
        || replacement.StartsWith("__attribute__", StringComparison.Ordinal)
        || replacement.StartsWith("__declspec", StringComparison.Ordinal);

    private static long? ParseInteger(string replacement)
    {
        string text = replacement.TrimEnd('u', 'U', 'l', 'L');
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(
                text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hexadecimal)
                ? hexadecimal
                : null;
        }

        // A leading zero would make it octal, which nobody means.
        bool isOctal = text.Length > 1 && text[0] == '0';
        return !isOctal && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : null;
    }

    private Dictionary<string, Documentation?> ReadComments(
        IEnumerable<(ConstantDeclaration Macro, string? Comment)> macros)
    {
        StringBuilder source = new();
        foreach ((ConstantDeclaration macro, string? comment) in macros)
        {
            if (comment is not null)
            {
                _ = source.Append(comment).Append("\nextern int ").Append(macro.Name).Append(";\n\n");
            }
        }

        using ClangTranslationUnit unit = parseText(source.ToString());
        Dictionary<string, Documentation?> documentation = [];
        foreach (CXCursor cursor in ClangTranslationUnit.Children(unit.Root))
        {
            if (cursor.Kind == CXCursorKind.VarDecl)
            {
                string name = ClangTranslationUnit.Text(clang_getCursorSpelling(cursor));
                documentation[name] = ClangDocumentation.Read(cursor);
            }
        }

        return documentation;
    }
}
