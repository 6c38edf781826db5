using Recurrent.Bindgen.Model;
using static Recurrent.Bindgen.FrontEnd.Clang.ClangTranslationUnit;
using static Recurrent.Bindgen.FrontEnd.Clang.LibClang;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>Sorts the top-level declarations of a header into the lists of the model.</summary>
internal sealed class DeclarationReader(ICollection<UnsupportedDeclaration> unsupported)
{
    private readonly List<EnumDeclaration> _enums = [];
    private readonly List<StructDeclaration> _structs = [];
    private readonly List<OpaqueDeclaration> _opaqueTypes = [];
    private readonly List<FunctionDeclaration> _functions = [];

    public IReadOnlyList<EnumDeclaration> Enums => _enums;

    public IReadOnlyList<StructDeclaration> Structs => _structs;

    public IReadOnlyList<OpaqueDeclaration> OpaqueTypes => _opaqueTypes;

    public IReadOnlyList<FunctionDeclaration> Functions => _functions;

    /// <summary>Reads one top-level cursor.</summary>
    public void Read(CXCursor cursor)
    {
        switch (cursor.Kind)
        {
            case CXCursorKind.EnumDecl:
                ReadEnum(cursor);
                break;
            case CXCursorKind.StructDecl:
                ReadStruct(cursor);
                break;
            case CXCursorKind.TypedefDecl:
                ReadTypedef(cursor);
                break;
            case CXCursorKind.FunctionDecl:
                _functions.Add(ReadFunction(cursor));
                break;
            case CXCursorKind.UnionDecl:
                Refuse(cursor, "union", "a struct with one field for each case");
                break;
            case CXCursorKind.VarDecl:
                Refuse(cursor, "variable", "a function that returns the value");
                break;
            case CXCursorKind.MacroDefinition or CXCursorKind.MacroExpansion or CXCursorKind.InclusionDirective:
                break;
            default:
                Refuse(cursor, "declaration", "an enum, a struct, an opaque struct, a function or a constant");
                break;
        }
    }

    private static bool IsNamed(string name) => name.Length > 0 && !name.Contains('(', StringComparison.Ordinal);

    private static string Name(CXCursor cursor) => Text(clang_getCursorSpelling(cursor));

    private static SourceLocation Location(CXCursor cursor) => Locate(clang_getCursorLocation(cursor));

    private void Refuse(CXCursor cursor, string kind, string expected) =>
        unsupported.Add(new UnsupportedDeclaration(Name(cursor), Location(cursor), kind, expected));

    private void ReadEnum(CXCursor cursor)
    {
        if (!IsNamed(Name(cursor)))
        {
            Refuse(cursor, "enum without a tag", "`typedef enum name {…} name`");
            return;
        }

        List<EnumeratorDeclaration> enumerators = Children(cursor)
            .Where(child => child.Kind == CXCursorKind.EnumConstantDecl)
            .Select(child => new EnumeratorDeclaration(
                Name(child),
                Location(child),
                ClangDocumentation.Read(child),
                clang_getEnumConstantDeclValue(child),
                Children(child).Any(IsExpression)))
            .ToList();
        long size = clang_Type_getSizeOf(clang_getEnumDeclIntegerType(cursor));
        _enums.Add(new EnumDeclaration(
            Name(cursor), Location(cursor), ClangDocumentation.Read(cursor), size, enumerators));
    }

    private static bool IsExpression(CXCursor cursor) =>
        cursor.Kind is >= CXCursorKind.FirstExpression and <= CXCursorKind.LastExpression;

    private void ReadStruct(CXCursor cursor)
    {
        if (clang_isCursorDefinition(cursor) == 0)
        {
            ReadOpaque(cursor);
            return;
        }

        if (!IsNamed(Name(cursor)))
        {
            Refuse(cursor, "struct without a tag", "`typedef struct name {…} name`");
            return;
        }

        foreach (CXCursor child in Children(cursor))
        {
            if (child.Kind is CXCursorKind.StructDecl or CXCursorKind.UnionDecl or CXCursorKind.EnumDecl)
            {
                Refuse(child, $"declaration inside of struct `{Name(cursor)}`", "a field of a type declared outside");
            }
        }

        List<FieldDeclaration> fields = Children(cursor)
            .Where(child => child.Kind == CXCursorKind.FieldDecl)
            .Select(ReadField)
            .ToList();
        long size = clang_Type_getSizeOf(clang_getCursorType(cursor));
        _structs.Add(new StructDeclaration(
            Name(cursor), Location(cursor), ClangDocumentation.Read(cursor), size, fields));
    }

    private static FieldDeclaration ReadField(CXCursor cursor)
    {
        CXType type = clang_getCursorType(cursor);
        return new FieldDeclaration(
            Name(cursor),
            Location(cursor),
            ClangDocumentation.Read(cursor),
            ClangTypes.Translate(type),
            clang_Cursor_getOffsetOfField(cursor),
            clang_Type_getSizeOf(type),
            clang_Cursor_isBitField(cursor) != 0);
    }

    private void ReadOpaque(CXCursor cursor)
    {
        bool isDefinedElsewhere = clang_Cursor_isNull(clang_getCursorDefinition(cursor)) == 0;
        if (!isDefinedElsewhere && !_opaqueTypes.Exists(type => type.Name == Name(cursor)))
        {
            _opaqueTypes.Add(new OpaqueDeclaration(
                Name(cursor), Location(cursor), ClangDocumentation.Read(cursor)));
        }
    }

    /// <summary>
    /// A typedef gives a struct or an enum its own tag as a name and may carry the comment of both; any other one would
    /// be an alias, which hides what a value is.
    /// </summary>
    private void ReadTypedef(CXCursor cursor)
    {
        CXType type = clang_getTypedefDeclUnderlyingType(cursor);
        string name = Name(cursor);
        string? tag = ClangTypes.Translate(type) switch
        {
            EnumType named => named.Name,
            StructType named => named.Name,
            _ => null,
        };
        if (tag is not null && (tag == name || !IsNamed(tag)))
        {
            int opaque = _opaqueTypes.FindIndex(declaration => declaration.Name == name);
            if (opaque >= 0)
            {
                Documentation? documentation = _opaqueTypes[opaque].Documentation ?? ClangDocumentation.Read(cursor);
                _opaqueTypes[opaque] = _opaqueTypes[opaque] with { Documentation = documentation };
            }
        }
        else
        {
            Refuse(cursor, "typedef", "a typedef of a struct or an enum under its own tag");
        }
    }

    private static FunctionDeclaration ReadFunction(CXCursor cursor)
    {
        List<ParameterDeclaration> parameters = [];
        for (uint i = 0; i < clang_Cursor_getNumArguments(cursor); i++)
        {
            CXCursor argument = clang_Cursor_getArgument(cursor, i);
            CType type = ClangTypes.Translate(clang_getCursorType(argument));
            parameters.Add(new ParameterDeclaration(Name(argument), Location(argument), type));
        }

        return new FunctionDeclaration(
            Name(cursor),
            Location(cursor),
            ClangDocumentation.Read(cursor),
            ClangTypes.Translate(clang_getCursorResultType(cursor)),
            parameters,
            clang_Cursor_isVariadic(cursor) != 0,
            clang_getCursorType(cursor).Kind == CXTypeKind.FunctionProto);
    }
}
