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
        for (int i = 1; i < graph.Inputs.Count; i++)
        {
            Require.Elements(batch, LayerGraph.FeaturesOf(graph.Inputs[i]), "[batch, size of an input]", argument);
        }

        for (int k = 1; k < graph.Outputs.Count; k++)
        {
            Require.Elements(batch, graph.Outputs[k].Size, "[batch, size of an output]", argument);
        }
    }

    public int Batch { get; }

    /// <summary>Elements of one step of the first input.</summary>
    public int StepInput { get; }

    /// <summary>Elements of one step of the first output.</summary>
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
        RequireKnown(indices, _graph.VocabularySize, nameof(indices));
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

    /// <summary>Memory for an output of sequences whose inputs have been checked.</summary>
    public T[] CreateOutput<T>(int time, int output = 0)
    {
        // A step of the batch fits an int, and so does the number of steps: 64 bits hold the product.
        int steps = _graph.OutputSteps(output, time);
        return new T[Require.Elements(
            steps, (long)Batch * _graph.Outputs[output].Size, "[steps, batch * OutputSize]", nameof(time))];
    }

    /// <summary>Refuses an input's features that do not have its shape.</summary>
    public void RequireInput(int input, int length, int time, SequenceLayout layout, string argument)
    {
        if (_graph.Inputs[input].Kind == ValueKind.Row)
        {
            RequireRow(length, _graph.Inputs[input].Size, "InputSize", argument);
        }
        else
        {
            RequireSequence(length, time, layout, _graph.Inputs[input].Size, "InputSize", argument);
        }
    }

    /// <summary>Refuses an input's indices that do not have its shape, or that it does not know.</summary>
    public void RequireInputIndices(
        int input, ReadOnlySpan<int> indices, int time, SequenceLayout layout, string argument)
    {
        RequireSequence(indices.Length, time, layout, argument);
        RequireKnown(indices, _graph.Inputs[input].Size, argument);
    }

    /// <summary>Refuses memory for an output that does not have its shape.</summary>
    public void RequireOutput(int output, int length, int time, SequenceLayout layout, string argument)
    {
        if (_graph.Outputs[output].Kind == ValueKind.Row)
        {
            RequireRow(length, _graph.Outputs[output].Size, "OutputSize", argument);
        }
        else
        {
            int steps = _graph.OutputSteps(output, time);
            RequireSequence(length, steps, layout, _graph.Outputs[output].Size, "OutputSize", argument);
        }
    }

    public static void RequireTime(LayerGraph graph, int time, SequenceLayout layout)
    {
        Require.Within(time, 0, int.MaxValue, nameof(time));
        Require.Defined(layout, nameof(layout));
        graph.StepRules.RequireTime(time, nameof(time));
    }

    /// <summary>Whether two spans share memory, be their elements of one type or of two.</summary>
    /// <param name="input">One.</param>
    /// <param name="y">The other.</param>
    /// <param name="offset">Where the first begins in the second, in bytes.</param>
    public static bool Overlap<TInput, TOutput>(ReadOnlySpan<TInput> input, ReadOnlySpan<TOutput> y, out nint offset)
    {
        offset = 0;
        if (input.IsEmpty || y.IsEmpty)
        {
            return false;
        }

        // In bytes: spans that were cast from bytes may begin within an element.
        offset = Unsafe.ByteOffset(
            ref Unsafe.As<TOutput, byte>(ref MemoryMarshal.GetReference(y)),
            ref Unsafe.As<TInput, byte>(ref MemoryMarshal.GetReference(input)));
        nint inputBytes = (nint)input.Length * Unsafe.SizeOf<TInput>();
        nint outputBytes = (nint)y.Length * Unsafe.SizeOf<TOutput>();
        return offset < outputBytes && -offset < inputBytes;
    }

    /// <summary>Elements of an input's features or indices.</summary>
    public long InputLength(int input, int time)
    {
        ModelInput what = _graph.Inputs[input];
        return (what.Kind == ValueKind.Row ? 1 : time) * ((long)Batch * LayerGraph.FeaturesOf(what));
    }

    /// <summary>Elements of an output.</summary>
    public long OutputLength(int output, int time) =>
        _graph.OutputSteps(output, time) * ((long)Batch * _graph.Outputs[output].Size);

    /// <summary>Whether indices have an input's shape and are known to it.</summary>
    public bool AreUsable(int input, ReadOnlySpan<int> indices, int time) =>
        indices.Length == (long)time * Batch && FirstUnknown(indices, _graph.Inputs[input].Size) < 0;

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

        _graph.StepRules.RequireLengths(lengths, argument);
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

    private void RequireInput<T>(ReadOnlySpan<T> x, int time, SequenceLayout layout, string forIndices)
    {
        RequireFeatures(nameof(x), forIndices);
        RequireTime(_graph, time, layout);
        RequireInput(0, x.Length, time, layout, nameof(x));
    }

    private void RequireInputIndices(
        ReadOnlySpan<int> indices, int time, SequenceLayout layout, string forFeatures)
    {
        RequireIndices(nameof(indices), forFeatures);
        RequireTime(_graph, time, layout);
        RequireInputIndices(0, indices, time, layout, nameof(indices));
    }

    /// <summary>Refuses a call that leaves names out where there are several.</summary>
    private void RequireSingle(string argument)
    {
        if (!_graph.IsSingle)
        {
            throw new ArgumentException(
                $"{argument}: expected a call with a list of inputs and one of outputs, because the model has "
                + $"{_graph.Inputs.Count} inputs and {_graph.Outputs.Count} outputs; found {argument} alone.",
                argument);
        }
    }

    private void RequireFeatures(string argument, string forIndices)
    {
        RequireSingle(argument);
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
        RequireSingle(argument);
        if (_graph.VocabularySize == 0)
        {
            throw new ArgumentException(
                $"{argument}: expected a call of {forFeatures}, because the model does not begin with an embedding and "
                + "takes features; found indices.",
                argument);
        }
    }

    private static void RequireApart<TInput, TOutput>(
        ReadOnlySpan<TInput> input, ReadOnlySpan<TOutput> y, string argument)
    {
        if (Overlap(input, y, out nint offset))
        {
            throw new ArgumentException(
                $"y: expected memory apart from {argument}, found an overlap ({argument} begins at byte {offset} of y).",
                nameof(y));
        }
    }

    /// <summary>The place of the first index that is out of range; -1 for none.</summary>
    private static int FirstUnknown(ReadOnlySpan<int> indices, int vocabulary)
    {
        // As unsigned numbers, negative ones are too large.
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)vocabulary)
            {
                return i;
            }
        }

        return -1;
    }

    private static void RequireKnown(ReadOnlySpan<int> indices, int vocabulary, string argument)
    {
        int i = FirstUnknown(indices, vocabulary);
        if (i >= 0)
        {
            throw new ArgumentException(
                $"{argument}[{i}]: expected 0 to {vocabulary - 1}, the rows of the embedding's table, found {indices[i]}.",
                argument);
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

    private void RequireOutput<T>(ReadOnlySpan<T> y, int time, SequenceLayout layout) =>
        RequireOutput(0, y.Length, time, layout, nameof(y));

    private void RequireRow(int length, int features, string featuresName, string argument)
    {
        if (length != Batch * features)
        {
            Require.Shape(length, Batch, features, $"[batch, {featuresName}]", argument);
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
