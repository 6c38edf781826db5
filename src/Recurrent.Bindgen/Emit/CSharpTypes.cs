using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Emit;

/// <summary>C types to blittable C# types.</summary>
internal static class CSharpTypes
{
    /// <summary>The C# type of a type that has passed the rules.</summary>
    internal static string Translate(CType type) => type switch
    {
        VoidType => "void",
        CharType => "byte",
        ScalarType scalar => Scalar(scalar.Kind),
        EnumType named => CSharpNames.Type(named.Name),
        StructType named => CSharpNames.Type(named.Name),
        // A handle is a number to the managed side: there is nothing behind it that C# could read.
        PointerType { Target: StructType { IsOpaque: true } } => "nint",
        PointerType pointer => Translate(pointer.Target) + "*",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type.Spelling, "The rules let no such type through."),
    };

    private static string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Int8 => "sbyte",
        ScalarKind.UInt8 => "byte",
        ScalarKind.Int16 => "short",
        ScalarKind.UInt16 => "ushort",
        ScalarKind.Int32 => "int",
        ScalarKind.UInt32 => "uint",
        ScalarKind.Int64 => "long",
        ScalarKind.UInt64 => "ulong",
        ScalarKind.Float => "float",
        ScalarKind.Double => "double",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a scalar."),
    };
}
