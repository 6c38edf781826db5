using Recurrent.Bindgen.Model;
using static Recurrent.Bindgen.FrontEnd.Clang.LibClang;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>Translates libclang's types into the model's.</summary>
internal static class ClangTypes
{
    private static readonly Dictionary<string, ScalarKind> FixedWidth = new()
    {
        ["int8_t"] = ScalarKind.Int8,
        ["uint8_t"] = ScalarKind.UInt8,
        ["int16_t"] = ScalarKind.Int16,
        ["uint16_t"] = ScalarKind.UInt16,
        ["int32_t"] = ScalarKind.Int32,
        ["uint32_t"] = ScalarKind.UInt32,
        ["int64_t"] = ScalarKind.Int64,
        ["uint64_t"] = ScalarKind.UInt64,
    };

    /// <summary>Translates a type; what the model has no place for becomes an <see cref="UnsupportedType"/>.</summary>
    public static CType Translate(CXType type)
    {
        string spelling = ClangTranslationUnit.Text(clang_getTypeSpelling(type));
        return type.Kind switch
        {
            CXTypeKind.Void => new VoidType(spelling),
            CXTypeKind.CharS or CXTypeKind.CharU => new CharType(spelling),
            CXTypeKind.Float => new ScalarType(spelling, ScalarKind.Float),
            CXTypeKind.Double => new ScalarType(spelling, ScalarKind.Double),
            CXTypeKind.Pointer => new PointerType(spelling, Translate(clang_getPointeeType(type))),
            // `struct name` and, from libclang 16 on, every typedef's name come wrapped.
            CXTypeKind.Elaborated => Translate(clang_Type_getNamedType(type)),
            CXTypeKind.Typedef => TranslateTypedef(type, spelling),
            CXTypeKind.Enum => new EnumType(spelling, DeclaredName(type)),
            CXTypeKind.Record => TranslateRecord(type, spelling),
            _ => new UnsupportedType(spelling),
        };
    }

    private static CType TranslateTypedef(CXType type, string spelling)
    {
        if (FixedWidth.TryGetValue(DeclaredName(type), out ScalarKind kind))
        {
            return new ScalarType(spelling, kind);
        }

        CXType canonical = clang_getCanonicalType(type);
        return canonical.Kind is CXTypeKind.Enum or CXTypeKind.Record
            ? Translate(canonical) with { Spelling = spelling }
            : new UnsupportedType(spelling);
    }

    private static CType TranslateRecord(CXType type, string spelling)
    {
        CXCursor declaration = clang_getTypeDeclaration(type);
        if (declaration.Kind != CXCursorKind.StructDecl)
        {
            return new UnsupportedType(spelling);
        }

        bool isOpaque = clang_Cursor_isNull(clang_getCursorDefinition(declaration)) != 0;
        return new StructType(spelling, DeclaredName(type), isOpaque);
    }

    private static string DeclaredName(CXType type) =>
        ClangTranslationUnit.Text(clang_getCursorSpelling(clang_getTypeDeclaration(type)));
}
