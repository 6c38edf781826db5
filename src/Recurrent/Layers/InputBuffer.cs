using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Layers;

/// <summary>
/// What a call gives to one input of a model: memory that is only read, in the call. Arrays become one by themselves, with a
/// name or by their position: <c>[("x", x), ("static", s)]</c> or <c>[x, s]</c>.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
[SuppressMessage(
    "Usage", "CA2225", Justification = "The constructors are the named alternatives; the conversions are what lists are written with.")]
public readonly struct InputBuffer<T>
{
    /// <summary>Features, for an input by its name.</summary>
    /// <param name="name">Its name; null for the input at the buffer's position.</param>
    /// <param name="values">
    /// <c>[time, batch, features]</c>, or as the layout says; in a step <c>[batch, features]</c>, and of a row always.
    /// </param>
    public InputBuffer(string? name, ReadOnlyMemory<T> values)
    {
        Name = name;
        Values = values;
    }

    /// <summary>Indices, for an input by its name.</summary>
    /// <param name="name">Its name; null for the input at the buffer's position.</param>
    /// <param name="indices"><c>[time, batch]</c>, or as the layout says; in a step <c>[batch]</c>.</param>
    public InputBuffer(string? name, ReadOnlyMemory<int> indices)
    {
        Name = name;
        Indices = indices;
    }

    /// <summary>The input's name; null for the one at the buffer's position.</summary>
    public string? Name { get; }

    /// <summary>Features; empty for indices.</summary>
    public ReadOnlyMemory<T> Values { get; }

    /// <summary>Indices; empty for features.</summary>
    public ReadOnlyMemory<int> Indices { get; }

    /// <summary>Features for the input at the buffer's position.</summary>
    /// <param name="values">The features.</param>
    public static implicit operator InputBuffer<T>(T[] values) => new(null, (ReadOnlyMemory<T>)values);

    /// <summary>Features for the input at the buffer's position.</summary>
    /// <param name="values">The features.</param>
    public static implicit operator InputBuffer<T>(ReadOnlyMemory<T> values) => new(null, values);

    /// <summary>Features for the input at the buffer's position.</summary>
    /// <param name="values">The features.</param>
    public static implicit operator InputBuffer<T>(Memory<T> values) => new(null, (ReadOnlyMemory<T>)values);

    /// <summary>Indices for the input at the buffer's position.</summary>
    /// <param name="indices">The indices.</param>
    public static implicit operator InputBuffer<T>(int[] indices) => new(null, (ReadOnlyMemory<int>)indices);

    /// <summary>Indices for the input at the buffer's position.</summary>
    /// <param name="indices">The indices.</param>
    public static implicit operator InputBuffer<T>(ReadOnlyMemory<int> indices) => new(null, indices);

    /// <summary>Features for an input by its name.</summary>
    /// <param name="buffer">The name and the features.</param>
    public static implicit operator InputBuffer<T>((string Name, T[] Values) buffer) =>
        new(buffer.Name, (ReadOnlyMemory<T>)buffer.Values);

    /// <summary>Features for an input by its name.</summary>
    /// <param name="buffer">The name and the features.</param>
    public static implicit operator InputBuffer<T>((string Name, ReadOnlyMemory<T> Values) buffer) =>
        new(buffer.Name, buffer.Values);

    /// <summary>Indices for an input by its name.</summary>
    /// <param name="buffer">The name and the indices.</param>
    public static implicit operator InputBuffer<T>((string Name, int[] Indices) buffer) =>
        new(buffer.Name, (ReadOnlyMemory<int>)buffer.Indices);

    /// <summary>Indices for an input by its name.</summary>
    /// <param name="buffer">The name and the indices.</param>
    public static implicit operator InputBuffer<T>((string Name, ReadOnlyMemory<int> Indices) buffer) =>
        new(buffer.Name, buffer.Indices);
}
