using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The way back over <see cref="SequenceOutput{T}"/>: what is put out more than once gathers the gradients of all its
/// places, and places where nothing was put out have none.
/// </summary>
/// <param name="graph">The model.</param>
/// <param name="steps">Which steps were there.</param>
internal sealed class SequenceOutputGradient(LayerGraph graph, SequenceSteps steps)
{
    private readonly int _features = graph.OutputSize;

    /// <summary>The gradient of what the last layer computed.</summary>
    /// <param name="dy">The gradient of what was put out; empty for 0.</param>
    /// <param name="computed">Receives <c>[time, batch, OutputSize]</c>; zero at entry.</param>
    /// <param name="states">
    /// Of a row's output to repeat: the gradient of the final one, replaced by that of the one to start from.
    /// </param>
    public void Read(ReadOnlySpan<double> dy, double[] computed, BatchStates<double> states)
    {
        for (int row = 0; row < steps.Batch; row++)
        {
            double[] final = states.Repeated(row).ToArray();
            states.Repeated(row).Clear();
            if (graph.PutsOutOneStep)
            {
                ReadOneStep(dy, computed, states.Repeated(row), final, row);
            }
            else
            {
                ReadEveryStep(dy, computed, states.Repeated(row), final, row);
            }
        }
    }

    private void ReadOneStep(ReadOnlySpan<double> dy, double[] computed, Span<double> start, ReadOnlySpan<double> final, int row)
    {
        int count = steps.Present(row).Length;
        Span<double> output = count > 0
            ? Step(computed, graph.Output == ModelOutput.FinalState ? 0 : count - 1, row)
            : start;
        Add(final, output);
        if (steps.Length(row) > 0)
        {
            Add(Place(dy, row), output);
        }
    }

    private void ReadEveryStep(ReadOnlySpan<double> dy, double[] computed, Span<double> start, ReadOnlySpan<double> final, int row)
    {
        ReadOnlySpan<int> present = steps.Present(row);
        Span<double> last = start;
        int next = 0;
        for (int t = 0; t < steps.Length(row); t++)
        {
            bool isPresent = next < present.Length && present[next] == t;
            last = isPresent ? Step(computed, next++, row) : last;
            if (isPresent || graph.RepeatedSize > 0)
            {
                Add(Place(dy, steps.Position(t, row)), last);
            }
        }

        Add(final, last);
    }

    // To nothing, where a model repeats nothing.
    private static void Add(ReadOnlySpan<double> gradient, Span<double> output)
    {
        if (!output.IsEmpty)
        {
            Product.Gather(1, gradient, output);
        }
    }

    private ReadOnlySpan<double> Place(ReadOnlySpan<double> dy, int position) =>
        dy.IsEmpty ? [] : dy.Slice(position * _features, _features);

    private Span<double> Step(double[] computed, int step, int row) =>
        computed.AsSpan(((step * steps.Batch) + row) * _features, _features);
}
