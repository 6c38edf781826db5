using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>The computation of a step or a sequence, all arguments having been checked.</content>
public sealed partial class ReferenceSession<T>
{
    internal void RunChecked<TInput>(
        ReadOnlySpan<TInput> input, Span<T> y, int time, in SequenceMask mask, SequenceLayout layout)
        where TInput : INumberBase<TInput>
    {
        if (time == 0 || Batch == 0)
        {
            y.Clear();
            return;
        }

        if (_ranWholeSequence)
        {
            throw Model.Graph.SecondPiece();
        }

        Advance(input, y, time, mask, layout);
        ZeroEmptyRows(mask.Lengths);
        _ranWholeSequence = !Model.CanStep;
    }

    /// <summary>Takes out the missing steps, computes what is left, and brings the outputs to their places.</summary>
    private void Advance<TInput>(
        ReadOnlySpan<TInput> input, Span<T> y, int time, in SequenceMask mask, SequenceLayout layout)
        where TInput : INumberBase<TInput>
    {
        SequenceSteps steps = SequenceSteps.Of(
            input, Model.InputSize, time, Batch, mask, layout, Model.Graph.Masking);
        TInput[] gathered = steps.Gather(input, Model.InputSize);
        _output.Write(Compute(gathered as T[] ?? [], gathered as int[] ?? [], steps.Extent), y, steps);
    }

    /// <summary>The output of every step, or of the one that stands for the final states.</summary>
    private T[] Compute(T[] features, int[] indices, SequenceExtent extent)
    {
        LayerGraph graph = Model.Graph;
        T[][] inputs = new T[Model.Runners.Count][];
        T[] current = features;
        for (int layer = 0; layer < inputs.Length; layer++)
        {
            // What a layer reads is flushed; what the last one puts out is not.
            RunnerFactory<T>.Default.Flush(current, current);
            inputs[layer] = current;
            int source = layer - (graph.Specifications[layer] is ResidualSpecification residual ? residual.Span : 0);
            LayerInput<T> input = new()
            {
                Features = current,
                Indices = indices,
                Source = inputs[source],
                SourceSize = graph.Specifications[source].InputSize,
            };
            current = new T[(long)extent.Time * Batch * graph.Specifications[layer].OutputSize];
            Model.Runners[layer].Run(input, current, extent, _states[layer]);
            if (graph.Output == ModelOutput.FinalState && layer == graph.TailBegin - 1)
            {
                current = FinalStates(layer);
                extent = new SequenceExtent(1, [.. extent.Lengths.Select(length => Math.Min(length, 1))]);
            }
        }

        return current;
    }

    /// <summary>The states of a layer that are put out, <c>[batch, OutputSize]</c>, forward before reverse.</summary>
    private T[] FinalStates(int layer) =>
    [
        .. from row in Enumerable.Range(0, Batch)
           from state in _states[layer]
           from value in state.Row(StateKind.Hidden, row).ToArray()
           select value,
    ];

    private void ZeroEmptyRows(ReadOnlySpan<int> lengths)
    {
        for (int row = 0; row < lengths.Length && _emptyRow == EmptyRow.ZeroesState; row++)
        {
            if (lengths[row] == 0)
            {
                foreach (DirectionState<T> state in AllStates)
                {
                    state.Zero(row);
                }

                _output.Repeated(row).Clear();
            }
        }
    }
}
