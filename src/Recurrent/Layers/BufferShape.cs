namespace Recurrent.Layers;

/// <summary>Checks of the inputs and outputs of a step or a run that come as lists, shared by all sessions.</summary>
/// <param name="graph">The model.</param>
/// <param name="shape">The shape of the batch.</param>
internal readonly ref struct BufferShape(LayerGraph graph, SequenceShape shape)
{
    public void RequireStep<T>(ReadOnlySpan<InputBuffer<T>> inputs, ReadOnlySpan<OutputBuffer<T>> outputs) =>
        RequireRun(inputs, outputs, 1, SequenceLayout.TimeMajor);

    public void RequireRun<T>(
        ReadOnlySpan<InputBuffer<T>> inputs,
        ReadOnlySpan<OutputBuffer<T>> outputs,
        int time,
        SequenceLayout layout)
    {
        RequireInputs(inputs, time, layout);
        RequireOutputs(outputs, time, layout);
        for (int k = 0; k < outputs.Length; k++)
        {
            RequireApart(inputs, outputs, k);
        }
    }

    /// <summary>Of sequences whose outputs are not there yet.</summary>
    public void RequireInputs<T>(ReadOnlySpan<InputBuffer<T>> inputs, int time, SequenceLayout layout)
    {
        SequenceShape.RequireTime(graph, time, layout);
        BufferPlaces.Require(inputs, graph.InputNames, nameof(inputs));
        BufferPlaces.RequireAll(inputs, graph.InputNames, nameof(inputs));
        for (int input = 0; input < graph.Inputs.Count; input++)
        {
            int place = BufferPlaces.Find(inputs, graph.InputNames, input);
            RequireInput(inputs[place], input, place, time, layout);
        }
    }

    public void RequireMask<T>(
        in SequenceMask mask, ReadOnlySpan<OutputBuffer<T>> outputs, int time, SequenceLayout layout)
    {
        shape.RequireMask<T>(mask, [], time, layout);
        for (int k = 0; k < outputs.Length; k++)
        {
            ReadOnlySpan<T> y = outputs[k].Values.Span;
            if (!AreApart(mask.Lengths, y) || !AreApart(mask.Present, y))
            {
                Refuse(k, "the mask");
            }
        }
    }

    private static bool AreApart<T, TOutput>(ReadOnlySpan<T> values, ReadOnlySpan<TOutput> y) =>
        !SequenceShape.Overlap(values, y, out _);

    private static void Refuse(int output, string what) => throw new ArgumentException(
        $"outputs[{output}]: expected memory apart from {what}, found an overlap.", $"outputs[{output}]");

    // The names of buffers are made only when one is refused: this runs once a step.
    private void RequireInput<T>(in InputBuffer<T> buffer, int input, int place, int time, SequenceLayout layout)
    {
        bool takesIndices = graph.Inputs[input].Kind == ValueKind.Indices;
        if (takesIndices ? !buffer.Values.IsEmpty : !buffer.Indices.IsEmpty)
        {
            throw new ArgumentException(
                $"inputs[{place}]: expected {(takesIndices ? "indices" : "features")} for {graph.Inputs[input].Name}, found "
                + $"{(takesIndices ? "features" : "indices")}.",
                $"inputs[{place}]");
        }

        if (takesIndices)
        {
            if (!shape.AreUsable(input, buffer.Indices.Span, time))
            {
                shape.RequireInputIndices(input, buffer.Indices.Span, time, layout, $"inputs[{place}]");
            }
        }
        else if (buffer.Values.Length != shape.InputLength(input, time))
        {
            shape.RequireInput(input, buffer.Values.Length, time, layout, $"inputs[{place}]");
        }
    }

    private void RequireOutputs<T>(ReadOnlySpan<OutputBuffer<T>> outputs, int time, SequenceLayout layout)
    {
        BufferPlaces.Require(outputs, graph.OutputNames, nameof(outputs));
        for (int output = 0; output < graph.Outputs.Count; output++)
        {
            int place = BufferPlaces.Find(outputs, graph.OutputNames, output);
            if (place >= 0 && !outputs[place].Values.IsEmpty
                && outputs[place].Values.Length != shape.OutputLength(output, time))
            {
                shape.RequireOutput(output, outputs[place].Values.Length, time, layout, $"outputs[{place}]");
            }
        }
    }

    private static void RequireApart<T>(
        ReadOnlySpan<InputBuffer<T>> inputs, ReadOnlySpan<OutputBuffer<T>> outputs, int output)
    {
        ReadOnlySpan<T> y = outputs[output].Values.Span;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!AreApart(inputs[i].Values.Span, y) || !AreApart(inputs[i].Indices.Span, y))
            {
                Refuse(output, $"inputs[{i}]");
            }
        }

        for (int k = 0; k < output; k++)
        {
            if (!AreApart<T, T>(outputs[k].Values.Span, y))
            {
                Refuse(output, $"outputs[{k}]");
            }
        }
    }
}
