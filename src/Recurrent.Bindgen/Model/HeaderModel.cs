namespace Recurrent.Bindgen.Model;

/// <summary>What a header declares, as plain data: nothing here knows which parser read it.</summary>
/// <param name="IncludeName">How a translation unit includes the header, such as <c>recurrent/recurrent.h</c>.</param>
/// <param name="Constants">Macros that stand for a value, in the order of the header, as are the other lists.</param>
/// <param name="Enums">Enumerations.</param>
/// <param name="Structs">Structs whose fields are known.</param>
/// <param name="OpaqueTypes">Structs that are only ever pointed to.</param>
/// <param name="Functions">Functions.</param>
/// <param name="Unsupported">Declarations of a kind that the model has no place for, such as unions.</param>
internal sealed record HeaderModel(
    string IncludeName,
    IReadOnlyList<ConstantDeclaration> Constants,
    IReadOnlyList<EnumDeclaration> Enums,
    IReadOnlyList<StructDeclaration> Structs,
    IReadOnlyList<OpaqueDeclaration> OpaqueTypes,
    IReadOnlyList<FunctionDeclaration> Functions,
    IReadOnlyList<UnsupportedDeclaration> Unsupported);

/// <summary>Place in the header.</summary>
/// <param name="File">Path as the parser was given it.</param>
/// <param name="Line">Line, from 1.</param>
internal readonly record struct SourceLocation(string File, int Line);

/// <summary>Anything that has a name, a place and documentation.</summary>
/// <param name="Name">Name in C.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Documentation">Its Doxygen comment, or null if it has none.</param>
internal abstract record Declaration(string Name, SourceLocation Location, Documentation? Documentation);

/// <summary>A macro that stands for a value.</summary>
/// <param name="Name">Name in C.</param>
/// <param name="Location">Where it is defined.</param>
/// <param name="Documentation">Its Doxygen comment.</param>
/// <param name="Replacement">The replacement as written.</param>
/// <param name="Value">The value, or null if the replacement is not one integer literal.</param>
internal sealed record ConstantDeclaration(
    string Name, SourceLocation Location, Documentation? Documentation, string Replacement, long? Value)
    : Declaration(Name, Location, Documentation);

/// <summary>An enumeration.</summary>
/// <param name="Name">Tag.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Documentation">Its Doxygen comment.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Enumerators">Its constants.</param>
internal sealed record EnumDeclaration(
    string Name,
    SourceLocation Location,
    Documentation? Documentation,
    long Size,
    IReadOnlyList<EnumeratorDeclaration> Enumerators)
    : Declaration(Name, Location, Documentation);

/// <summary>A constant of an enumeration.</summary>
/// <param name="Name">Name in C.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Documentation">Its Doxygen comment.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsExplicit">Whether the header writes the value.</param>
internal sealed record EnumeratorDeclaration(
    string Name, SourceLocation Location, Documentation? Documentation, long Value, bool IsExplicit)
    : Declaration(Name, Location, Documentation);

/// <summary>A struct whose fields are known.</summary>
/// <param name="Name">Tag.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Documentation">Its Doxygen comment.</param>
/// <param name="Size">Size in bytes for a 64-bit target.</param>
/// <param name="Fields">Its fields.</param>
internal sealed record StructDeclaration(
    string Name,
    SourceLocation Location,
    Documentation? Documentation,
    long Size,
    IReadOnlyList<FieldDeclaration> Fields)
    : Declaration(Name, Location, Documentation);

/// <summary>A field of a struct.</summary>
/// <param name="Name">Name in C.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Documentation">Its Doxygen comment.</param>
/// <param name="Type">Its type.</param>
/// <param name="BitOffset">Distance from the beginning of the struct in bits, for a 64-bit target.</param>
/// <param name="Size">Size of the type in bytes, for a 64-bit target.</param>
/// <param name="IsBitField">Whether it is a bit field.</param>
internal sealed record FieldDeclaration(
    string Name,
    SourceLocation Location,
    Documentation? Documentation,
    CType Type,
    long BitOffset,
    long Size,
    bool IsBitField)
    : Declaration(Name, Location, Documentation)
{
    /// <summary>Distance from the beginning of the struct in bytes.</summary>
    public long Offset => BitOffset / 8;
}

/// <summary>A struct that is only ever pointed to.</summary>
/// <param name="Name">Tag.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Documentation">Its Doxygen comment.</param>
internal sealed record OpaqueDeclaration(string Name, SourceLocation Location, Documentation? Documentation)
    : Declaration(Name, Location, Documentation);

/// <summary>A function.</summary>
/// <param name="Name">Name in C.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Documentation">Its Doxygen comment.</param>
/// <param name="ReturnType">What it returns.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="IsVariadic">Whether it takes further arguments without a type.</param>
/// <param name="HasPrototype">False for <c>f()</c>, which says nothing about its parameters.</param>
internal sealed record FunctionDeclaration(
    string Name,
    SourceLocation Location,
    Documentation? Documentation,
    CType ReturnType,
    IReadOnlyList<ParameterDeclaration> Parameters,
    bool IsVariadic,
    bool HasPrototype)
    : Declaration(Name, Location, Documentation);

/// <summary>A parameter of a function; its documentation is part of the function's.</summary>
/// <param name="Name">Name in C; empty if it has none.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Type">Its type.</param>
internal sealed record ParameterDeclaration(string Name, SourceLocation Location, CType Type);

/// <summary>A declaration of a kind that the model has no place for.</summary>
/// <param name="Name">Name in C; may be empty.</param>
/// <param name="Location">Where it is declared.</param>
/// <param name="Kind">What it is, as a noun: <c>union</c>.</param>
/// <param name="Expected">What the interface rules ask for in its place.</param>
internal sealed record UnsupportedDeclaration(string Name, SourceLocation Location, string Kind, string Expected);
