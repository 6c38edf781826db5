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
    // What layers took in, flushed, before dropout: [time, batch, InputSize].
    private readonly T[][] _inputs = new T[layers.Count][];
    private readonly BatchStates<T> _states = new(
        [.. layers.Select(layer => layer.CreateStates(steps.Batch))], graph.RepeatedSize, steps.Batch);

    private bool _startsFromGivenStates;

    /// <summary>Numbers that are kept for the way back.</summary>
    public long Elements => _inputs.Take(1).Sum(input => input.LongLength) + _passes.Sum(pass => pass.Elements);

    /// <summary>Computes the output and the final states.</summary>
    /// <param name="features">The steps that are there, <c>[time, batch, InputSize]</c>; kept.</param>
    /// <param name="indices">The same of a model that takes indices; kept.</param>
    /// <param name="initialStates"><c>[batch, StateSize]</c>, or empty.</param>
    /// <param name="y">Receives the output as the caller has it.</param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>, or is empty.</param>
    public void Forward(
        T[] features, int[] indices, ReadOnlySpan<T> initialStates, Span<T> y, Span<T> finalStates)
    {
        _startsFromGivenStates = !initialStates.IsEmpty;
        if (_startsFromGivenStates)
        {
            _states.CopyFrom(initialStates);
            _states.Flush();
        }

        T[] computed = Compute(features, indices);
        SequenceOutput<T> output = new(graph, steps.Batch);
        ForRows(row => _states.Repeated(row).CopyTo(output.Repeated(row)));
        output.Write(computed, y, steps);
        ForRows(row => output.Repeated(row).CopyTo(_states.Repeated(row)));
        _states.Clear(IsLost);
        if (!finalStates.IsEmpty)
        {
            _states.CopyTo(finalStates);
        }
    }

    /// <summary>Adds the gradients of the parameters to where the layers gather them.</summary>
    /// <param name="dy">The gradient of the output; empty for 0.</param>
    /// <param name="dFinalStates">The gradient of the final states, <c>[batch, StateSize]</c>; empty for 0.</param>
    /// <param name="dx">Receives that of the input, or is empty.</param>
    /// <param name="dInitialStates">Receives that of the states that were started from, or is empty.</param>
    public void Backward(ReadOnlySpan<T> dy, ReadOnlySpan<T> dFinalStates, Span<T> dx, Span<T> dInitialStates)
    {
        BatchStates<double> states = new(
            [.. layers.Select(layer => layer.CreateStateGradients(steps.Batch))], graph.RepeatedSize, steps.Batch);
        if (!dFinalStates.IsEmpty)
        {
            states.CopyFrom(Convert<T, double>(dFinalStates));
            states.Clear(IsLost);
        }

        double[] dInput = GoBack(Convert<T, double>(dy), states);
        for (int layer = 0; layer < layers.Count && !_startsFromGivenStates; layer++)
        {
            layers[layer].AddInitialStates(states.Of(layer), steps.Batch);
        }

        if (!dInitialStates.IsEmpty)
        {
            double[] initial = new double[dInitialStates.Length];
            states.CopyTo(initial);
            Convert<double, T>(initial).CopyTo(dInitialStates);
        }

        if (!dx.IsEmpty)
        {
            steps.Scatter<T>(Convert<double, T>(dInput), dx, graph.InputSize);
        }
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

    private T[] Compute(T[] features, int[] indices)
    {
        T[] current = features;
        SequenceExtent extent = steps.Extent;
        for (int layer = 0; layer < layers.Count; layer++)
        {
            RunnerFactory<T>.Default.Flush(current, current);
            _inputs[layer] = current;
            int source = SourceOf(layer);
            LayerPass<T> pass = new()
            {
                Extent = extent,
                Input = Drop(layer, extent, current),
                Indices = indices,
                Source = _inputs[source],
                SourceSize = graph.Specifications[source].InputSize,
                Output = new T[extent.Time * extent.Batch * graph.Specifications[layer].OutputSize],
                States = _states.Of(layer),
                Dropout = dropout[layer],
            };
            layers[layer].Forward(pass);
            _passes[layer] = pass;
            current = pass.Output;
            if (PutsOutFinalStates(layer))
            {
                current = FinalStates(layer);
                extent = new SequenceExtent(1, [.. extent.Lengths.Select(length => Math.Min(length, 1))]);
            }
        }

        return current;
    }

    /// <summary>Back through all layers, from the gradient of the output to that of the input.</summary>
    private double[] GoBack(ReadOnlySpan<double> dy, BatchStates<double> states)
    {
        // Of what each layer took in, and last of what the model computed.
        double[][] gradients = [.. _inputs.Select(input => new double[input.Length]), new double[ComputedLength]];
        new SequenceOutputGradient(graph, steps).Read(dy, gradients[^1], states);
        for (int layer = layers.Count - 1; layer >= 0; layer--)
        {
            LayerPass<T> pass = _passes[layer];
            double[] output = gradients[layer + 1];
            if (PutsOutFinalStates(layer))
            {
                AddToFinalStates(output, states.Of(layer));
                output = new double[pass.Output.Length];
            }

            double[] read = new double[pass.Input.Length];
            layers[layer].Backward(pass, new LayerPassGradients
            {
                Output = output,
                Input = read,
                Source = SourceOf(layer) == layer ? [] : gradients[SourceOf(layer)],
                States = states.Of(layer),
            });
            Product.Gather<double>(1, Drop(layer, pass.Extent, read), gradients[layer]);
        }

        return gradients[0];
    }

    private int ComputedLength =>
        PutsOutFinalStates(layers.Count - 1) ? steps.Batch * graph.OutputSize : _passes[^1].Output.Length;

    /// <summary>Whether a row is empty and ends with a state of 0, whatever it started from.</summary>
    private bool IsLost(int row) => graph.EmptyRow == EmptyRow.ZeroesState && steps.Length(row) == 0;

    /// <summary>The layer whose input a residual connection adds; the layer itself if it is none.</summary>
    private int SourceOf(int layer) =>
        layer - (graph.Specifications[layer] is ResidualSpecification residual ? residual.Span : 0);

    private bool PutsOutFinalStates(int layer) =>
        graph.Output == ModelOutput.FinalState && layer == graph.TailBegin - 1;

    /// <summary>What a layer reads, or the gradient of what it took in: a copy behind the masks.</summary>
    private TValue[] Drop<TValue>(int layer, SequenceExtent extent, TValue[] values)
        where TValue : IFloatingPointIeee754<TValue>
    {
        if (dropout[layer] is not { DropsInput: true } masks)
        {
            return values;
        }

        int features = graph.Specifications[layer].InputSize;
        // Of layers behind the one step that is put out there is one step.
        bool isOneStep = graph.PutsOutOneStep && graph.TailBegin > 0 && layer >= graph.TailBegin;
        TValue[] dropped = [.. values];
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int i = 0; i < extent.Length(row); i++)
            {
                int time = isOneStep ? 0 : steps.Present(row)[i];
                masks.ApplyInput(
                    dropped.AsSpan(((i * extent.Batch) + row) * features, features), (time * extent.Batch) + row, row);
            }
        }

        return dropped;
    }

    /// <summary>The states of a layer that are put out, <c>[batch, OutputSize]</c>, forward before reverse.</summary>
    private T[] FinalStates(int layer) =>
    [
        .. from row in Enumerable.Range(0, steps.Batch)
           from state in _states.Of(layer)
           from value in state.Row(StateKind.Hidden, row).ToArray()
           select value,
    ];

    private void AddToFinalStates(ReadOnlySpan<double> gradient, DirectionState<double>[] states)
    {
        for (int row = 0; row < steps.Batch; row++)
        {
            foreach (DirectionState<double> state in states)
            {
                Span<double> hidden = state.Row(StateKind.Hidden, row);
                Product.Gather(1, gradient[..hidden.Length], hidden);
                gradient = gradient[hidden.Length..];
            }
        }
    }

    private void ForRows(Action<int> action)
    {
        for (int row = 0; row < steps.Batch; row++)
        {
            action(row);
        }
    }
}
