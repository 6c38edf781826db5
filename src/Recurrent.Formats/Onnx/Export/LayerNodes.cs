using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Layers that read one value and are not recurrent, as nodes.</summary>
internal static class LayerNodes
{
    /// <summary>Adds the nodes of a layer.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">What names of its nodes begin with.</param>
    /// <param name="index">The layer's index, for messages.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="input">What it reads, features last.</param>
    /// <returns>What it puts out.</returns>
    /// <exception cref="NotSupportedException">It is no such layer.</exception>
    public static string Write(GraphBuilder graph, string name, int index, Layer layer, string input) => layer switch
    {
        DenseLayer dense => Dense(graph, $"{name}_dense", dense, input),
        ActivationLayer activation => ActivationNodes.Write(
            graph, $"{name}_activation", activation.Specification.Activation, input),
        SoftmaxLayer => graph.Node($"{name}_softmax", "Softmax", [input], GraphBuilder.Attribute("axis", -1)),
        LogSoftmaxLayer => graph.Node($"{name}_log_softmax", "LogSoftmax", [input], GraphBuilder.Attribute("axis", -1)),
        LayerNormalizationLayer normalization => Normalization(graph, $"{name}_normalization", normalization, input),
        ConvolutionLayer convolution => WindowNodes.Convolution(graph, $"{name}_convolution", convolution, input),
        MaxPoolingLayer pooling => WindowNodes.MaxPooling(graph, $"{name}_max_pooling", pooling.Specification, input),
        AveragePoolingLayer pooling => WindowNodes.AveragePooling(graph, $"{name}_average_pooling", pooling.Specification, input),
        MeanOverTimeLayer => RowNodes.OverTime(graph, $"{name}_mean_over_time", "GlobalAveragePool", input),
        MaxOverTimeLayer => RowNodes.OverTime(graph, $"{name}_max_over_time", "GlobalMaxPool", input),
        FlattenLayer flatten => RowNodes.Flatten(graph, $"{name}_flatten", flatten.Specification, input),
        UnflattenLayer unflatten => RowNodes.Unflatten(graph, $"{name}_unflatten", unflatten.Specification, input),
        ScaleLayer scale => Scale(graph, $"{name}_scale", scale, input),
        EmbeddingLayer embedding => Embedding(graph, $"{name}_embedding", embedding, input),
        SliceLayer slice => Slice(
            graph, $"{name}_slice", $"{name}_slice", input, slice.Specification.First, slice.Specification.OutputSize),
        _ => throw new NotSupportedException(
            $"ONNX export: layer {index} is a {layer.GetType().Name}, which cannot be written."),
    };

    /// <summary>Adds a residual connection.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">What names of its nodes begin with.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="source">What is added, its first features if it is wider.</param>
    /// <param name="size">Features of <paramref name="input"/>.</param>
    /// <param name="sourceSize">Features of <paramref name="source"/>.</param>
    public static string Residual(
        GraphBuilder graph, string name, string input, string source, int size, int sourceSize) =>
        graph.Node(
            $"{name}_residual",
            "Add",
            [input, sourceSize > size ? Slice(graph, $"{name}_residual_source", $"{name}_residual", source, 0, size) : source]);

    /// <summary>Adds the node that takes the last step of a time-major sequence.</summary>
    public static string LastStep(GraphBuilder graph, string name, string input) => graph.Node(
        name, "Gather", [input, graph.Constant(Initializer.Of($"{name}_index", isScalar: true, -1))],
        GraphBuilder.Attribute("axis", 0));

    /// <summary>Adds the node that takes some features.</summary>
    private static string Slice(
        GraphBuilder graph, string name, string nameOfConstants, string input, int first, int count) => graph.Node(
        name,
        "Slice",
        [
            input,
            graph.Constant($"{nameOfConstants}_begin", first),
            graph.Constant($"{nameOfConstants}_end", first + count),
            graph.Constant($"{nameOfConstants}_axis", -1),
        ]);

    private static string Dense(GraphBuilder graph, string name, DenseLayer layer, string input)
    {
        DenseSpecification specification = layer.Specification;
        string kernel = graph.Constant(Initializer.Transposed(
            $"{name}_kernel", layer.Weights.Kernel, specification.OutputSize, specification.InputSize));
        string current = graph.Node($"{name}_product", "MatMul", [input, kernel]);
        if (!layer.Weights.Bias.IsEmpty)
        {
            string bias = graph.Constant(
                Initializer.Of($"{name}_bias", [specification.OutputSize], layer.Weights.Bias));
            current = graph.Node($"{name}_sum", "Add", [current, bias]);
        }

        return ActivationNodes.Write(graph, $"{name}_activation", specification.Activation, current);
    }

    private static string Scale(GraphBuilder graph, string name, ScaleLayer layer, string input)
    {
        int size = layer.Specification.InputSize;
        string factors = graph.Constant(Initializer.Of($"{name}_factors", [size], layer.Factors));
        string current = graph.Node($"{name}_product", "Mul", [input, factors]);
        return layer.Offsets.IsEmpty
            ? current
            : graph.Node(
                $"{name}_sum", "Add",
                [current, graph.Constant(Initializer.Of($"{name}_offsets", [size], layer.Offsets))]);
    }

    private static string Normalization(GraphBuilder graph, string name, LayerNormalizationLayer layer, string input)
    {
        int size = layer.Specification.InputSize;
        ReadOnlyMemory<float> factors = layer.Factors.IsEmpty ? FeatureConstants.Filled(size, 1) : layer.Factors;
        string[] inputs =
        [
            input,
            graph.Constant(Initializer.Of($"{name}_factors", [size], factors)),
            .. layer.Offsets.IsEmpty
                ? (string[])[]
                : [graph.Constant(Initializer.Of($"{name}_offsets", [size], layer.Offsets))],
        ];
        return graph.Node(
            name,
            "LayerNormalization",
            inputs,
            GraphBuilder.Attribute("axis", -1),
            GraphBuilder.Attribute("epsilon", layer.Specification.Epsilon));
    }

    private static string Embedding(GraphBuilder graph, string name, EmbeddingLayer layer, string input)
    {
        string table = graph.Constant(Initializer.Of(
            $"{name}_table", [layer.Specification.InputSize, layer.Specification.OutputSize], layer.Table));
        return graph.Node(name, "Gather", [table, input], GraphBuilder.Attribute("axis", 0));
    }
}
