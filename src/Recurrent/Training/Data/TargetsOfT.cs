using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Training;

/// <summary>
/// What a model should put out for sequences: numbers or classes, for each sequence or for each of its steps, and how much
/// each of them weighs in the loss. Arrays are converted to it. Nothing is copied.
/// </summary>
/// <typeparam name="T">The number type of the model.</typeparam>
/// <remarks>
/// Weights are Keras's, with its reduction <c>sum_over_batch_size</c> (https://keras.io/api/losses/): the loss of a
/// position and its gradient are multiplied by its weight, and their sum is divided by the number of positions that count,
/// not by the sum of weights; a position of weight 0 is still one of them. They go with the targets wherever these are
/// used: in <c>loss</c>, <c>val_loss</c> and <c>Evaluate</c>. Metrics have no weights (Keras <c>metrics</c>, not
/// <c>weighted_metrics</c>).
/// </remarks>
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

    private Targets(Targets<T> other)
    {
        (Values, Classes, Weights, ClassWeights) = (other.Values, other.Classes, other.Weights, other.ClassWeights);
    }

    /// <summary>Numbers; empty where there are classes.</summary>
    public ReadOnlyMemory<T> Values { get; private init; }

    /// <summary>Classes; empty where there are numbers.</summary>
    public ReadOnlyMemory<int> Classes { get; private init; }

    /// <summary>What each sequence or each step weighs; empty if all weigh 1.</summary>
    public ReadOnlyMemory<T> Weights { get; private init; }

    /// <summary>What each class weighs, 1 if it is not there; null if all weigh 1.</summary>
    public IReadOnlyDictionary<int, double>? ClassWeights { get; private init; }

    /// <summary>Elements.</summary>
    public int Length => Values.Length + Classes.Length;

    /// <summary>Numbers.</summary>
    /// <param name="values">See the constructor.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor does the same.")]
    public static implicit operator Targets<T>(T[] values) => new((ReadOnlyMemory<T>)values);

    /// <summary>The same targets with weights (Keras <c>sample_weight</c>) in place of those that they have.</summary>
    /// <param name="weights">
    /// <c>[count]</c>, or <c>[count, time]</c> for a model that puts out every step, where <c>[count]</c> has the weight of
    /// all steps of each sequence; finite and 0 or more, also where a step does not count. Empty for none.
    /// </param>
    /// <returns>The targets, over the same memory.</returns>
    /// <exception cref="ArgumentException">Not as many elements belong to each weight.</exception>
    public Targets<T> WithWeights(ReadOnlyMemory<T> weights) => weights.IsEmpty || Length % weights.Length == 0
        ? new Targets<T>(this) { Weights = weights }
        : throw new ArgumentException(
            $"{nameof(weights)}: expected [count] or [count, time], a number that divides the {Length} elements of the "
            + $"targets, found {weights.Length} elements.",
            nameof(weights));

    /// <summary>
    /// The same targets with weights for classes (Keras <c>class_weight</c>) in place of those that they have. Where there are
    /// <see cref="Weights"/>, too, a position weighs their product.
    /// </summary>
    /// <param name="classWeights">
    /// The weight of each class, 1 for one that is not named; copied. Where targets are numbers, the class is the one of the
    /// largest feature, the first of equal ones, and for one feature the number rounded, half to even.
    /// </param>
    /// <returns>The targets, over the same memory.</returns>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A class is below 0, or a weight is not finite or below 0.</exception>
    /// <remarks>
    /// As in Keras the part that <see cref="FitOptions{T}.ValidationSplit"/> cuts off has no class weights, only those of
    /// samples; <see cref="FitOptions{T}.ValidationData"/> has what it is given. Keras 3 refuses both kinds of weights
    /// together; here they are multiplied.
    /// </remarks>
    public Targets<T> WithClassWeights(IReadOnlyDictionary<int, double> classWeights)
    {
        ArgumentNullException.ThrowIfNull(classWeights);
        foreach ((int index, double weight) in classWeights)
        {
            if (index < 0 || !double.IsFinite(weight) || weight < 0)
            {
                throw new ArgumentException(
                    $"{nameof(classWeights)}[{index}]: expected a class from 0 and a finite weight of 0 or more, found "
                    + $"{weight}.",
                    nameof(classWeights));
            }
        }

        return new Targets<T>(this) { ClassWeights = new Dictionary<int, double>(classWeights) };
    }

    /// <summary>Some elements that follow each other, with their weights.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="length">How many.</param>
    /// <returns>The targets, over the same memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException">They are not there.</exception>
    /// <exception cref="ArgumentException">They begin or end among the elements of one weight.</exception>
    public Targets<T> Slice(int first, int length) => new(this)
    {
        Values = Classes.IsEmpty ? Values.Slice(first, length) : default,
        Classes = Classes.IsEmpty ? default : Classes.Slice(first, length),
        Weights = Weights.IsEmpty ? default : SliceWeights(first, length),
    };

    internal Targets<T> WithoutClassWeights() => new(this) { ClassWeights = null };

    private ReadOnlyMemory<T> SliceWeights(int first, int length)
    {
        int elements = Length / Weights.Length;
        return first % elements == 0 && length % elements == 0
            ? Weights.Slice(first / elements, length / elements)
            : throw new ArgumentException(
                $"{nameof(first)}, {nameof(length)}: expected multiples of {elements}, the elements of one weight, found "
                + $"{first} and {length}.",
                first % elements == 0 ? nameof(length) : nameof(first));
    }
}
