namespace Recurrent.Formats;

/// <summary>Element types of the safetensors format, under the format's own names. All are little-endian.</summary>
public enum TensorElementType
{
    /// <summary>A byte that is 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Floating point, 1 sign, 5 exponent and 2 fraction bits.</summary>
    F8E5M2,

    /// <summary>Floating point, 1 sign, 4 exponent and 3 fraction bits.</summary>
    F8E4M3,

    /// <summary>A power of two: 8 exponent bits.</summary>
    F8E8M0,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of an IEEE single (bfloat16).</summary>
    BF16,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>Two IEEE singles: real and imaginary part.</summary>
    C64,
}
