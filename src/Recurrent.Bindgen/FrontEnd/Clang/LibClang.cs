using System.Runtime.InteropServices;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>
/// The part of libclang's C API (clang-c/Index.h and Documentation.h) that the front end uses. All of it has been there
/// since libclang 3.9; the names are libclang's own.
/// </summary>
internal static unsafe class LibClang
{
    /// <summary>Name for the resolver in <see cref="LibClangLoader"/>; not a file name.</summary>
    internal const string Library = "libclang";

    [DllImport(Library)]
    internal static extern nint clang_createIndex(int excludeDeclarationsFromPch, int displayDiagnostics);

    [DllImport(Library)]
    internal static extern void clang_disposeIndex(nint index);

    [DllImport(Library)]
    internal static extern int clang_parseTranslationUnit2(
        nint index,
        byte* sourceFilename,
        byte** commandLineArgs,
        int commandLineArgsCount,
        CXUnsavedFile* unsavedFiles,
        uint unsavedFilesCount,
        uint options,
        nint* translationUnit);

    [DllImport(Library)]
    internal static extern void clang_disposeTranslationUnit(nint translationUnit);

    [DllImport(Library)]
    internal static extern uint clang_getNumDiagnostics(nint translationUnit);

    [DllImport(Library)]
    internal static extern nint clang_getDiagnostic(nint translationUnit, uint index);

    [DllImport(Library)]
    internal static extern void clang_disposeDiagnostic(nint diagnostic);

    [DllImport(Library)]
    internal static extern int clang_getDiagnosticSeverity(nint diagnostic);

    [DllImport(Library)]
    internal static extern CXString clang_getDiagnosticSpelling(nint diagnostic);

    [DllImport(Library)]
    internal static extern CXSourceLocation clang_getDiagnosticLocation(nint diagnostic);

    [DllImport(Library)]
    internal static extern CXCursor clang_getTranslationUnitCursor(nint translationUnit);

    [DllImport(Library)]
    internal static extern uint clang_visitChildren(
        CXCursor parent, delegate* unmanaged[Cdecl]<CXCursor, CXCursor, nint, int> visitor, nint clientData);

    [DllImport(Library)]
    internal static extern CXString clang_getCursorSpelling(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXSourceLocation clang_getCursorLocation(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXSourceRange clang_getCursorExtent(CXCursor cursor);

    [DllImport(Library)]
    internal static extern int clang_Location_isFromMainFile(CXSourceLocation location);

    [DllImport(Library)]
    internal static extern void clang_getFileLocation(
        CXSourceLocation location, nint* file, uint* line, uint* column, uint* offset);

    [DllImport(Library)]
    internal static extern CXString clang_getFileName(nint file);

    [DllImport(Library)]
    internal static extern CXSourceLocation clang_getRangeEnd(CXSourceRange range);

    [DllImport(Library)]
    internal static extern CXType clang_getCursorType(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXString clang_getTypeSpelling(CXType type);

    [DllImport(Library)]
    internal static extern CXType clang_getPointeeType(CXType type);

    [DllImport(Library)]
    internal static extern CXCursor clang_getTypeDeclaration(CXType type);

    [DllImport(Library)]
    internal static extern CXType clang_Type_getNamedType(CXType type);

    [DllImport(Library)]
    internal static extern CXType clang_getCanonicalType(CXType type);

    [DllImport(Library)]
    internal static extern long clang_Type_getSizeOf(CXType type);

    [DllImport(Library)]
    internal static extern CXType clang_getTypedefDeclUnderlyingType(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXCursor clang_getCursorDefinition(CXCursor cursor);

    [DllImport(Library)]
    internal static extern uint clang_isCursorDefinition(CXCursor cursor);

    [DllImport(Library)]
    internal static extern int clang_Cursor_isNull(CXCursor cursor);

    [DllImport(Library)]
    internal static extern long clang_Cursor_getOffsetOfField(CXCursor cursor);

    [DllImport(Library)]
    internal static extern uint clang_Cursor_isBitField(CXCursor cursor);

    [DllImport(Library)]
    internal static extern long clang_getEnumConstantDeclValue(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXType clang_getEnumDeclIntegerType(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXType clang_getCursorResultType(CXCursor cursor);

    [DllImport(Library)]
    internal static extern int clang_Cursor_getNumArguments(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXCursor clang_Cursor_getArgument(CXCursor cursor, uint index);

    [DllImport(Library)]
    internal static extern uint clang_Cursor_isVariadic(CXCursor cursor);

    [DllImport(Library)]
    internal static extern uint clang_Cursor_isMacroFunctionLike(CXCursor cursor);

    [DllImport(Library)]
    internal static extern CXComment clang_Cursor_getParsedComment(CXCursor cursor);

    [DllImport(Library)]
    internal static extern int clang_Comment_getKind(CXComment comment);

    [DllImport(Library)]
    internal static extern CXString clang_FullComment_getAsXML(CXComment comment);

    [DllImport(Library)]
    internal static extern void clang_tokenize(
        nint translationUnit, CXSourceRange range, CXToken** tokens, uint* count);

    [DllImport(Library)]
    internal static extern void clang_disposeTokens(nint translationUnit, CXToken* tokens, uint count);

    [DllImport(Library)]
    internal static extern int clang_getTokenKind(CXToken token);

    [DllImport(Library)]
    internal static extern CXString clang_getTokenSpelling(nint translationUnit, CXToken token);

    [DllImport(Library)]
    internal static extern CXSourceRange clang_getTokenExtent(nint translationUnit, CXToken token);

    [DllImport(Library)]
    internal static extern byte* clang_getCString(CXString text);

    [DllImport(Library)]
    internal static extern void clang_disposeString(CXString text);
}
