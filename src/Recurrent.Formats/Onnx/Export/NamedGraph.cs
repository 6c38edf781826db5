using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Writes a model whose values have names: several inputs and outputs, and layers that read other values than the one
/// before. Sequences are time-major between the nodes: ONNX Runtime's recurrent ones know no other order.
/// </summary>
internal sealed class NamedGraph
{
    private const int Float = 1;
    private const int Int64 = 7;

    // Steps of an output are what a graph says of them where both give the same number.
    private const int FewSteps = 1;
    private const int ManySteps = 1 << 20;

    private readonly ModelDefinition _definition;
    private readonly GraphBuilder _graph = new();

    // Of each value its name; of each layer the names of its final states, if somebody reads them.
    private readonly List<string> _values = [];
    private readonly Dictionary<int, string> _states = [];
    private readonly Dictionary<int, string> _cells = [];
    private readonly HashSet<int> _readAsSteps = [];
    private readonly HashSet<int> _readAsState = [];
    private readonly HashSet<int> _readAsCell = [];

    // Where a list of layers outputs what follows from a final state, the value that is that state; otherwise -1.
    private readonly int _finalState = -1;

    // What the names begin with that are not the model's own.
    private readonly string _prefix = "layer_";

    private NamedGraph(ModelDefinition definition)
    {
        _definition = definition;
        string[] names = [.. definition.Inputs.Select(input => input.Name), .. definition.Outputs.Select(output => output.Name)];
        while (names.Any(name => name.StartsWith(_prefix, StringComparison.Ordinal)))
        {
            _prefix = "_" + _prefix;
        }

        string? twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new NotSupportedException(
                $"ONNX export: expected names that an input and an output do not share, found '{twice}'.");
        }

        if (definition.Output == ModelOutput.FinalState)
        {
            _finalState = definition.Inputs.Count + definition.Layers.ToList().FindLastIndex(layer => layer is RecurrentLayer);
        }

        FindReaders();
    }

    private bool IsBatchMajor => _definition.Layout == SequenceLayout.BatchMajor;

    /// <summary>Whether a model is more than layers that follow each other from <c>x</c> to <c>y</c>.</summary>
    public static bool IsNeeded(ModelDefinition definition) =>
        !definition.IsChain || definition.Inputs[0].Name != "x" || definition.Outputs[0].Name != "y"
        || definition.Layers.Any(layer => layer is LastStepLayer or FinalStateLayer or FinalCellStateLayer or RepeatLayer
            or ReverseLayer or LastStepsLayer or ConcatenationLayer or SumLayer or ProductLayer or MeanOverTimeLayer or MaxOverTimeLayer
            or SoftmaxOverTimeLayer or FlattenLayer or UnflattenLayer);

    public static GraphBuilder Of(ModelDefinition definition)
    {
        var graph = new NamedGraph(definition);
        foreach (ModelInput input in definition.Inputs)
        {
            graph.AddInput(input);
        }

        for (int i = 0; i < definition.Layers.Count; i++)
        {
            graph.AddLayer(i);
        }

        for (int i = 0; i < definition.Outputs.Count; i++)
        {
            graph.AddOutput(i);
        }

        return graph._graph;
    }

    private void FindReaders()
    {
        for (int i = 0; i < _definition.Layers.Count; i++)
        {
            IReadOnlyList<int> reads = _definition.Nodes[i].Inputs;
            if (_definition.Layers[i] is FinalStateLayer)
            {
                _readAsState.Add(reads[0]);
            }
            else if (_definition.Layers[i] is FinalCellStateLayer)
            {
                _readAsCell.Add(reads[0]);
            }
            else
            {
                (reads[0] == _finalState ? _readAsState : _readAsSteps).UnionWith(reads);
            }

            if (_definition.Layers[i] is ResidualLayer residual)
            {
                _readAsSteps.Add(SourceOf(i, residual));
            }
        }

        foreach (OutputValue output in _definition.Outputs)
        {
            (output.Value == _finalState ? _readAsState : _readAsSteps).Add(output.Value);
        }

        // One that nobody reads at all is written as if somebody did.
        _readAsSteps.UnionWith(
            Enumerable.Range(0, _definition.Values.Count).Where(value => !_readAsState.Contains(value) && !_readAsCell.Contains(value)));
    }

    /// <summary>The value that a residual connection adds.</summary>
    private int SourceOf(int layer, ResidualLayer residual) =>
        _definition.Nodes[layer - residual.Specification.Span].Inputs[0];

    private void AddInput(ModelInput input)
    {
        object[] axes = input.Kind switch
        {
            ValueKind.Row => [ModelGraph.BatchAxis, input.Size],
            ValueKind.Indices => [.. Steps(ModelGraph.TimeAxis)],
            _ => [.. Steps(ModelGraph.TimeAxis), input.Size],
        };
        bool areIndices = input.Kind == ValueKind.Indices;
        _graph.Graph.Input.Add(GraphBuilder.Value(input.Name, areIndices ? Int64 : Float, axes));
        _values.Add(IsBatchMajor && input.Kind != ValueKind.Row
            ? Transposed($"{_prefix}input_{_values.Count}", input.Name, areIndices)
            : input.Name);
    }

    private void AddLayer(int index)
    {
        string name = $"{_prefix}{index}";
        string[] reads = [.. _definition.Nodes[index].Inputs.Select(value => _values[value])];
        _values.Add(_definition.Layers[index] switch
        {
            RecurrentLayer layer => Recurrent(name, layer, reads),
            ResidualLayer layer => Residual(name, index, layer, reads[0]),
            ConcatenationLayer => reads.Length == 1
                ? reads[0]
                : _graph.Node($"{name}_concatenation", "Concat", reads, GraphBuilder.Attribute("axis", -1)),
            SumLayer => Sum(name, reads),
            ProductLayer => _graph.Node($"{name}_product", "Mul", reads),
            SoftmaxOverTimeLayer => RowNodes.SoftmaxOverTime(_graph, $"{name}_softmax_over_time", reads[0], reads[1]),
            LastStepLayer => LayerNodes.LastStep(_graph, $"{name}_last_step", reads[0]),
            FinalStateLayer => _states[_definition.Nodes[index].Inputs[0]],
            FinalCellStateLayer => _cells[_definition.Nodes[index].Inputs[0]],
            RepeatLayer layer => Repeat(name, layer.Specification.Steps, reads[0]),
            ReverseLayer => TimeSlice($"{name}_reverse", reads[0], -1, int.MinValue, -1),
            LastStepsLayer layer => TimeSlice($"{name}_last_steps", reads[0], -layer.Specification.Steps, int.MaxValue, 1),
            { } layer => LayerNodes.Write(_graph, name, index, layer, reads[0]),
        });
    }

    private string Recurrent(string name, RecurrentLayer layer, string[] reads)
    {
        (string steps, string state, string cell) = RecurrentNodes.Write(
            _graph,
            $"{name}_{RecurrentNodes.NameOf(layer)}",
            layer,
            reads,
            everyStep: _readAsSteps.Contains(_values.Count),
            finalState: _readAsState.Contains(_values.Count),
            finalCell: _readAsCell.Contains(_values.Count));
        _states[_values.Count] = state;
        _cells[_values.Count] = cell;
        return _values.Count == _finalState ? state : steps;
    }

    private string Residual(string name, int index, ResidualLayer layer, string input)
    {
        int source = SourceOf(index, layer);
        return LayerNodes.Residual(
            _graph, name, input, _values[source], layer.Specification.InputSize, _definition.Values[source].Size);
    }

    /// <summary>From left to right, two by two, as the layer adds them.</summary>
    private string Sum(string name, string[] reads)
    {
        string sum = reads[0];
        for (int i = 1; i < reads.Length; i++)
        {
            sum = _graph.Node($"{name}_sum_{i}", "Add", [sum, reads[i]]);
        }

        return sum;
    }

    private string Repeat(string name, int steps, string row)
    {
        string step = _graph.Node($"{name}_step", "Unsqueeze", [row, _graph.Constant($"{name}_step_axis", 0)]);
        string shape = steps > 0 ? _graph.Constant($"{name}_shape", steps, 1, 1) : ShapeOfModel(name);
        return _graph.Node($"{name}_repeat", "Expand", [step, shape]);
    }

    /// <summary>As many steps as the model's sequences have, and nothing else to expand.</summary>
    private string ShapeOfModel(string name)
    {
        int input = _definition.Inputs.ToList().FindIndex(one => one.Kind != ValueKind.Row);
        string shape = _graph.Node($"{name}_shape_of_input", "Shape", [_values[input]]);
        string time = _graph.Node(
            $"{name}_time", "Gather", [shape, _graph.Constant($"{name}_time_axis", 0)], GraphBuilder.Attribute("axis", 0));
        return _graph.Node(
            $"{name}_shape", "Concat", [time, _graph.Constant($"{name}_ones", 1, 1)], GraphBuilder.Attribute("axis", 0));
    }

    private string TimeSlice(string name, string input, long begin, long end, long step) => _graph.Node(
        name,
        "Slice",
        [
            input,
            _graph.Constant($"{name}_begin", begin),
            _graph.Constant($"{name}_end", end),
            _graph.Constant($"{name}_axis", 0),
            _graph.Constant($"{name}_step", step),
        ]);

    private void AddOutput(int index)
    {
        OutputValue output = _definition.Outputs[index];
        string value = _definition.Output == ModelOutput.LastStep
            ? LayerNodes.LastStep(_graph, $"{_prefix}last_step", _values[output.Value])
            : _values[output.Value];
        _ = IsBatchMajor && output.Kind != ValueKind.Row
            ? Transposed(output.Name, value, areIndices: false)
            : _graph.Node(output.Name, "Identity", [value]);
        object[] axes = output.Kind == ValueKind.Row
            ? [ModelGraph.BatchAxis, output.Size]
            : [.. Steps(TimeOf(_definition, index)), output.Size];
        _graph.Graph.Output.Add(GraphBuilder.Value(output.Name, Float, axes));
    }

    /// <summary>The steps of an output: those of the model, a number, or as many as there are.</summary>
    public static object TimeOf(ModelDefinition definition, int output)
    {
        int few = definition.OutputSteps(output, FewSteps);
        int many = definition.OutputSteps(output, ManySteps);
        return many == ManySteps && few == FewSteps ? ModelGraph.TimeAxis
            : few == many ? few
            : $"{definition.Outputs[output].Name}_{ModelGraph.TimeAxis}";
    }

    private object[] Steps(object time) => IsBatchMajor ? [ModelGraph.BatchAxis, time] : [time, ModelGraph.BatchAxis];

    private string Transposed(string name, string sequence, bool areIndices)
    {
        long[] order = areIndices ? [1, 0] : [1, 0, 2];
        return _graph.Node(name, "Transpose", [sequence], GraphBuilder.Attribute("perm", order));
    }
}
