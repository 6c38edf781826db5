using Recurrent.Formats.Tests.Graphs;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Layers;

/// <summary>Small models of the layers that stand around recurrent ones, with random weights: the same at every call.</summary>
internal static class LayerModels
{
    /// <summary>Steps of the sequences that the models are computed for; flattening ones take no other number.</summary>
    public const int Time = 9;

    public const int Batch = 3;

    public static readonly string[] Names =
    [
        "causal convolutions", "convolution with a history", "padded convolutions", "strided convolutions", "last step of windows",
        "final state behind windows", "pooled windows", "dilated pools", "layer normalizations", "log softmax", "clip",
        "mean over time", "largest over time", "attention", "attention per feature", "flattened", "forecast", "single features",
        "reversed and pooled", "windows of words", "branches of windows",
    ];

    public static ModelDefinition Of(string name, SequenceLayout layout = SequenceLayout.BatchMajor)
    {
        Random random = new(name.Length);
        return name switch
        {
            "causal convolutions" => List(
                layout,
                Convolution(random, 3, 4, 3, causal: true, dilation: 2, activation: Activation.Relu),
                Convolution(random, 4, 6, 2, causal: true, groups: 2, bias: false),
                Convolution(random, 6, 4, 1, causal: true, activation: Activation.Tanh),
                GraphModels.Gru(4, 5, random),
                GraphModels.Dense(5, 2, random)),
            "convolution with a history" => List(
                layout, Convolution(random, 3, 4, 3, causal: true, dilation: 2, history: true), GraphModels.Lstm(4, 3, random)),
            "padded convolutions" => List(
                layout,
                Convolution(random, 3, 4, 3, before: 1, after: 1, activation: Activation.LeakyRelu(0.25f)),
                Convolution(random, 4, 4, 5, before: 1, after: 3),
                new ResidualLayer(new ResidualSpecification { InputSize = 4, Span = 1 }),
                Convolution(random, 4, 2, 4, before: 3, after: 2),
                GraphModels.Lstm(2, 3, random)),
            "strided convolutions" => List(
                layout,
                Convolution(random, 3, 6, 3, stride: 2, before: 1),
                Convolution(random, 6, 6, 2, dilation: 2, groups: 6),
                GraphModels.Gru(6, 2, random)),
            "last step of windows" => new(
                [
                    Convolution(random, 3, 4, 2),
                    GraphModels.Lstm(4, 3, random),
                    Convolution(random, 3, 3, 2, causal: true),
                    GraphModels.Dense(3, 2, random),
                ],
                ModelOutput.LastStep,
                layout: layout),
            "final state behind windows" => new(
                [Convolution(random, 3, 4, 2), GraphModels.Lstm(4, 3, random, Direction.Bidirectional), GraphModels.Dense(6, 2, random)],
                ModelOutput.FinalState,
                layout: layout),
            "pooled windows" => List(
                layout,
                new MaxPoolingLayer(new MaxPoolingSpecification { InputSize = 3, KernelSize = 3, PaddingBefore = 1, PaddingAfter = 1 }),
                GraphModels.Dense(3, 4, random),
                new AveragePoolingLayer(
                    new AveragePoolingSpecification { InputSize = 4, KernelSize = 3, PaddingBefore = 2, CountsPadding = true }),
                new AveragePoolingLayer(new AveragePoolingSpecification { InputSize = 4, KernelSize = 2, Stride = 2, PaddingAfter = 1 }),
                GraphModels.Gru(4, 2, random)),
            "dilated pools" => List(
                layout,
                new MaxPoolingLayer(new MaxPoolingSpecification
                {
                    InputSize = 3,
                    KernelSize = 2,
                    Dilation = 3,
                    PaddingBefore = 3,
                    PaddingAfter = 1,
                }),
                new MaxPoolingLayer(new MaxPoolingSpecification { InputSize = 3, KernelSize = 1, Stride = 3 }),
                GraphModels.Dense(3, 2, random)),
            "layer normalizations" => List(
                layout,
                Normalization(random, 3, factors: false, offsets: false),
                GraphModels.Lstm(3, 5, random),
                Normalization(random, 5, factors: true, offsets: true, epsilon: 0.001f),
                GraphModels.Dense(5, 4, random),
                Normalization(random, 4, factors: true, offsets: false)),
            "log softmax" => List(layout, GraphModels.Lstm(3, 5, random), GraphModels.Dense(5, 4, random), new LogSoftmaxLayer(4)),
            "clip" => List(
                layout,
                GraphModels.Dense(3, 4, random, Activation.Clip(-0.25f, 0.5f)),
                GraphModels.Gru(4, 3, random),
                new ActivationLayer(3, Activation.Clip(0, 1)),
                new ActivationLayer(3, Activation.Clip(0.0625f, float.MaxValue))),
            "mean over time" => List(layout, GraphModels.Lstm(3, 4, random), new MeanOverTimeLayer(4), GraphModels.Dense(4, 2, random)),
            "largest over time" => List(
                layout, GraphModels.Lstm(3, 4, random, Direction.Bidirectional), new MaxOverTimeLayer(8), GraphModels.Dense(8, 2, random)),
            "attention" => new(
                [ModelInput.Sequence("x", 3)],
                [
                    new(GraphModels.Gru(3, 4, random), 0),
                    new(GraphModels.Dense(4, 3, random, Activation.Tanh), 1),
                    new(GraphModels.Dense(3, 1, random), 2),
                    new(new SoftmaxOverTimeLayer(4), 1, 3),
                    new(GraphModels.Dense(4, 2, random), 4),
                ],
                [new("y", 5)],
                layout: layout),
            "attention per feature" => new(
                [ModelInput.Sequence("x", 3), ModelInput.Sequence("scores", 3)],
                [new(new SoftmaxOverTimeLayer(3), 0, 1)],
                [new("y", 2)],
                layout: layout),
            "flattened" => List(
                layout,
                GraphModels.Gru(3, 4, random),
                new FlattenLayer(4, Time),
                GraphModels.Dense(4 * Time, 2, random, Activation.Sigmoid)),
            "forecast" => List(
                layout,
                GraphModels.Lstm(3, 4, random),
                new LastStepLayer(4),
                GraphModels.Dense(4, 10, random),
                new UnflattenLayer(10, 5),
                GraphModels.Gru(2, 3, random)),
            "single features" => List(
                layout,
                GraphModels.Lstm(3, 1, random),
                new FlattenLayer(1, Time),
                GraphModels.Dense(Time, 6, random),
                new UnflattenLayer(6, 6),
                GraphModels.Gru(1, 2, random)),
            "reversed and pooled" => new(
                [new ReverseLayer(3), GraphModels.Gru(3, 4, random), Convolution(random, 4, 2, 2)], ModelOutput.LastStep, layout: layout),
            "windows of words" => List(
                layout,
                new EmbeddingLayer(new EmbeddingSpecification { InputSize = 7, OutputSize = 3 }, GraphModels.Values(21, random)),
                Convolution(random, 3, 4, 3),
                new MaxOverTimeLayer(4)),
            _ => new(
                [ModelInput.Sequence("x", 3)],
                [
                    new(Convolution(random, 3, 4, 3, before: 1, after: 1, activation: Activation.Relu), 0),
                    new(Convolution(random, 3, 2, 5, before: 4), 0),
                    new(new ConcatenationLayer(6), 1, 2),
                    new(Normalization(random, 6, factors: true, offsets: true), 3),
                    new(new MeanOverTimeLayer(6), 4),
                    new(new MaxOverTimeLayer(6), 4),
                    new(new SumLayer(6), 5, 6),
                    new(new RepeatLayer(6), 7),
                    new(new ProductLayer(6), 4, 8),
                ],
                [new("row", 7), new("steps", 9), new("windows", 2)],
                layout: layout),
        };
    }

    /// <summary>A convolution with random weights.</summary>
    public static ConvolutionLayer Convolution(
        Random random,
        int input,
        int output,
        int kernel,
        int stride = 1,
        int dilation = 1,
        int groups = 1,
        int before = 0,
        int after = 0,
        bool causal = false,
        bool bias = true,
        bool history = false,
        Activation? activation = null)
    {
        int reach = (kernel - 1) * dilation;
        ConvolutionSpecification specification = new()
        {
            InputSize = input,
            OutputSize = output,
            KernelSize = kernel,
            Stride = stride,
            Dilation = dilation,
            Groups = groups,
            PaddingBefore = causal ? reach : before,
            PaddingAfter = after,
            Activation = activation ?? Activation.Identity,
        };
        return new(
            specification,
            new ConvolutionWeights(
                GraphModels.Values(output * kernel * input / groups, random),
                bias ? GraphModels.Values(output, random) : [],
                history ? GraphModels.Values(reach * input, random) : []));
    }

    private static LayerNormalizationLayer Normalization(
        Random random, int size, bool factors, bool offsets, float epsilon = 1e-5f) => new(
            new LayerNormalizationSpecification { InputSize = size, Epsilon = epsilon },
            factors ? GraphModels.Values(size, random) : [],
            offsets ? GraphModels.Values(size, random) : []);

    private static ModelDefinition List(SequenceLayout layout, params Layer[] layers) => new(layers, layout: layout);
}
