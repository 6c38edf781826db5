using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Brings what a model has computed to the places that the caller has for it.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="graph">The model.</param>
/// <param name="output">Index of the output.</param>
/// <param name="steps">Which steps are there.</param>
/// <param name="states">Where the output is that missing steps repeat.</param>
internal sealed class SequenceOutput<T>(LayerGraph graph, int output, SequenceSteps steps, BatchStates<T> states)
    where T : IFloatingPointIeee754<T>
{
    private readonly OutputValue _output = graph.Outputs[output];
    private readonly TimeBase _time = graph.Values[graph.Outputs[output].Value].Time;

    /// <summary>Memory as the caller has it for an output, full of zeros.</summary>
    public static T[] Create(LayerGraph graph, int output, int time, int batch) =>
        new T[(long)graph.OutputSteps(output, time) * batch * graph.Outputs[output].Size];

    /// <summary>The output of a run, as the layout says.</summary>
    /// <param name="computed">The value, <c>[time, batch, size]</c> without missing steps.</param>
    public T[] Of(ReadOnlySpan<T> computed)
    {
        T[] y = Create(graph, output, steps.Time, steps.Batch);
        for (int row = 0; row < steps.Batch; row++)
        {
            if (_output.Kind == ValueKind.Row)
            {
                WriteOneStep(computed, y, row);
            }
            else if (_time == TimeBase.Model)
            {
                WriteEveryStep(computed, y, row);
            }
            else
            {
                WriteOtherSteps(computed, y, row);
            }
        }

        return y;
    }

    private void WriteOneStep(ReadOnlySpan<T> computed, T[] y, int row)
    {
        ReadOnlySpan<T> value = states.Repeated(output, row);
        int count = steps.Present(row).Length;
        if (count > 0)
        {
            // A row has one step; the option of a list takes the last one of a sequence.
            int last = _time.Length(count) - 1;
            value = last < 0 ? default : Step(computed, last, row);
            value[..states.Repeated(output, row).Length].CopyTo(states.Repeated(output, row));
        }

        if (steps.Length(row) > 0)
        {
            value.CopyTo(y.AsSpan(row * _output.Size));
        }
    }

    private void WriteEveryStep(ReadOnlySpan<T> computed, T[] y, int row)
    {
        ReadOnlySpan<int> present = steps.Present(row);
        int next = 0;
        for (int t = 0; t < steps.Length(row); t++)
        {
            ReadOnlySpan<T> value = states.Repeated(output, row);
            if (next < present.Length && present[next] == t)
            {
                value = Step(computed, next++, row);
                value[..states.Repeated(output, row).Length].CopyTo(states.Repeated(output, row));
            }

            value.CopyTo(y.AsSpan(steps.Position(t, row) * _output.Size));
        }
    }

    // No step is missing where layers make another number of them.
    private void WriteOtherSteps(ReadOnlySpan<T> computed, T[] y, int row)
    {
        SequenceExtent extent = steps.Extent(_time);
        for (int t = 0; t < extent.Length(row); t++)
        {
            Step(computed, t, row).CopyTo(y.AsSpan(steps.Position(t, row, extent.Time) * _output.Size));
        }
    }

    private ReadOnlySpan<T> Step(ReadOnlySpan<T> computed, int step, int row) =>
        computed.Slice(((step * steps.Batch) + row) * _output.Size, _output.Size);
}
