using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Training;

/// <summary>
/// What a model should put out for sequences: numbers or classes, for each sequence or for each of its steps. Arrays are
/// converted to it. Nothing is copied.
/// </summary>
/// <typeparam name="T">The number type of the model.</typeparam>
public sealed class Targets<T>
    where T : unmanaged
{
    /// <summary>Numbers.</summary>
    /// <param name="values"><c>[count, features]</c>, or <c>[count, time, features]</c> for every step.</param>
    public Targets(ReadOnlyMemory<T> values)
    {
        Values = values;
    }

    /// <summary>Classes.</summary>
    /// <param name="classes">
    /// <c>[count]</c>, or <c>[count, time]</c> for every step; from 0 to one below the model's features, or below 0 for one
    /// that does not count.
    /// </param>
    public Targets(ReadOnlyMemory<int> classes)
    {
        Classes = classes;
    }

    /// <summary>Numbers; empty where there are classes.</summary>
    public ReadOnlyMemory<T> Values { get; }

    /// <summary>Classes; empty where there are numbers.</summary>
    public ReadOnlyMemory<int> Classes { get; }

    /// <summary>Elements.</summary>
    public int Length => Values.Length + Classes.Length;

    /// <summary>Numbers.</summary>
    /// <param name="values">See the constructor.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor does the same.")]
    public static implicit operator Targets<T>(T[] values) => new((ReadOnlyMemory<T>)values);

    /// <summary>Some elements that follow each other.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="length">How many.</param>
    /// <returns>The targets, over the same memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException">They are not there.</exception>
    public Targets<T> Slice(int first, int length) =>
        Classes.IsEmpty ? new Targets<T>(Values.Slice(first, length)) : new Targets<T>(Classes.Slice(first, length));
}
