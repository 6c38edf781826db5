using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Writes the layers of a model that follow each other as nodes, one after the other.</summary>
internal sealed class ModelGraph
{
    private const int PlainOpset = 14;
    private const int NormalizationOpset = 17;
    private const int DilationOpset = 19;

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

    /// <summary>Version of the operators that a model needs: the one that has all of its layers.</summary>
    public static int OpsetOf(ModelDefinition definition) => definition.Layers.Select(layer => layer switch
    {
        LayerNormalizationLayer => NormalizationOpset,
        AveragePoolingLayer { Specification.Dilation: > 1 } => DilationOpset,
        _ => PlainOpset,
    }).Max();

    public static GraphBuilder Of(ModelDefinition definition)
    {
        if (definition.Masking is not null)
        {
            throw new NotSupportedException("ONNX export: the model has Masking, which ONNX has no operator for.");
        }

        if (NamedGraph.IsNeeded(definition))
        {
            return NamedGraph.Of(definition);
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
        object steps = NamedGraph.TimeOf(_definition, 0);
        _graph.Graph.Output.Add(IsBatchMajor
            ? GraphBuilder.Value(Output, Float, BatchAxis, steps, _definition.OutputSize)
            : GraphBuilder.Value(Output, Float, steps, BatchAxis, _definition.OutputSize));
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
                case RecurrentLayer or EmbeddingLayer or ConvolutionLayer or MaxPoolingLayer or AveragePoolingLayer:
                case ResidualLayer residual when i - residual.Specification.Span < begin:
                    begin = i + 1;
                    break;
            }
        }

        return begin;
    }

    private string LastStep(string current) => LayerNodes.LastStep(_graph, "last_step", current);

    private string Layer(int index, string input, bool finalState)
    {
        string name = $"layer_{index}";
        return _definition.Layers[index] switch
        {
            RecurrentLayer layer => Recurrent(name, layer, input, finalState),
            ResidualLayer layer => Residual(name, index, layer.Specification, input),
            { } layer => LayerNodes.Write(_graph, name, index, layer, input),
        };
    }

    private string Recurrent(string name, RecurrentLayer layer, string input, bool finalState)
    {
        (string steps, string state, _) = RecurrentNodes.Write(
            _graph, $"{name}_{RecurrentNodes.NameOf(layer)}", layer, [input], everyStep: !finalState, finalState);
        return finalState ? state : steps;
    }

    private string Residual(string name, int index, ResidualSpecification specification, string input)
    {
        int source = index - specification.Span;
        return LayerNodes.Residual(
            _graph,
            name,
            input,
            _inputs[source],
            specification.InputSize,
            _definition.Layers[source].Specification.InputSize);
    }
}
