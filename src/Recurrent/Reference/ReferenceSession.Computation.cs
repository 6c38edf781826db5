using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>The computation of a step or a sequence, all arguments having been checked.</content>
public sealed partial class ReferenceSession<T>
{
    /// <summary>The outputs of a run, in their order and as the layout says.</summary>
    internal T[][] RunChecked(ModelInputs<T> inputs, int time, in SequenceMask mask, SequenceLayout layout)
    {
        if (time == 0 || Batch == 0)
        {
            return [.. Outputs.Select(output => SequenceOutput<T>.Create(Model.Graph, output, time, Batch))];
        }

        if (_ranWholeSequence)
        {
            throw Model.Graph.SecondPiece();
        }

        T[][] outputs = Advance(inputs, time, mask, layout);
        if (_emptyRow == EmptyRow.ZeroesState && !mask.Lengths.IsEmpty)
        {
            int[] lengths = mask.Lengths.ToArray();
            _states.Clear(row => lengths[row] == 0);
        }

        _ranWholeSequence = !Model.CanStep;
        return outputs;
    }

    private IEnumerable<int> Outputs => Enumerable.Range(0, Model.Graph.Outputs.Count);

    /// <summary>Takes out the missing steps, computes what is left, and brings the outputs to their places.</summary>
    private T[][] Advance(ModelInputs<T> inputs, int time, in SequenceMask mask, SequenceLayout layout)
    {
        LayerGraph graph = Model.Graph;
        SequenceSteps steps = SequenceSteps.Of(graph, inputs, time, Batch, mask, layout);
        BatchValues<T> values = new(graph, inputs, steps, _states);
        for (int layer = 0; layer < graph.Layers.Count; layer++)
        {
            T[] y = values.CreateOutput(layer);
            Model.Runners[layer].Run(values.Read(layer), y, values.ExtentOfLayer(layer), _states.Of(layer));
            values.Put(layer, y);
        }

        return
        [
            .. Outputs.Select(output =>
                new SequenceOutput<T>(graph, output, steps, _states).Of(values[graph.Outputs[output].Value])),
        ];
    }
}
