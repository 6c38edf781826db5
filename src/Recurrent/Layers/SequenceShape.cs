using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurrent.Layers;

/// <summary>
/// Checks of the arguments of a step and of a run, shared by the native and the reference session. Lengths are exact: a
/// span that is longer than the shape is as likely a mistake as a shorter one.
/// </summary>
internal readonly struct SequenceShape
{
    private readonly LayerGraph _graph;

    public SequenceShape(LayerGraph graph, int batch, string argument)
    {
        _graph = graph;
        Batch = Require.Within(batch, 0, int.MaxValue, argument);
        StepInput = Require.Elements(batch, graph.InputSize, "[batch, InputSize]", argument);
        StepOutput = Require.Elements(batch, graph.OutputSize, "[batch, OutputSize]", argument);
    }

    public int Batch { get; }

    /// <summary>Elements of one step of input.</summary>
    public int StepInput { get; }

    /// <summary>Elements of one step of output.</summary>
    public int StepOutput { get; }

    /// <summary>The shape of a session, whose states fit a span too.</summary>
    public static SequenceShape OfSession(LayerGraph graph, int batch, string argument)
    {
        SequenceShape shape = new(graph, batch, argument);
        Require.Elements(batch, graph.StateSize, "[batch, StateSize]", argument);
        return shape;
    }

    public void RequireStep<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
    {
        RequireFeatures(nameof(x), "StepIndices");
        // The messages are built only when a check has failed: this runs once a step.
        if (x.Length != StepInput)
        {
            Require.Shape(x.Length, Batch, _graph.InputSize, "[batch, InputSize]", nameof(x));
        }

        RequireOneStep(y);
        RequireApart(x, y, nameof(x));
    }

    public void RequireStepIndices<T>(ReadOnlySpan<int> indices, ReadOnlySpan<T> y)
    {
        RequireIndices(nameof(indices), "Step");
        if (indices.Length != StepInput)
        {
            Require.Shape(indices.Length, Batch, "[batch]", nameof(indices));
        }

        RequireOneStep(y);
        RequireApart(indices, y, nameof(indices));
        RequireKnown(indices);
    }

    public void RequireRun<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        RequireInput(x, time, layout, "RunIndices");
        RequireOptionalOutput(y, time, layout);
        RequireApart(x, y, nameof(x));
    }

    public void RequireRunIndices<T>(ReadOnlySpan<int> indices, ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        RequireInputIndices(indices, time, layout, "Run");
        RequireOptionalOutput(y, time, layout);
        RequireApart(indices, y, nameof(indices));
    }

    /// <summary>Of sequences for <c>Predict</c>, before there is an output.</summary>
    public void RequirePrediction<T>(ReadOnlySpan<T> x, int time, SequenceLayout layout) =>
        RequireInput(x, time, layout, "PredictIndices");

    public void RequirePrediction<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        RequirePrediction(x, time, layout);
        RequireOutput(y, time, layout);
        RequireApart(x, y, nameof(x));
    }

    /// <summary>Of sequences for <c>PredictIndices</c>, before there is an output.</summary>
    public void RequireIndexPrediction(ReadOnlySpan<int> indices, int time, SequenceLayout layout) =>
        RequireInputIndices(indices, time, layout, "Predict");

    public void RequireIndexPrediction<T>(
        ReadOnlySpan<int> indices, ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        RequireIndexPrediction(indices, time, layout);
        RequireOutput(y, time, layout);
        RequireApart(indices, y, nameof(indices));
    }

    /// <summary>An output for sequences whose input has been checked.</summary>
    public T[] CreateOutput<T>(int time)
    {
        // The input has time * batch values or more, so these steps fit an int.
        int steps = _graph.PutsOutOneStep ? Batch : time * Batch;
        return new T[Require.Elements(steps, _graph.OutputSize, "[steps, OutputSize]", nameof(time))];
    }

    public void RequireLengths<T>(ReadOnlySpan<int> lengths, ReadOnlySpan<T> y, int time, string argument)
    {
        if (lengths.Length != Batch)
        {
            Require.Shape(lengths.Length, Batch, "[batch]", argument);
        }

        for (int row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 0 || lengths[row] > time)
            {
                throw new ArgumentException(
                    $"{argument}[{row}]: expected 0 to {nameof(time)} = {time}, found {lengths[row]}.", argument);
            }
        }

        RequireApart(lengths, y, argument);
    }

    public void RequireMask<T>(in SequenceMask mask, ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        if (!mask.Lengths.IsEmpty)
        {
            RequireLengths(mask.Lengths, y, time, "mask.Lengths");
        }

        if (mask.Present.IsEmpty)
        {
            return;
        }

        const string Argument = "mask.Present";
        if (_graph.Masking is null)
        {
            Require.Absent(mask.Present.Length, "the model has no Masking", Argument);
        }

        RequireSequence(mask.Present.Length, time, layout, Argument);
        RequireApart(mask.Present, y, Argument);
    }

    public void RequireRows(int firstRow, int rowCount)
    {
        Require.Within(firstRow, 0, Batch, nameof(firstRow));
        Require.Within(rowCount, 0, Batch - firstRow, nameof(rowCount));
    }

    public void RequireStates(int length, int rowCount, string argument) =>
        Require.Shape(length, rowCount, _graph.StateSize, "[rowCount, StateSize]", argument);

    private static void RequireTime(int time, SequenceLayout layout)
    {
        Require.Within(time, 0, int.MaxValue, nameof(time));
        Require.Defined(layout, nameof(layout));
    }

    /// <summary>Refuses memory that two spans share, be their elements of one type or of two.</summary>
    private static void RequireApart<TInput, TOutput>(
        ReadOnlySpan<TInput> input, ReadOnlySpan<TOutput> y, string argument)
    {
        if (input.IsEmpty || y.IsEmpty)
        {
            return;
        }

        // In bytes: spans that were cast from bytes may begin within an element.
        nint offset = Unsafe.ByteOffset(
            ref Unsafe.As<TOutput, byte>(ref MemoryMarshal.GetReference(y)),
            ref Unsafe.As<TInput, byte>(ref MemoryMarshal.GetReference(input)));
        nint inputBytes = (nint)input.Length * Unsafe.SizeOf<TInput>();
        nint outputBytes = (nint)y.Length * Unsafe.SizeOf<TOutput>();
        if (offset < outputBytes && -offset < inputBytes)
        {
            throw new ArgumentException(
                $"y: expected memory apart from {argument}, found an overlap ({argument} begins at byte {offset} of y).",
                nameof(y));
        }
    }

    private void RequireInput<T>(ReadOnlySpan<T> x, int time, SequenceLayout layout, string forIndices)
    {
        RequireFeatures(nameof(x), forIndices);
        RequireTime(time, layout);
        RequireSequence(x.Length, time, layout, _graph.InputSize, "InputSize", nameof(x));
    }

    private void RequireInputIndices(
        ReadOnlySpan<int> indices, int time, SequenceLayout layout, string forFeatures)
    {
        RequireIndices(nameof(indices), forFeatures);
        RequireTime(time, layout);
        RequireSequence(indices.Length, time, layout, nameof(indices));
        RequireKnown(indices);
    }

    private void RequireFeatures(string argument, string forIndices)
    {
        if (_graph.VocabularySize != 0)
        {
            throw new ArgumentException(
                $"{argument}: expected a call of {forIndices}, because the model begins with an embedding and takes "
                + "indices; found features.",
                argument);
        }
    }

    private void RequireIndices(string argument, string forFeatures)
    {
        if (_graph.VocabularySize == 0)
        {
            throw new ArgumentException(
                $"{argument}: expected a call of {forFeatures}, because the model does not begin with an embedding and "
                + "takes features; found indices.",
                argument);
        }
    }

    private void RequireKnown(ReadOnlySpan<int> indices)
    {
        // As unsigned numbers, negative ones are too large.
        int i = 0;
        while (i < indices.Length && (uint)indices[i] < (uint)_graph.VocabularySize)
        {
            i++;
        }

        if (i < indices.Length)
        {
            throw new ArgumentException(
                $"{nameof(indices)}[{i}]: expected 0 to {_graph.VocabularySize - 1}, the rows of the embedding's table, "
                + $"found {indices[i]}.",
                nameof(indices));
        }
    }

    private void RequireOneStep<T>(ReadOnlySpan<T> y)
    {
        if (y.Length != StepOutput)
        {
            Require.Shape(y.Length, Batch, _graph.OutputSize, "[batch, OutputSize]", nameof(y));
        }
    }

    private void RequireOptionalOutput<T>(ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        if (!y.IsEmpty)
        {
            RequireOutput(y, time, layout);
        }
    }

    private void RequireOutput<T>(ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        if (_graph.PutsOutOneStep)
        {
            RequireOneStep(y);
        }
        else
        {
            RequireSequence(y.Length, time, layout, _graph.OutputSize, "OutputSize", nameof(y));
        }
    }

    private void RequireSequence(
        int length, int time, SequenceLayout layout, int features, string featuresName, string argument)
    {
        // Batch times features fits an int, and so does time: 64 bits hold the product.
        long expected = (long)time * Batch * features;
        if (length != expected)
        {
            string shape = layout == SequenceLayout.TimeMajor
                ? $"[time, batch, {featuresName}] = [{time}, {Batch}, {features}]"
                : $"[batch, time, {featuresName}] = [{Batch}, {time}, {features}]";
            throw new ArgumentException(
                $"{argument}: expected exactly {shape} ({expected} elements), found {length} elements.", argument);
        }
    }

    /// <summary>Of one value a step.</summary>
    private void RequireSequence(int length, int time, SequenceLayout layout, string argument)
    {
        long expected = (long)time * Batch;
        if (length != expected)
        {
            string shape = layout == SequenceLayout.TimeMajor
                ? $"[time, batch] = [{time}, {Batch}]"
                : $"[batch, time] = [{Batch}, {time}]";
            throw new ArgumentException(
                $"{argument}: expected exactly {shape} ({expected} elements), found {length} elements.", argument);
        }
    }
}
