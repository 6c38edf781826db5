using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Brings what a model has computed to the places that the caller has for it.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SequenceOutput<T>(LayerGraph graph, int batch)
    where T : IFloatingPointIeee754<T>
{
    private readonly int _features = graph.OutputSize;
    // [batch, OutputSize]: what a missing step puts out. It stays 0 if nothing is repeated.
    private readonly T[] _missing = new T[batch * graph.OutputSize];

    /// <summary>The part of a row's state that is the output to repeat; empty if nothing is repeated.</summary>
    public Span<T> Repeated(int row) => Missing(row)[..graph.RepeatedSize];

    /// <summary>Writes the output of a run.</summary>
    /// <param name="computed">
    /// <c>[time, batch, OutputSize]</c> without missing steps, or <c>[1, batch, OutputSize]</c> of the final states.
    /// </param>
    /// <param name="y">The caller's memory, or empty.</param>
    /// <param name="steps">Which steps are there.</param>
    public void Write(ReadOnlySpan<T> computed, Span<T> y, SequenceSteps steps)
    {
        for (int row = 0; row < batch; row++)
        {
            if (graph.PutsOutOneStep)
            {
                WriteOneStep(computed, y, steps, row);
            }
            else
            {
                WriteEveryStep(computed, y, steps, row);
            }
        }
    }

    private void WriteOneStep(ReadOnlySpan<T> computed, Span<T> y, SequenceSteps steps, int row)
    {
        ReadOnlySpan<T> output = Missing(row);
        int count = steps.Present(row).Length;
        if (count > 0)
        {
            output = Step(computed, graph.Output == ModelOutput.FinalState ? 0 : count - 1, row);
            output[..graph.RepeatedSize].CopyTo(Repeated(row));
        }

        Put(steps.Length(row) > 0 ? output : [], y, row);
    }

    private void WriteEveryStep(ReadOnlySpan<T> computed, Span<T> y, SequenceSteps steps, int row)
    {
        ReadOnlySpan<int> present = steps.Present(row);
        int next = 0;
        for (int t = 0; t < steps.Time; t++)
        {
            ReadOnlySpan<T> output = t < steps.Length(row) ? Missing(row) : [];
            if (next < present.Length && present[next] == t)
            {
                output = Step(computed, next++, row);
                output[..graph.RepeatedSize].CopyTo(Repeated(row));
            }

            Put(output, y, steps.Position(t, row));
        }
    }

    /// <summary>Writes one step; one that does not exist is 0.</summary>
    private void Put(ReadOnlySpan<T> output, Span<T> y, int position)
    {
        if (y.IsEmpty)
        {
            return;
        }

        Span<T> place = y.Slice(position * _features, _features);
        place.Clear();
        output.CopyTo(place);
    }

    private Span<T> Missing(int row) => _missing.AsSpan(row * _features, _features);

    private ReadOnlySpan<T> Step(ReadOnlySpan<T> computed, int step, int row) =>
        computed.Slice(((step * batch) + row) * _features, _features);
}
