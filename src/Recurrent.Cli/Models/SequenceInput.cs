using System.Globalization;
using Recurrent.Cli.Data;
using Recurrent.Layers;

namespace Recurrent.Cli.Models;

/// <summary>What a model is given: its inputs in its order, sequences time-major.</summary>
internal sealed class SequenceInput
{
    private readonly InputBuffer<float>[] _values;

    // Elements of a step of each input; 0 for a row, which every piece gets whole.
    private readonly int[] _stepSizes;

    private SequenceInput(ModelDefinition model, int time, int batch, InputBuffer<float>[] values)
    {
        Time = time;
        Batch = batch;
        _values = values;
        _stepSizes =
        [
            .. model.Inputs.Select(input => input.Kind switch
            {
                ValueKind.Row => 0,
                ValueKind.Indices => batch,
                _ => ArraySize.Of(1, batch, input.Size),
            }),
        ];
    }

    /// <summary>Its order of axes, whatever the model's is: a piece of it is steps of all sequences.</summary>
    public static SequenceLayout Layout => SequenceLayout.TimeMajor;

    public int Time { get; }

    public int Batch { get; }

    /// <summary>Whether the sequences are channels of sound.</summary>
    public bool AreChannels { get; private init; }

    /// <summary>The inputs by name: <c>[time, batch, size]</c>, indices <c>[time, batch]</c>, rows <c>[batch, size]</c>.</summary>
    public IReadOnlyList<InputBuffer<float>> Values => _values;

    /// <summary>The features of the first input; empty if it takes indices.</summary>
    public ReadOnlyMemory<float> Features => _values[0].Values;

    /// <summary>The indices of the first input; empty if it takes features.</summary>
    public ReadOnlyMemory<int> Indices => _values[0].Indices;

    /// <summary>Steps of all inputs.</summary>
    /// <param name="from">The first step.</param>
    /// <param name="count">Number of steps.</param>
    /// <param name="piece">Receives a piece of each input.</param>
    public void Slice(int from, int count, Span<InputBuffer<float>> piece)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            InputBuffer<float> values = _values[i];
            int begin = from * _stepSizes[i];
            int length = count * _stepSizes[i];
            piece[i] = _stepSizes[i] == 0 ? values
                : values.Indices.IsEmpty ? new InputBuffer<float>(values.Name, values.Values.Slice(begin, length))
                : new InputBuffer<float>(values.Name, values.Indices.Slice(begin, length));
        }
    }

    /// <summary>The numbers of files as the inputs of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="files">A file for each of its inputs, in its order.</param>
    /// <exception cref="UnusableInputException">A shape does not fit the model or another input, or an index is none.</exception>
    public static SequenceInput Of(ModelDefinition model, IReadOnlyList<(string Name, DataArray Array)> files)
    {
        if (model.Inputs.Count == 1)
        {
            return Of(model, files[0].Array, files[0].Name);
        }

        var values = new InputBuffer<float>[files.Count];
        (int Time, int Batch)? size = null;
        foreach ((ModelInput input, int i) in model.Inputs.Select((input, i) => (input, i)).OrderBy(entry => entry.input.Kind == ValueKind.Row))
        {
            (string name, DataArray array) = files[i];
            int time = 1;
            int batch;
            if (input.Kind == ValueKind.Row)
            {
                batch = RowsOf(input, array, name);
                values[i] = new InputBuffer<float>(input.Name, (ReadOnlyMemory<float>)array.Values);
            }
            else
            {
                (time, batch, values[i]) = OfSequence(input, array, name, model.Layout);
            }

            size ??= (time, batch);
            if (batch != size.Value.Batch || (input.Kind != ValueKind.Row && time != size.Value.Time))
            {
                throw new UnusableInputException(
                    $"{name}: expected {size.Value.Batch} sequences of {size.Value.Time} steps, as in the inputs before, found "
                    + $"shape {array.Describe()} for {Describe(input)}.");
            }
        }

        return new SequenceInput(model, size!.Value.Time, size.Value.Batch, values);
    }

    /// <summary>What an input takes, for messages.</summary>
    public static string Describe(ModelInput input) => input.Kind switch
    {
        ValueKind.Indices => $"'{input.Name}', indices below {input.Size} [time, batch]",
        ValueKind.Row => $"'{input.Name}', a row of {input.Size} [batch, {input.Size}]",
        _ => $"'{input.Name}', a sequence of {input.Size} [time, batch, {input.Size}]",
    };

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
        ModelInput input = model.Inputs[0];
        bool areChannels = array.HasChannels && input is { Kind: ValueKind.Sequence, Size: 1 };
        (int time, int batch, InputBuffer<float> values) = areChannels
            ? (array.Shape[0], array.Shape[1], new InputBuffer<float>(input.Name, (ReadOnlyMemory<float>)array.Values))
            : OfSequence(input, array, name, layout ?? model.Layout);
        RequireSteps(time, array, name);
        return new SequenceInput(model, time, batch, [values]) { AreChannels = areChannels };
    }

    /// <summary>Values between -1 and 1, or indices; the same for the same seed.</summary>
    public static SequenceInput Random(ModelDefinition model, int time, int batch, int seed)
    {
        Random random = new(seed);
        return new SequenceInput(model, time, batch, [.. model.Inputs.Select(Values)]);

        InputBuffer<float> Values(ModelInput input)
        {
            int count = ArraySize.Of(
                input.Kind == ValueKind.Row ? 1 : time, batch, input.Kind == ValueKind.Indices ? 1 : input.Size);
            return input.Kind == ValueKind.Indices
                ? new InputBuffer<float>(input.Name, (int[])[.. Repeat(count, () => random.Next(input.Size))])
                : new InputBuffer<float>(input.Name, (float[])[.. Repeat(count, () => (2 * random.NextSingle()) - 1)]);
        }
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

    private static (int Time, int Batch, InputBuffer<float> Values) OfSequence(
        ModelInput input, DataArray array, string name, SequenceLayout layout)
    {
        int features = input.Kind == ValueKind.Indices ? 1 : input.Size;
        (int first, int second) = SplitShape(input, features, array, name);
        bool isBatchMajor = layout == SequenceLayout.BatchMajor;
        (int time, int batch) = isBatchMajor && array.Shape.Count > 1 && second > 0 ? (second, first) : (first, second);
        batch = batch == 0 ? 1 : batch;
        RequireSteps(time, array, name);
        float[] values = isBatchMajor ? Transpose<float>(array.Values, batch, time, features) : array.Values;
        return (time, batch, input.Kind == ValueKind.Indices
            ? new InputBuffer<float>(input.Name, ToIndices(values, input.Size, batch, name))
            : new InputBuffer<float>(input.Name, values));
    }

    private static void RequireSteps(int time, DataArray array, string name)
    {
        if (time == 0)
        {
            throw new UnusableInputException($"{name}: expected at least one step, found shape {array.Describe()}.");
        }
    }

    private static int RowsOf(ModelInput input, DataArray array, string name) => array.Shape switch
    {
        [int features] when features == input.Size => 1,
        [int batch, int features] when features == input.Size && batch > 0 => batch,
        _ => throw new UnusableInputException(
            $"{name}: expected {input.Size} features a row, [{input.Size}] or [batch, {input.Size}]; found shape "
            + $"{array.Describe()}."),
    };

    // A second axis of 0 stands for none: one sequence.
    private static (int First, int Second) SplitShape(ModelInput input, int features, DataArray array, string name)
    {
        bool takesIndices = input.Kind == ValueKind.Indices;
        switch (array.Shape)
        {
            case [int time] when features == 1:
                return (time, 0);
            case [int time, int found] when found == features:
                return (time, 0);
            case [int time, int batch] when takesIndices:
                return (time, batch);
            case [int time, int batch, int found] when found == features && batch > 0:
                return (time, batch);
            default:
                string expected = takesIndices
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
