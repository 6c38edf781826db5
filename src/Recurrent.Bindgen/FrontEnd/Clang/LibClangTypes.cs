using System.Runtime.InteropServices;

namespace Recurrent.Bindgen.FrontEnd.Clang;

// The layouts and numbers below are libclang's stable C ABI.

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CXString
{
    public void* Data;
    public uint PrivateFlags;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CXUnsavedFile
{
    public byte* Filename;
    public byte* Contents;
    public CULong Length;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CXCursor
{
    public CXCursorKind Kind;
    public int ExtraData;
    public nint Data0;
    public nint Data1;
    public nint Data2;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CXType
{
    public CXTypeKind Kind;
    public nint Data0;
    public nint Data1;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CXSourceLocation
{
    public nint Data0;
    public nint Data1;
    public uint IntData;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CXSourceRange
{
    public nint Data0;
    public nint Data1;
    public uint Begin;
    public uint End;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CXToken
{
    public uint Int0;
    public uint Int1;
    public uint Int2;
    public uint Int3;
    public nint Data;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CXComment
{
    public nint Node;
    public nint TranslationUnit;
}

internal enum CXCursorKind
{
    StructDecl = 2,
    UnionDecl = 3,
    EnumDecl = 5,
    FieldDecl = 6,
    EnumConstantDecl = 7,
    FunctionDecl = 8,
    VarDecl = 9,
    TypedefDecl = 20,
    FirstExpression = 100,
    LastExpression = 199,
    MacroDefinition = 501,
    MacroExpansion = 502,
    InclusionDirective = 503,
}

internal enum CXTypeKind
{
    Invalid = 0,
    Void = 2,
    CharU = 4,
    CharS = 13,
    Float = 21,
    Double = 22,
    Pointer = 101,
    Record = 105,
    Enum = 106,
    Typedef = 107,
    FunctionProto = 111,
    Elaborated = 119,
}

internal enum CXChildVisitResult
{
    Break = 0,
    Continue = 1,
}

internal enum CXDiagnosticSeverity
{
    Warning = 2,
}

internal enum CXTokenKind
{
    Comment = 4,
}

internal enum CXCommentKind
{
    Null = 0,
    FullComment = 12,
}

[Flags]
internal enum CXTranslationUnitFlags : uint
{
    /// <summary>Keeps macro definitions as cursors.</summary>
    DetailedPreprocessingRecord = 0x01,
}
