namespace Recurrent.Reference;

/// <summary>The states that the steps of one direction read.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="Hidden"><c>[time, batch, S]</c>, dropout applied.</param>
/// <param name="Cell"><c>[time, batch, H]</c>; empty if the cell has no cell state.</param>
internal sealed record DirectionTape<T>(T[] Hidden, T[] Cell);
