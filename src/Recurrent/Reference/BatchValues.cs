using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The values of a batch on its way through a model: what the inputs gave, and what each layer has put out.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class BatchValues<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly LayerGraph _graph;
    private readonly SequenceSteps _steps;
    private readonly BatchStates<T> _states;
    // As they were put out, [time, batch, size], and as layers read them: flushed.
    private readonly T[][] _values;
    private readonly T[]?[] _flushed;
    private readonly int[][] _indices;

    /// <summary>Takes in the steps that are there.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="inputs">Its inputs, as the caller has them.</param>
    /// <param name="steps">Which steps are there.</param>
    /// <param name="states">The states of the layers, which become the final ones.</param>
    public BatchValues(LayerGraph graph, ModelInputs<T> inputs, SequenceSteps steps, BatchStates<T> states)
    {
        _graph = graph;
        _steps = steps;
        _states = states;
        _values = new T[graph.Values.Count][];
        _flushed = new T[graph.Values.Count][];
        _indices = new int[graph.Values.Count][];
        Array.Fill(_indices, []);
        for (int input = 0; input < graph.Inputs.Count; input++)
        {
            ValueKind kind = graph.Inputs[input].Kind;
            _values[input] = kind == ValueKind.Sequence
                ? steps.Gather<T>(inputs.Features[input], graph.Inputs[input].Size)
                : inputs.Features[input];
            _indices[input] = kind == ValueKind.Indices ? steps.Gather<int>(inputs.Indices[input], 1) : [];
        }
    }

    /// <summary>Numbers that the inputs gave.</summary>
    public long InputElements => _values.Take(_graph.Inputs.Count).Sum(value => value.LongLength);

    /// <summary>A value as it was put out, <c>[time, batch, size]</c>.</summary>
    public T[] this[int value] => _values[value];

    /// <summary>How many steps each row of a value has.</summary>
    public SequenceExtent ExtentOf(int value) => _steps.Extent(_graph.Values[value].Time);

    /// <summary>How many steps each row has that a layer computes.</summary>
    public SequenceExtent ExtentOfLayer(int layer) => layer == _graph.FinalStateLayer
        ? ExtentOf(_graph.Reads[layer][0])
        : ExtentOf(_graph.Inputs.Count + layer);

    /// <summary>What a layer reads.</summary>
    public LayerInput<T> Read(int layer) => new([.. _graph.Sources[layer].Select(ReadValue)]);

    /// <summary>Memory for what a layer puts out.</summary>
    public T[] CreateOutput(int layer)
    {
        SequenceExtent extent = ExtentOfLayer(layer);
        return new T[(long)extent.Time * extent.Batch * _graph.Specifications[layer].OutputSize];
    }

    /// <summary>Keeps what a layer has put out; of one whose final state stands for its steps, that.</summary>
    public void Put(int layer, T[] output) => _values[_graph.Inputs.Count + layer] =
        layer == _graph.FinalStateLayer ? FinalStates.Of(_states.Of(layer), _steps.Batch) : output;

    private LayerValue<T> ReadValue(int value)
    {
        int layer = _graph.LayerOf(value);
        return new LayerValue<T>
        {
            Features = Flushed(value),
            Indices = _indices[value],
            Size = _graph.Values[value].Size,
            Extent = ExtentOf(value),
            States = layer < 0 ? [] : _states.Of(layer),
        };
    }

    // What a layer reads is flushed; what is put out is not.
    private T[] Flushed(int value)
    {
        if (_flushed[value] is not { } flushed)
        {
            flushed = new T[_values[value].Length];
            RunnerFactory<T>.Default.Flush(_values[value], flushed);
            _flushed[value] = flushed;
        }

        return flushed;
    }
}
