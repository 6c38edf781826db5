using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The way back over <see cref="SequenceOutput{T}"/>: what is put out more than once gathers the gradients of all its
/// places, and places where nothing was put out have none.
/// </summary>
/// <param name="graph">The model.</param>
/// <param name="output">Index of the output.</param>
/// <param name="steps">Which steps were there.</param>
internal sealed class SequenceOutputGradient(LayerGraph graph, int output, SequenceSteps steps)
{
    private readonly OutputValue _output = graph.Outputs[output];
    private readonly TimeBase _time = graph.Values[graph.Outputs[output].Value].Time;

    /// <summary>Adds the gradient of what was put out to that of the value.</summary>
    /// <param name="dy">The gradient of what was put out; empty for 0.</param>
    /// <param name="computed">Of the value, <c>[time, batch, size]</c>.</param>
    /// <param name="states">
    /// Of a row's output to repeat: the gradient of the final one, replaced by that of the one to start from.
    /// </param>
    public void Read(ReadOnlySpan<double> dy, double[] computed, BatchStates<double> states)
    {
        for (int row = 0; row < steps.Batch; row++)
        {
            Span<double> start = states.Repeated(output, row);
            double[] final = start.ToArray();
            start.Clear();
            if (_output.Kind == ValueKind.Row)
            {
                ReadOneStep(dy, computed, start, final, row);
            }
            else if (_time == TimeBase.Model)
            {
                ReadEveryStep(dy, computed, start, final, row);
            }
            else
            {
                ReadOtherSteps(dy, computed, row);
            }
        }
    }

    private void ReadOneStep(
        ReadOnlySpan<double> dy, double[] computed, Span<double> start, ReadOnlySpan<double> final, int row)
    {
        int count = steps.Present(row).Length;
        int last = _time.Length(count) - 1;
        Span<double> value = count > 0 ? last < 0 ? default : Step(computed, last, row) : start;
        Add(final, value);
        if (steps.Length(row) > 0)
        {
            Add(Place(dy, row), value);
        }
    }

    private void ReadEveryStep(
        ReadOnlySpan<double> dy, double[] computed, Span<double> start, ReadOnlySpan<double> final, int row)
    {
        ReadOnlySpan<int> present = steps.Present(row);
        Span<double> last = start;
        int next = 0;
        for (int t = 0; t < steps.Length(row); t++)
        {
            bool isPresent = next < present.Length && present[next] == t;
            last = isPresent ? Step(computed, next++, row) : last;
            if (isPresent || graph.RepeatsOutput)
            {
                Add(Place(dy, steps.Position(t, row)), last);
            }
        }

        Add(final, last);
    }

    private void ReadOtherSteps(ReadOnlySpan<double> dy, double[] computed, int row)
    {
        SequenceExtent extent = steps.Extent(_time);
        for (int t = 0; t < extent.Length(row); t++)
        {
            Add(Place(dy, steps.Position(t, row, extent.Time)), Step(computed, t, row));
        }
    }

    // To nothing, where a model repeats nothing.
    private static void Add(ReadOnlySpan<double> gradient, Span<double> value)
    {
        if (!value.IsEmpty)
        {
            Product.Gather(1, gradient, value);
        }
    }

    private ReadOnlySpan<double> Place(ReadOnlySpan<double> dy, int position) =>
        dy.IsEmpty ? [] : dy.Slice(position * _output.Size, _output.Size);

    private Span<double> Step(double[] computed, int step, int row) =>
        computed.AsSpan(((step * steps.Batch) + row) * _output.Size, _output.Size);
}
