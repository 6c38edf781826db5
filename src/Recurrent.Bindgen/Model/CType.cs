namespace Recurrent.Bindgen.Model;

/// <summary>A C type as far as the interface rules allow it.</summary>
/// <param name="Spelling">The type as the header writes it; for messages.</param>
internal abstract record CType(string Spelling);

/// <summary><c>void</c>, as a return type or pointed to.</summary>
/// <param name="Spelling">The type as the header writes it.</param>
internal sealed record VoidType(string Spelling) : CType(Spelling);

/// <summary>A number whose width does not depend on the platform.</summary>
/// <param name="Spelling">The type as the header writes it.</param>
/// <param name="Kind">Which one.</param>
internal sealed record ScalarType(string Spelling, ScalarKind Kind) : CType(Spelling);

/// <summary><c>char</c>: a byte of UTF-8 text, which only a pointer may point to.</summary>
/// <param name="Spelling">The type as the header writes it.</param>
internal sealed record CharType(string Spelling) : CType(Spelling);

/// <summary>A pointer.</summary>
/// <param name="Spelling">The type as the header writes it.</param>
/// <param name="Target">What it points to.</param>
internal sealed record PointerType(string Spelling, CType Target) : CType(Spelling);

/// <summary>An enumeration of the header.</summary>
/// <param name="Spelling">The type as the header writes it.</param>
/// <param name="Name">Its tag.</param>
internal sealed record EnumType(string Spelling, string Name) : CType(Spelling);

/// <summary>A struct of the header, with known fields or opaque.</summary>
/// <param name="Spelling">The type as the header writes it.</param>
/// <param name="Name">Its tag.</param>
/// <param name="IsOpaque">Whether its fields are unknown.</param>
internal sealed record StructType(string Spelling, string Name, bool IsOpaque) : CType(Spelling);

/// <summary>A type that the interface rules do not allow anywhere.</summary>
/// <param name="Spelling">The type as the header writes it.</param>
internal sealed record UnsupportedType(string Spelling) : CType(Spelling);

/// <summary>The numbers whose width does not depend on the platform.</summary>
internal enum ScalarKind
{
    /// <summary><c>int8_t</c></summary>
    Int8,

    /// <summary><c>uint8_t</c></summary>
    UInt8,

    /// <summary><c>int16_t</c></summary>
    Int16,

    /// <summary><c>uint16_t</c></summary>
    UInt16,

    /// <summary><c>int32_t</c></summary>
    Int32,

    /// <summary><c>uint32_t</c></summary>
    UInt32,

    /// <summary><c>int64_t</c></summary>
    Int64,

    /// <summary><c>uint64_t</c></summary>
    UInt64,

    /// <summary><c>float</c></summary>
    Float,

    /// <summary><c>double</c></summary>
    Double,
}
