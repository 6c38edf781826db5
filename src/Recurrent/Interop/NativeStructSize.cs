namespace Recurrent.Interop;

/// <summary>Size of a struct on both sides of the boundary, in bytes.</summary>
/// <param name="Name">Name in C.</param>
/// <param name="Managed">Size as this process lays the struct out.</param>
/// <param name="Native">Size as a C compiler for a 64-bit target does.</param>
internal readonly record struct NativeStructSize(string Name, int Managed, int Native);
