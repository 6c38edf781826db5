namespace Recurrent.Formats;

/// <summary>Names in a header, and sizes, of the element types.</summary>
internal static class TensorElementTypes
{
    public static bool TryParse(string name, out TensorElementType type)
    {
        TensorElementType? known = name switch
        {
            "BOOL" => TensorElementType.Bool,
            "U8" => TensorElementType.U8,
            "I8" => TensorElementType.I8,
            "F8_E5M2" => TensorElementType.F8E5M2,
            "F8_E4M3" => TensorElementType.F8E4M3,
            "F8_E8M0" => TensorElementType.F8E8M0,
            "U16" => TensorElementType.U16,
            "I16" => TensorElementType.I16,
            "F16" => TensorElementType.F16,
            "BF16" => TensorElementType.BF16,
            "U32" => TensorElementType.U32,
            "I32" => TensorElementType.I32,
            "F32" => TensorElementType.F32,
            "U64" => TensorElementType.U64,
            "I64" => TensorElementType.I64,
            "F64" => TensorElementType.F64,
            "C64" => TensorElementType.C64,
            _ => null,
        };
        type = known.GetValueOrDefault();
        return known.HasValue;
    }

    public static int SizeInBytes(this TensorElementType type) => type switch
    {
        TensorElementType.Bool or TensorElementType.U8 or TensorElementType.I8 => 1,
        TensorElementType.F8E5M2 or TensorElementType.F8E4M3 or TensorElementType.F8E8M0 => 1,
        TensorElementType.U16 or TensorElementType.I16 or TensorElementType.F16 or TensorElementType.BF16 => 2,
        TensorElementType.U32 or TensorElementType.I32 or TensorElementType.F32 => 4,
        _ => 8,
    };
}
