using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Writes the layers of a model as nodes, one after the other.</summary>
internal sealed class ModelGraph
{
    /// <summary>Version of the operators that are used.</summary>
    public const int Opset = 14;

    /// <summary>Name of the axis of steps.</summary>
    public const string TimeAxis = "time";

    /// <summary>Name of the axis of sequences.</summary>
    public const string BatchAxis = "batch";

    private const int Float = 1;
    private const int Int64 = 7;
    private const string Input = "x";
    private const string Output = "y";

    private readonly ModelDefinition _definition;
    private readonly GraphBuilder _graph = new();

    // What each layer takes in, for residual connections.
    private readonly List<string> _inputs = [];

    private ModelGraph(ModelDefinition definition)
    {
        _definition = definition;
    }

    public static GraphBuilder Of(ModelDefinition definition)
    {
        if (definition.Masking is not null)
        {
            throw new NotSupportedException("ONNX export: the model has Masking, which ONNX has no operator for.");
        }

        var graph = new ModelGraph(definition);
        graph.Write();
        return graph._graph;
    }

    private bool IsBatchMajor => _definition.Layout == SequenceLayout.BatchMajor;

    private void Write()
    {
        (string first, string second) = IsBatchMajor ? (BatchAxis, TimeAxis) : (TimeAxis, BatchAxis);
        _graph.Graph.Input.Add(_definition.VocabularySize > 0
            ? GraphBuilder.Value(Input, Int64, first, second)
            : GraphBuilder.Value(Input, Float, first, second, _definition.InputSize));
        string current = Compute(IsBatchMajor ? Transposed("x_time_major", Input, _definition.VocabularySize > 0) : Input);
        if (_definition.Output != ModelOutput.EveryStep)
        {
            _graph.Node(Output, "Identity", [current]);
            _graph.Graph.Output.Add(GraphBuilder.Value(Output, Float, BatchAxis, _definition.OutputSize));
            return;
        }

        _ = IsBatchMajor
            ? Transposed(Output, current, isIndices: false)
            : _graph.Node(Output, "Identity", [current]);
        _graph.Graph.Output.Add(GraphBuilder.Value(Output, Float, first, second, _definition.OutputSize));
    }

    /// <summary>Adds the layers, which read and give time-major: ONNX Runtime's recurrent nodes know no other order.</summary>
    private string Compute(string current)
    {
        int oneStep = _definition.Output == ModelOutput.EveryStep ? -1 : FirstOfOneStep();
        for (int i = 0; i < _definition.Layers.Count; i++)
        {
            if (i == oneStep && _definition.Output == ModelOutput.LastStep)
            {
                current = LastStep(current);
            }

            _inputs.Add(current);
            current = Layer(i, current, i + 1 == oneStep && _definition.Output == ModelOutput.FinalState);
        }

        return _definition.Layers.Count == oneStep && _definition.Output == ModelOutput.LastStep
            ? LastStep(current)
            : current;
    }

    private string Transposed(string name, string sequence, bool isIndices)
    {
        long[] order = isIndices ? [1, 0] : [1, 0, 2];
        return _graph.Node(name, "Transpose", [sequence], GraphBuilder.Attribute("perm", order));
    }

    /// <summary>
    /// The first of the layers that compute a step from nothing but that step: of theirs, one step is enough. A
    /// residual connection from before them keeps itself and all before it from being one.
    /// </summary>
    private int FirstOfOneStep()
    {
        int begin = 0;
        for (int i = 0; i < _definition.Layers.Count; i++)
        {
            switch (_definition.Layers[i])
            {
                case RecurrentLayer or EmbeddingLayer:
                case ResidualLayer residual when i - residual.Specification.Span < begin:
                    begin = i + 1;
                    break;
            }
        }

        return begin;
    }

    private string LastStep(string current) => _graph.Node(
        "last_step", "Gather", [current, _graph.Constant(Initializer.Of("last_step_index", isScalar: true, -1))],
        GraphBuilder.Attribute("axis", 0));

    private string Layer(int index, string input, bool finalState)
    {
        string name = $"layer_{index}";
        return _definition.Layers[index] switch
        {
            RecurrentLayer layer => RecurrentNodes.Write(
                _graph, $"{name}_{RecurrentNodes.NameOf(layer)}", layer, input, finalState),
            DenseLayer layer => Dense($"{name}_dense", layer, input),
            ActivationLayer layer => ActivationNodes.Write(
                _graph, $"{name}_activation", layer.Specification.Activation, input),
            SoftmaxLayer => _graph.Node($"{name}_softmax", "Softmax", [input], GraphBuilder.Attribute("axis", -1)),
            ScaleLayer layer => Scale($"{name}_scale", layer, input),
            EmbeddingLayer layer => Embedding($"{name}_embedding", layer, input),
            ResidualLayer layer => Residual($"{name}_residual", index, layer.Specification, input),
            { } other => throw new NotSupportedException(
                $"ONNX export: layer {index} is a {other.GetType().Name}, which cannot be written."),
        };
    }

    private string Dense(string name, DenseLayer layer, string input)
    {
        DenseSpecification specification = layer.Specification;
        string kernel = _graph.Constant(Initializer.Transposed(
            $"{name}_kernel", layer.Weights.Kernel, specification.OutputSize, specification.InputSize));
        string current = _graph.Node($"{name}_product", "MatMul", [input, kernel]);
        if (!layer.Weights.Bias.IsEmpty)
        {
            string bias = _graph.Constant(
                Initializer.Of($"{name}_bias", [specification.OutputSize], layer.Weights.Bias));
            current = _graph.Node($"{name}_sum", "Add", [current, bias]);
        }

        return ActivationNodes.Write(_graph, $"{name}_activation", specification.Activation, current);
    }

    private string Scale(string name, ScaleLayer layer, string input)
    {
        int size = layer.Specification.InputSize;
        string factors = _graph.Constant(Initializer.Of($"{name}_factors", [size], layer.Factors));
        string current = _graph.Node($"{name}_product", "Mul", [input, factors]);
        return layer.Offsets.IsEmpty
            ? current
            : _graph.Node(
                $"{name}_sum", "Add",
                [current, _graph.Constant(Initializer.Of($"{name}_offsets", [size], layer.Offsets))]);
    }

    private string Embedding(string name, EmbeddingLayer layer, string input)
    {
        string table = _graph.Constant(Initializer.Of(
            $"{name}_table", [layer.Specification.InputSize, layer.Specification.OutputSize], layer.Table));
        return _graph.Node(name, "Gather", [table, input], GraphBuilder.Attribute("axis", 0));
    }

    private string Residual(string name, int index, ResidualSpecification specification, string input)
    {
        int sourceIndex = index - specification.Span;
        string source = _inputs[sourceIndex];
        if (_definition.Layers[sourceIndex].Specification.InputSize > specification.InputSize)
        {
            source = _graph.Node(
                $"{name}_source",
                "Slice",
                [
                    source,
                    _graph.Constant($"{name}_begin", 0),
                    _graph.Constant($"{name}_end", specification.InputSize),
                    _graph.Constant($"{name}_axis", -1),
                ]);
        }

        return _graph.Node(name, "Add", [input, source]);
    }
}
