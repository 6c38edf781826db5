namespace Recurrent.Formats.Onnx;

/// <summary>ONNX's numbers of element types, and sizes.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<int, TensorElementType> Numbers = new()
    {
        [1] = TensorElementType.F32,
        [2] = TensorElementType.U8,
        [3] = TensorElementType.I8,
        [4] = TensorElementType.U16,
        [5] = TensorElementType.I16,
        [6] = TensorElementType.I32,
        [7] = TensorElementType.I64,
        [9] = TensorElementType.Bool,
        [10] = TensorElementType.F16,
        [11] = TensorElementType.F64,
        [12] = TensorElementType.U32,
        [13] = TensorElementType.U64,
        [16] = TensorElementType.BF16,
    };

    /// <summary>The element type of a number; null if there is none that can be read.</summary>
    public static TensorElementType? Of(int number) => Numbers.TryGetValue(number, out var type) ? type : null;

    /// <summary>Whether values of this type are floating-point numbers.</summary>
    public static bool IsFloating(TensorElementType type) =>
        type is TensorElementType.F32 or TensorElementType.F16 or TensorElementType.BF16 or TensorElementType.F64;

    /// <summary>Bytes of an element.</summary>
    public static int SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool or TensorElementType.U8 or TensorElementType.I8 => 1,
        TensorElementType.F16 or TensorElementType.BF16 or TensorElementType.U16 or TensorElementType.I16 => 2,
        TensorElementType.F32 or TensorElementType.U32 or TensorElementType.I32 => 4,
        _ => 8,
    };
}
