using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Layers over windows of steps as nodes. ONNX has their sequences as <c>[batch, features, time]</c>, so they are transposed
/// on the way in and out.
/// </summary>
internal static class WindowNodes
{
    /// <summary>Adds the nodes of a convolution.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">What names of its nodes begin with.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="input">What it reads, time-major.</param>
    /// <returns>What it outputs, time-major.</returns>
    public static string Convolution(GraphBuilder graph, string name, ConvolutionLayer layer, string input)
    {
        ConvolutionSpecification specification = layer.Specification;
        bool hasHistory = !layer.Weights.InitialHistory.IsEmpty;
        string read = FeaturesFirst(graph, name, hasHistory ? History(graph, name, layer, input) : input);
        string[] inputs =
        [
            read,
            graph.Constant(Initializer.Transposed(
                $"{name}_kernel",
                layer.Weights.Kernel,
                specification.OutputSize,
                specification.KernelSize,
                specification.InputSize / specification.Groups)),
            .. layer.Weights.Bias.IsEmpty
                ? (string[])[]
                : [graph.Constant(Initializer.Of($"{name}_bias", [specification.OutputSize], layer.Weights.Bias))],
        ];
        string steps = graph.Node(
            name,
            "Conv",
            inputs,
            [
                GraphBuilder.Attribute("group", specification.Groups),
                .. Attributes(specification, hasHistory ? (0, 0) : (specification.PaddingBefore, specification.PaddingAfter)),
                GraphBuilder.Attribute("dilations", [(long)specification.Dilation]),
            ]);
        return TimeFirst(graph, name, ActivationNodes.Write(graph, $"{name}_activation", specification.Activation, steps));
    }

    /// <summary>Adds the nodes of a layer that takes the largest values of windows.</summary>
    public static string MaxPooling(GraphBuilder graph, string name, MaxPoolingSpecification specification, string input)
    {
        string read = FeaturesFirst(graph, name, input);
        (int, int) pads = (specification.PaddingBefore, specification.PaddingAfter);
        if (!IsPaddingOfOperator(specification))
        {
            read = Pad(graph, name, specification, read, -float.MaxValue);
            pads = (0, 0);
        }

        string steps = graph.Node(
            name,
            "MaxPool",
            [read],
            [.. Attributes(specification, pads), GraphBuilder.Attribute("dilations", [(long)specification.Dilation])]);
        return TimeFirst(graph, name, steps);
    }

    /// <summary>Adds the nodes of a layer that takes the means of windows.</summary>
    public static string AveragePooling(GraphBuilder graph, string name, AveragePoolingSpecification specification, string input)
    {
        string read = FeaturesFirst(graph, name, input);
        (int, int) pads = (specification.PaddingBefore, specification.PaddingAfter);
        if (!IsPaddingOfOperator(specification))
        {
            read = specification.CountsPadding
                ? Pad(graph, name, specification, read, 0)
                : throw new NotSupportedException(
                    $"ONNX export: {name} has a dilation and more padding than {nameof(specification.KernelSize)} "
                    + $"{specification.KernelSize}, which does not count; ONNX's AveragePool has no such padding.");
            pads = (0, 0);
        }

        AttributeProto[] dilations = specification.Dilation == 1
            ? []
            : [GraphBuilder.Attribute("dilations", [(long)specification.Dilation])];
        string steps = graph.Node(
            name,
            "AveragePool",
            [read],
            [
                .. Attributes(specification, pads),
                GraphBuilder.Attribute("count_include_pad", specification.CountsPadding ? 1 : 0),
                .. dilations,
            ]);
        return TimeFirst(graph, name, steps);
    }

    // Of a pooling operator, less than a kernel of padding at each end.
    private static bool IsPaddingOfOperator(WindowSpecification specification) =>
        specification.PaddingBefore < specification.KernelSize && specification.PaddingAfter < specification.KernelSize;

    private static AttributeProto[] Attributes(WindowSpecification specification, (int Before, int After) pads) =>
    [
        GraphBuilder.Attribute("kernel_shape", [(long)specification.KernelSize]),
        GraphBuilder.Attribute("strides", [(long)specification.Stride]),
        GraphBuilder.Attribute("pads", [(long)pads.Before, pads.After]),
    ];

    private static string FeaturesFirst(GraphBuilder graph, string name, string input) =>
        graph.Node($"{name}_features_first", "Transpose", [input], GraphBuilder.Attribute("perm", [1L, 2, 0]));

    private static string TimeFirst(GraphBuilder graph, string name, string input) =>
        graph.Node($"{name}_time_first", "Transpose", [input], GraphBuilder.Attribute("perm", [2L, 0, 1]));

    private static string Pad(GraphBuilder graph, string name, WindowSpecification specification, string input, float fill) =>
        graph.Node(
            $"{name}_padded",
            "Pad",
            [
                input,
                graph.Constant($"{name}_pads", 0, 0, specification.PaddingBefore, 0, 0, specification.PaddingAfter),
                graph.Constant($"{name}_fill", fill),
            ]);

    /// <summary>The steps before the first one, the same for every row of the batch, in front of the sequence.</summary>
    private static string History(GraphBuilder graph, string name, ConvolutionLayer layer, string input)
    {
        ConvolutionSpecification specification = layer.Specification;
        string steps = graph.Constant(Initializer.Of(
            $"{name}_history_steps", [specification.Reach, 1, specification.InputSize], layer.Weights.InitialHistory));
        string shape = graph.Node($"{name}_history_shape_of_input", "Shape", [input]);
        string batch = graph.Node(
            $"{name}_history_batch", "Gather", [shape, graph.Constant($"{name}_history_batch_axis", 1)],
            GraphBuilder.Attribute("axis", 0));
        string target = graph.Node(
            $"{name}_history_shape",
            "Concat",
            [
                graph.Constant($"{name}_history_reach", specification.Reach),
                batch,
                graph.Constant($"{name}_history_features", specification.InputSize),
            ],
            GraphBuilder.Attribute("axis", 0));
        string history = graph.Node($"{name}_history", "Expand", [steps, target]);
        return graph.Node($"{name}_with_history", "Concat", [history, input], GraphBuilder.Attribute("axis", 0));
    }
}
