namespace Recurrent.Formats.Hdf5;

/// <summary>The type of an array's elements.</summary>
/// <param name="Size">Bytes of an element.</param>
/// <param name="Element">The type as a tensor has it; null if it is no number.</param>
/// <param name="Text">Which kind of text it is, if it is one.</param>
/// <param name="IsBigEndian">Whether the bytes of a number begin with the highest.</param>
/// <param name="Description">What it is, for messages.</param>
internal sealed record Hdf5Type(int Size, TensorElementType? Element, Hdf5Text Text, bool IsBigEndian, string Description)
{
    private const int FixedPoint = 0;
    private const int FloatingPoint = 1;
    private const int FixedText = 3;
    private const int Enumeration = 8;
    private const int VariableLength = 9;
    private const int VariableBytes = 16;
    private const int MostBytes = 1 << 20;

    private static readonly string[] Names =
    [
        "whole numbers", "floating point", "times", "text", "bit fields", "opaque bytes", "compounds", "references",
        "enumerations", "variable lengths", "arrays",
    ];

    public static Hdf5Type Read(Hdf5Block block)
    {
        long at = block.Offset;
        int begin = block.Byte();
        int kind = begin & 15;
        int bits = block.Byte();
        int bitsAbove = block.Byte();
        block.Skip(1);
        uint size = block.UInt32();
        if (size is 0 or > MostBytes)
        {
            throw Hdf5Refusal.At(at, $"expected elements of 1 to {MostBytes} bytes, found {size}");
        }

        return kind switch
        {
            FixedPoint => ReadFixed(block, at, bits, (int)size),
            FloatingPoint => ReadFloat(block, at, bits, bitsAbove, (int)size),
            FixedText => new Hdf5Type((int)size, null, Hdf5Text.Fixed, false, "text"),

            // The type of its values follows; h5py writes a flag as one of a byte.
            Enumeration => Read(block) is { Element: TensorElementType.I8 or TensorElementType.U8 } values
                && values.Size == size
                    ? values with { Element = TensorElementType.U8, Description = "an enumeration" }
                    : throw Hdf5Refusal.At(at, "an enumeration of more than a byte is not supported"),
            VariableLength when (bits & 15) == 1 && size == VariableBytes =>
                new Hdf5Type((int)size, null, Hdf5Text.Variable, false, "text of variable length"),
            _ => throw Hdf5Refusal.At(
                at, $"elements of type {kind} ({(kind < Names.Length ? Names[kind] : "unknown")}) are not supported"),
        };
    }

    private static Hdf5Type ReadFixed(Hdf5Block block, long at, int bits, int size)
    {
        int offset = block.UInt16();
        int precision = block.UInt16();
        bool isSigned = (bits & 8) != 0;
        TensorElementType? element = size switch
        {
            1 => isSigned ? TensorElementType.I8 : TensorElementType.U8,
            2 => isSigned ? TensorElementType.I16 : TensorElementType.U16,
            4 => isSigned ? TensorElementType.I32 : TensorElementType.U32,
            8 => isSigned ? TensorElementType.I64 : TensorElementType.U64,
            _ => null,
        };
        return element is not null && offset == 0 && precision == 8 * size
            ? new Hdf5Type(size, element, Hdf5Text.None, (bits & 1) != 0, "whole numbers")
            : throw Hdf5Refusal.At(
                at, $"whole numbers of {precision} bits in {size} bytes are not supported; expected 8, 16, 32 or 64 bits");
    }

    private static Hdf5Type ReadFloat(Hdf5Block block, long at, int bits, int sign, int size)
    {
        int offset = block.UInt16();
        int precision = block.UInt16();
        (int ExponentAt, int Exponent, int MantissaAt, int Mantissa) parts =
            (block.Byte(), block.Byte(), block.Byte(), block.Byte());
        uint bias = block.UInt32();
        const int VaxFlag = 0x40;
        TensorElementType? element = (size, sign, parts, bias) switch
        {
            (2, 15, (10, 5, 0, 10), 15) => TensorElementType.F16,
            (2, 15, (7, 8, 0, 7), 127) => TensorElementType.BF16,
            (4, 31, (23, 8, 0, 23), 127) => TensorElementType.F32,
            (8, 63, (52, 11, 0, 52), 1023) => TensorElementType.F64,
            _ => null,
        };
        return element is not null && offset == 0 && precision == 8 * size && (bits & VaxFlag) == 0
            ? new Hdf5Type(size, element, Hdf5Text.None, (bits & 1) != 0, "floating point")
            : throw Hdf5Refusal.At(
                at,
                $"floating point of {precision} bits, {parts.Exponent} of them of the exponent, is not supported; expected "
                + "IEEE half, single or double precision, or bfloat16");
    }
}
