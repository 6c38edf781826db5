namespace Recurrent.Formats.Tensors;

/// <summary>Names in a header, and sizes, of the element types.</summary>
internal static class TensorElementTypes
{
    // In the order in which the format's first implementation sorts them.
    private static readonly (TensorElementType Type, string Name)[] Known =
    [
        (TensorElementType.Bool, "BOOL"),
        (TensorElementType.U8, "U8"),
        (TensorElementType.I8, "I8"),
        (TensorElementType.F8E5M2, "F8_E5M2"),
        (TensorElementType.F8E4M3, "F8_E4M3"),
        (TensorElementType.F8E8M0, "F8_E8M0"),
        (TensorElementType.I16, "I16"),
        (TensorElementType.U16, "U16"),
        (TensorElementType.F16, "F16"),
        (TensorElementType.BF16, "BF16"),
        (TensorElementType.I32, "I32"),
        (TensorElementType.U32, "U32"),
        (TensorElementType.F32, "F32"),
        (TensorElementType.C64, "C64"),
        (TensorElementType.F64, "F64"),
        (TensorElementType.I64, "I64"),
        (TensorElementType.U64, "U64"),
    ];

    public static bool TryParse(string name, out TensorElementType type)
    {
        int index = Array.FindIndex(Known, known => known.Name == name);
        type = index < 0 ? default : Known[index].Type;
        return index >= 0;
    }

    public static string Name(this TensorElementType type) => Known[type.SortingRank()].Name;

    public static int SortingRank(this TensorElementType type) => Array.FindIndex(Known, known => known.Type == type);

    public static int SizeInBytes(this TensorElementType type) => type switch
    {
        TensorElementType.Bool or TensorElementType.U8 or TensorElementType.I8 => 1,
        TensorElementType.F8E5M2 or TensorElementType.F8E4M3 or TensorElementType.F8E8M0 => 1,
        TensorElementType.U16 or TensorElementType.I16 or TensorElementType.F16 or TensorElementType.BF16 => 2,
        TensorElementType.U32 or TensorElementType.I32 or TensorElementType.F32 => 4,
        _ => 8,
    };
}
