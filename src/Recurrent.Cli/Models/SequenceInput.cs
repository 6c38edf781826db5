using System.Globalization;
using Recurrent.Cli.Data;
using Recurrent.Layers;

namespace Recurrent.Cli.Models;

/// <summary>Sequences for a model, time-major: features, or indices for a model that takes those.</summary>
internal sealed class SequenceInput
{
    private SequenceInput(int time, int batch, float[] features, int[] indices)
    {
        Time = time;
        Batch = batch;
        Features = features;
        Indices = indices;
    }

    /// <summary>Its order of axes, whatever the model's is: a piece of it is steps of all sequences.</summary>
    public static SequenceLayout Layout => SequenceLayout.TimeMajor;

    public int Time { get; }

    public int Batch { get; }

    /// <summary>Whether the sequences are channels of sound.</summary>
    public bool AreChannels { get; private init; }

    /// <summary><c>[time, batch, InputSize]</c>; empty for a model that takes indices.</summary>
    public ReadOnlyMemory<float> Features { get; }

    /// <summary><c>[time, batch]</c> for a model that takes indices; else empty.</summary>
    public ReadOnlyMemory<int> Indices { get; }

    /// <summary>The numbers of a file as input of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="array">
    /// <c>[time, features]</c>, <c>[time, batch, features]</c>, or <c>[time]</c> for a model of one feature; for one that
    /// takes indices the last axis may be missing, and then <c>[time, batch]</c> comes before <c>[time, 1]</c>. Where it is
    /// batch-major, the axes of time and batch are the other way round. Of sound, <c>[time, channels]</c>, a model of one
    /// feature takes every channel as a sequence.
    /// </param>
    /// <param name="name">What the file is called, for messages.</param>
    /// <param name="layout">Order of its axes; null for the model's.</param>
    /// <exception cref="UnusableInputException">The shape does not fit the model, or an index is none.</exception>
    public static SequenceInput Of(ModelDefinition model, DataArray array, string name, SequenceLayout? layout = null)
    {
        bool areChannels = array.HasChannels && model is { InputSize: 1, VocabularySize: 0 };
        bool isBatchMajor = !areChannels && (layout ?? model.Layout) == SequenceLayout.BatchMajor;
        (int first, int second) = areChannels ? (array.Shape[0], array.Shape[1]) : SplitShape(model, array, name);
        (int time, int batch) = isBatchMajor && array.Shape.Count > 1 && second > 0 ? (second, first) : (first, second);
        if (batch == 0)
        {
            batch = 1;
        }

        if (time == 0)
        {
            throw new UnusableInputException($"{name}: expected at least one step, found shape {array.Describe()}.");
        }

        float[] values = isBatchMajor ? Transpose<float>(array.Values, batch, time, model.InputSize) : array.Values;
        return model.VocabularySize > 0
            ? new SequenceInput(time, batch, [], ToIndices(values, model.VocabularySize, batch, name))
            : new SequenceInput(time, batch, values, []) { AreChannels = areChannels };
    }

    /// <summary>Values between -1 and 1, or indices; the same for the same seed.</summary>
    public static SequenceInput Random(ModelDefinition model, int time, int batch, int seed)
    {
        Random random = new(seed);
        int count = ArraySize.Of(time, batch, model.InputSize);
        return model.VocabularySize > 0
            ? new SequenceInput(time, batch, [], [.. Repeat(count, () => random.Next(model.VocabularySize))])
            : new SequenceInput(time, batch, [.. Repeat(count, () => (2 * random.NextSingle()) - 1)], []);
    }

    /// <summary>Swaps the first two axes.</summary>
    /// <param name="values"><c>[rows, columns, features]</c>.</param>
    /// <param name="rows">Size of the first axis.</param>
    /// <param name="columns">Size of the second one.</param>
    /// <param name="features">Size of the last one.</param>
    public static T[] Transpose<T>(ReadOnlySpan<T> values, int rows, int columns, int features)
    {
        var transposed = new T[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                values.Slice(((row * columns) + column) * features, features)
                    .CopyTo(transposed.AsSpan(((column * rows) + row) * features));
            }
        }

        return transposed;
    }

    private static IEnumerable<T> Repeat<T>(int count, Func<T> next) => Enumerable.Range(0, count).Select(_ => next());

    // A second axis of 0 stands for none: one sequence.
    private static (int First, int Second) SplitShape(ModelDefinition model, DataArray array, string name)
    {
        int features = model.InputSize;
        switch (array.Shape)
        {
            case [int time] when features == 1:
                return (time, 0);
            case [int time, int found] when found == features:
                return (time, 0);
            case [int time, int batch] when model.VocabularySize > 0:
                return (time, batch);
            case [int time, int batch, int found] when found == features && batch > 0:
                return (time, batch);
            default:
                string expected = model.VocabularySize > 0
                    ? "one index per step, [time] or [time, batch]"
                    : $"{features} feature{(features == 1 ? "" : "s")} per step, [time, {features}] or "
                        + $"[time, batch, {features}]";
                throw new UnusableInputException($"{name}: expected {expected}; found shape {array.Describe()}.");
        }
    }

    private static int[] ToIndices(float[] values, int vocabularySize, int batch, string name)
    {
        var indices = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            indices[i] = values[i] >= 0 && values[i] < vocabularySize && float.IsInteger(values[i])
                ? (int)values[i]
                : throw new UnusableInputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: step {i / batch}, sequence {i % batch}: expected an index from 0 to {vocabularySize - 1}, "
                    + $"found {values[i]}."));
        }

        return indices;
    }
}
