using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Recurrent.Bindgen.Model;
using static Recurrent.Bindgen.FrontEnd.Clang.LibClang;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>A parsed translation unit: libclang's objects with their lifetimes and strings taken care of.</summary>
internal sealed unsafe class ClangTranslationUnit : IDisposable
{
    private nint _index;
    private nint _unit;

    private ClangTranslationUnit(nint index, nint unit)
    {
        _index = index;
        _unit = unit;
    }

    /// <summary>The cursor whose children are the declarations.</summary>
    public CXCursor Root => clang_getTranslationUnitCursor(_unit);

    /// <summary>Parses a file.</summary>
    /// <param name="path">Path of the file; need not exist if <paramref name="files"/> holds it.</param>
    /// <param name="arguments">Arguments as a compiler takes them.</param>
    /// <param name="files">Files in memory that take the place of those on disk, by path.</param>
    public static ClangTranslationUnit Parse(
        string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> files)
    {
        LibClangLoader.EnsureLoaded();
        using NativeTexts texts = new();
        byte** argumentPointers = stackalloc byte*[arguments.Count];
        for (int i = 0; i < arguments.Count; i++)
        {
            argumentPointers[i] = texts.Add(arguments[i]);
        }

        CXUnsavedFile* unsaved = stackalloc CXUnsavedFile[files.Count];
        int count = 0;
        foreach ((string name, string contents) in files)
        {
            unsaved[count++] = new CXUnsavedFile
            {
                Filename = texts.Add(name),
                Contents = texts.Add(contents),
                Length = new CULong((uint)Encoding.UTF8.GetByteCount(contents)),
            };
        }

        nint index = clang_createIndex(excludeDeclarationsFromPch: 0, displayDiagnostics: 0);
        nint unit;
        int error = clang_parseTranslationUnit2(
            index,
            texts.Add(path),
            argumentPointers,
            arguments.Count,
            unsaved,
            (uint)count,
            (uint)CXTranslationUnitFlags.DetailedPreprocessingRecord,
            &unit);
        if (error != 0)
        {
            clang_disposeIndex(index);
            throw new BindgenException($"libclang could not parse {path} (CXErrorCode {error}).");
        }

        return new ClangTranslationUnit(index, unit);
    }

    /// <summary>The compiler's warnings and errors.</summary>
    public IEnumerable<HeaderProblem> Problems()
    {
        uint count = clang_getNumDiagnostics(_unit);
        for (uint i = 0; i < count; i++)
        {
            nint diagnostic = clang_getDiagnostic(_unit, i);
            try
            {
                if (clang_getDiagnosticSeverity(diagnostic) >= (int)CXDiagnosticSeverity.Warning)
                {
                    yield return new HeaderProblem(
                        Locate(clang_getDiagnosticLocation(diagnostic)),
                        Text(clang_getDiagnosticSpelling(diagnostic)));
                }
            }
            finally
            {
                clang_disposeDiagnostic(diagnostic);
            }
        }
    }

    /// <summary>The direct children of a cursor.</summary>
    public static IReadOnlyList<CXCursor> Children(CXCursor cursor)
    {
        List<CXCursor> children = [];
        GCHandle handle = GCHandle.Alloc(children);
        try
        {
            _ = clang_visitChildren(cursor, &Collect, GCHandle.ToIntPtr(handle));
        }
        finally
        {
            handle.Free();
        }

        return children;
    }

    /// <summary>Kind, spelling and lines of the tokens of a cursor's source range.</summary>
    public IReadOnlyList<ClangToken> Tokens(CXCursor cursor)
    {
        CXToken* tokens;
        uint count;
        clang_tokenize(_unit, clang_getCursorExtent(cursor), &tokens, &count);
        List<ClangToken> result = new((int)count);
        for (uint i = 0; i < count; i++)
        {
            result.Add(new ClangToken(
                (CXTokenKind)clang_getTokenKind(tokens[i]),
                Text(clang_getTokenSpelling(_unit, tokens[i])),
                Locate(clang_getRangeEnd(clang_getTokenExtent(_unit, tokens[i]))).Line));
        }

        clang_disposeTokens(_unit, tokens, count);
        return result;
    }

    /// <summary>Place of a location, with the path as the compiler was given it.</summary>
    public static SourceLocation Locate(CXSourceLocation location)
    {
        nint file;
        uint line;
        clang_getFileLocation(location, &file, &line, null, null);
        return new SourceLocation(file == 0 ? "<command line>" : Text(clang_getFileName(file)), (int)line);
    }

    /// <summary>Takes a string over from libclang.</summary>
    public static string Text(CXString text)
    {
        string result = Marshal.PtrToStringUTF8((nint)clang_getCString(text)) ?? string.Empty;
        clang_disposeString(text);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_unit != 0)
        {
            clang_disposeTranslationUnit(_unit);
            clang_disposeIndex(_index);
            _unit = 0;
            _index = 0;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Collect(CXCursor cursor, CXCursor parent, nint children)
    {
        ((List<CXCursor>)GCHandle.FromIntPtr(children).Target!).Add(cursor);
        return (int)CXChildVisitResult.Continue;
    }

    /// <summary>UTF-8 copies of strings that live as long as this object.</summary>
    private sealed class NativeTexts : IDisposable
    {
        private readonly List<nint> _texts = [];

        public byte* Add(string text)
        {
            nint copy = Marshal.StringToCoTaskMemUTF8(text);
            _texts.Add(copy);
            return (byte*)copy;
        }

        public void Dispose() => _texts.ForEach(Marshal.FreeCoTaskMem);
    }
}

/// <summary>A token of the header.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Spelling">Its text.</param>
/// <param name="EndLine">The line it ends on.</param>
internal readonly record struct ClangToken(CXTokenKind Kind, string Spelling, int EndLine);
