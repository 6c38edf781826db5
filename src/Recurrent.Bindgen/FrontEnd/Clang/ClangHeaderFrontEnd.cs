using Recurrent.Bindgen.Model;
using static Recurrent.Bindgen.FrontEnd.Clang.LibClang;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>Reads a header with libclang.</summary>
internal sealed class ClangHeaderFrontEnd : IHeaderFrontEnd
{
    // One fixed target and no header of the machine: the model is the same wherever the generator runs.
    private static readonly string[] Arguments =
    [
        "-x", "c", "-std=c99", "--target=x86_64-unknown-linux-gnu",
        "-nostdinc", "-isystem", StandardHeaders.Folder,
        "-Wall", "-Wextra", "-Wpedantic", "-Wdocumentation", "-Wdocumentation-unknown-command",
        "-Wno-empty-translation-unit",
    ];

    /// <inheritdoc/>
    public HeaderModel Parse(string path)
    {
        if (!File.Exists(path))
        {
            throw new BindgenException($"There is no header at {path}.");
        }

        using ClangTranslationUnit unit = ClangTranslationUnit.Parse(path, Arguments, StandardHeaders.Files);
        ThrowOnProblems(unit);
        List<CXCursor> cursors = ClangTranslationUnit.Children(unit.Root)
            .Where(cursor => clang_Location_isFromMainFile(clang_getCursorLocation(cursor)) != 0)
            .ToList();
        List<UnsupportedDeclaration> unsupported = [];
        List<CXCursor> macroCursors = cursors.FindAll(cursor => cursor.Kind == CXCursorKind.MacroDefinition);
        IReadOnlyList<ConstantDeclaration> constants = new ClangMacros(ParseText).Read(unit, macroCursors, unsupported);
        DeclarationReader reader = new(unsupported);
        cursors.ForEach(reader.Read);
        return new HeaderModel(
            IncludeName(path),
            constants,
            reader.Enums,
            reader.Structs,
            reader.OpaqueTypes,
            reader.Functions,
            unsupported);
    }

    /// <summary>A public header lies in a folder named after its library and is included with it.</summary>
    private static string IncludeName(string path)
    {
        string fullPath = Path.GetFullPath(path);
        return $"{Path.GetFileName(Path.GetDirectoryName(fullPath))}/{Path.GetFileName(fullPath)}";
    }

    private static ClangTranslationUnit ParseText(string text)
    {
        const string Name = StandardHeaders.Folder + "/macros.h";
        return ClangTranslationUnit.Parse(Name, Arguments, new Dictionary<string, string> { [Name] = text });
    }

    private static void ThrowOnProblems(ClangTranslationUnit unit)
    {
        List<HeaderProblem> problems = unit.Problems().ToList();
        if (problems.Count > 0)
        {
            throw new BindgenException(problems);
        }
    }
}
