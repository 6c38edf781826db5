using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Layers;

/// <summary>
/// Where a call puts one output of a model. Arrays become one by themselves, with a name or by their position:
/// <c>[("mean", mean), ("spread", spread)]</c> or <c>[mean, spread]</c>. An output that has no buffer, or an empty one, is not
/// written.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
[SuppressMessage(
    "Usage", "CA2225", Justification = "The constructor is the named alternative; the conversions are what lists are written with.")]
public readonly struct OutputBuffer<T>
{
    /// <summary>Memory for an output by its name.</summary>
    /// <param name="name">Its name; null for the output at the buffer's position.</param>
    /// <param name="values">
    /// Receives <c>[steps, batch, features]</c>, or as the layout says; in a step <c>[batch, features]</c>, and of a row
    /// always.
    /// </param>
    public OutputBuffer(string? name, Memory<T> values)
    {
        Name = name;
        Values = values;
    }

    /// <summary>The output's name; null for the one at the buffer's position.</summary>
    public string? Name { get; }

    /// <summary>The memory.</summary>
    public Memory<T> Values { get; }

    /// <summary>Memory for the output at the buffer's position.</summary>
    /// <param name="values">The memory.</param>
    public static implicit operator OutputBuffer<T>(T[] values) => new(null, values);

    /// <summary>Memory for the output at the buffer's position.</summary>
    /// <param name="values">The memory.</param>
    public static implicit operator OutputBuffer<T>(Memory<T> values) => new(null, values);

    /// <summary>Memory for an output by its name.</summary>
    /// <param name="buffer">The name and the memory.</param>
    public static implicit operator OutputBuffer<T>((string Name, T[] Values) buffer) => new(buffer.Name, buffer.Values);

    /// <summary>Memory for an output by its name.</summary>
    /// <param name="buffer">The name and the memory.</param>
    public static implicit operator OutputBuffer<T>((string Name, Memory<T> Values) buffer) =>
        new(buffer.Name, buffer.Values);
}
