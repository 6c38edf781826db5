using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>A batch on its way through a model and back.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="graph">The model.</param>
/// <param name="layers">Its layers with the parameters of this pass.</param>
/// <param name="dropout">What is dropped, one for each layer; null for nothing.</param>
/// <param name="steps">Which steps are there.</param>
internal sealed class SequencePass<T>(
    LayerGraph graph,
    IReadOnlyList<LayerGradient<T>> layers,
    IReadOnlyList<LayerDropoutMasks?> dropout,
    SequenceSteps steps)
    where T : IFloatingPointIeee754<T>
{
    private readonly LayerPass<T>[] _passes = new LayerPass<T>[layers.Count];
    private readonly BatchStates<T> _states = new(
        [.. layers.Select(layer => layer.CreateStates(steps.Batch))], graph, steps.Batch);

    private BatchValues<T>? _values;
    private bool _startsFromGivenStates;

    /// <summary>Numbers that are kept for the way back.</summary>
    public long Elements => (_values?.InputElements ?? 0) + _passes.Sum(pass => pass.Elements);

    /// <summary>Computes the outputs, as the caller has them, and the final states.</summary>
    /// <param name="inputs">The inputs, as the caller has them.</param>
    /// <param name="initialStates"><c>[batch, StateSize]</c>, or empty.</param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>, or is empty.</param>
    public T[][] Forward(ModelInputs<T> inputs, ReadOnlySpan<T> initialStates, Span<T> finalStates)
    {
        _startsFromGivenStates = !initialStates.IsEmpty;
        if (_startsFromGivenStates)
        {
            _states.CopyFrom(initialStates, 0, steps.Batch);
        }

        _values = new BatchValues<T>(graph, inputs, steps, _states);
        for (int layer = 0; layer < layers.Count; layer++)
        {
            LayerInput<T> read = _values.Read(layer);
            LayerPass<T> pass = new()
            {
                Extent = _values.ExtentOfLayer(layer),
                Read = read.With(Drop(layer, read.Features)),
                Output = _values.CreateOutput(layer),
                States = _states.Of(layer),
                Dropout = dropout[layer],
            };
            layers[layer].Forward(pass);
            _passes[layer] = pass;
            _values.Put(layer, pass.Output);
        }

        T[][] outputs =
        [
            .. graph.Outputs.Select((output, index) =>
                new SequenceOutput<T>(graph, index, steps, _states).Of(_values[output.Value])),
        ];
        _states.Clear(IsLost);
        if (!finalStates.IsEmpty)
        {
            _states.CopyTo(finalStates, 0, steps.Batch);
        }

        return outputs;
    }

    /// <summary>
    /// Adds the gradients of the parameters to where the layers gather them. Gives those of the inputs, as the caller has
    /// them; of indices nothing.
    /// </summary>
    /// <param name="outputs">The gradients of the outputs; empty for 0.</param>
    /// <param name="finalStates">That of the final states, <c>[batch, StateSize]</c>; empty for 0.</param>
    /// <param name="initialStates">Receives that of the states that were started from, or is empty.</param>
    public T[][] Backward(IReadOnlyList<T[]> outputs, ReadOnlySpan<T> finalStates, Span<T> initialStates)
    {
        BatchStates<double> states = new(
            [.. layers.Select(layer => layer.CreateStateGradients(steps.Batch))], graph, steps.Batch);
        if (!finalStates.IsEmpty)
        {
            states.CopyFrom(Convert<T, double>(finalStates), 0, steps.Batch);
            states.Clear(IsLost);
        }

        double[][] gradients = GoBack(outputs, states);
        for (int layer = 0; layer < layers.Count && !_startsFromGivenStates; layer++)
        {
            layers[layer].AddInitialStates(states.Of(layer), steps.Batch);
        }

        if (!initialStates.IsEmpty)
        {
            double[] initial = new double[initialStates.Length];
            states.CopyTo(initial, 0, steps.Batch);
            Convert<double, T>(initial).CopyTo(initialStates);
        }

        return [.. graph.Inputs.Select((input, index) => InputGradient(input, Convert<double, T>(gradients[index])))];
    }

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> values)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        TTo[] converted = new TTo[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            converted[i] = TTo.CreateChecked(values[i]);
        }

        return converted;
    }

    private T[] InputGradient(ModelInput input, T[] gradient)
    {
        if (input.Kind != ValueKind.Sequence)
        {
            return gradient;
        }

        T[] dx = new T[gradient.Length];
        steps.Scatter<T>(gradient, dx, input.Size);
        return dx;
    }

    /// <summary>Back through all layers: the gradients of all values.</summary>
    private double[][] GoBack(IReadOnlyList<T[]> outputs, BatchStates<double> states)
    {
        double[][] gradients = [.. graph.Values.Select(value => new double[_values![value.Number].Length])];
        for (int output = 0; output < graph.Outputs.Count; output++)
        {
            new SequenceOutputGradient(graph, output, steps).Read(
                Convert<T, double>(outputs[output]), gradients[graph.Outputs[output].Value], states);
        }

        for (int layer = layers.Count - 1; layer >= 0; layer--)
        {
            LayerPass<T> pass = _passes[layer];
            LayerPassGradients pieces = new()
            {
                Output = OutputGradient(layer, gradients[graph.Inputs.Count + layer], states),
                Inputs = [.. graph.Sources[layer].Select(value => new double[gradients[value].Length])],
                States = states.Of(layer),
                ReadStates = StatesOf(graph.Reads[layer][0], states),
            };
            layers[layer].Backward(pass, pieces);
            for (int i = 0; i < pieces.Inputs.Count; i++)
            {
                double[] gradient = i == 0 ? Drop(layer, pieces.Inputs[0]) : pieces.Inputs[i];
                Product.Gather<double>(1, gradient, gradients[graph.Sources[layer][i]]);
            }
        }

        return gradients;
    }

    /// <summary>The gradient of what a layer computed: of final states that stand for its steps, it goes to the states.</summary>
    private double[] OutputGradient(int layer, double[] gradient, BatchStates<double> states)
    {
        if (layer != graph.FinalStateLayer)
        {
            return gradient;
        }

        int size = graph.Specifications[layer].OutputSize;
        for (int row = 0; row < steps.Batch; row++)
        {
            FinalStates.Add(gradient.AsSpan(row * size, size), states.Of(layer), row);
        }

        return new double[_passes[layer].Output.Length];
    }

    private DirectionState<double>[] StatesOf(int value, BatchStates<double> states) =>
        graph.LayerOf(value) is var layer && layer >= 0 ? states.Of(layer) : [];

    /// <summary>Whether a row is empty and ends with a state of 0, whatever it started from.</summary>
    private bool IsLost(int row) => graph.EmptyRow == EmptyRow.ZeroesState && steps.Length(row) == 0;

    /// <summary>The first value that a layer reads, or its gradient: a copy behind the masks.</summary>
    private TValue[] Drop<TValue>(int layer, TValue[] values)
        where TValue : IFloatingPointIeee754<TValue>
    {
        if (dropout[layer] is not { DropsInput: true } masks)
        {
            return values;
        }

        ModelValue read = graph.Values[graph.Reads[layer][0]];
        SequenceExtent extent = _values!.ExtentOf(read.Number);
        TValue[] dropped = [.. values];
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int i = 0; i < extent.Length(row); i++)
            {
                // The caller's time, where the steps are the caller's.
                int time = read.Time == TimeBase.Model ? steps.Present(row)[i] : i;
                // The option of a list leaves one step of output.
                time = LeavesOneStep(layer) ? 0 : time;
                masks.ApplyInput(
                    dropped.AsSpan(((i * extent.Batch) + row) * read.Size, read.Size), (time * extent.Batch) + row, row);
            }
        }

        return dropped;
    }

    private bool LeavesOneStep(int layer) =>
        graph.PutsOutOneStep && graph.TailBegin > 0 && layer >= graph.TailBegin;
}
