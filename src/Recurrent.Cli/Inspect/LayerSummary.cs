using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Cli.Inspect;

/// <summary>What a layer is, for people.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Kind">What it is: <c>LSTM</c>.</param>
/// <param name="InputSize">Features of an input step, or indices that are known.</param>
/// <param name="OutputSize">Features of an output step.</param>
/// <param name="Direction">Which way it reads; null for a layer without state.</param>
/// <param name="Activations">Its functions; empty where there are none.</param>
/// <param name="Details">What is out of the ordinary; empty for nothing.</param>
/// <param name="Parameters">Numbers that it was trained for.</param>
internal sealed record LayerSummary(
    string Name,
    string Kind,
    int InputSize,
    int OutputSize,
    Direction? Direction,
    string Activations,
    string Details,
    long Parameters)
{
    /// <summary>The names of what it reads; empty in a model whose layers follow each other.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>The formats of its weights, where they are named for it; empty otherwise.</summary>
    public string Weights { get; init; } = string.Empty;

    /// <summary>What one would not expect of its kind; empty for nothing.</summary>
    public string Besides => string.Join("; ", new[]
    {
        Direction is null or Layers.Direction.Forward ? string.Empty : Direction.Value.ToString().ToLowerInvariant(),
        Activations == UsualActivations(Kind) ? string.Empty : Activations,
        Details,
        Weights,
    }.Where(text => text.Length > 0));

    public static LayerSummary Of(Layer layer, string name)
    {
        LayerSpecification specification = layer.Specification;
        var recurrent = specification as RecurrentSpecification;
        return new LayerSummary(
            name,
            KindOf(specification),
            specification.InputSize,
            specification.OutputSize,
            recurrent?.Direction,
            ActivationsOf(specification),
            string.Join(", ", DetailsOf(layer)),
            ParametersOf(layer));
    }

    private static string KindOf(LayerSpecification specification) => specification switch
    {
        LstmSpecification => "LSTM",
        GruSpecification { ResetAfter: true } => "GRU, reset after",
        GruSpecification => "GRU, reset before",
        SimpleRnnSpecification => "RNN",
        DenseSpecification => "dense",
        EmbeddingSpecification => "embedding",
        ActivationSpecification => "activation",
        SoftmaxSpecification => "softmax",
        ScaleSpecification => "scale",
        ResidualSpecification => "residual",
        ConcatenationSpecification => "concatenation",
        SumSpecification => "sum",
        ProductSpecification => "product",
        SliceSpecification => "slice",
        LastStepSpecification => "last step",
        FinalStateSpecification => "final state",
        FinalCellStateSpecification => "final cell state",
        RepeatSpecification => "repeat",
        ReverseSpecification => "reverse",
        LastStepsSpecification => "last steps",
        ConvolutionSpecification { IsCausal: true } => "causal convolution",
        ConvolutionSpecification => "convolution",
        MaxPoolingSpecification => "max pooling",
        AveragePoolingSpecification => "average pooling",
        LayerNormalizationSpecification => "layer normalization",
        LogSoftmaxSpecification => "log softmax",
        MeanOverTimeSpecification => "mean over time",
        MaxOverTimeSpecification => "maximum over time",
        SoftmaxOverTimeSpecification => "softmax over time",
        FlattenSpecification => "flatten",
        UnflattenSpecification => "unflatten",
        _ => specification.GetType().Name,
    };

    private static string UsualActivations(string kind) => kind switch
    {
        "LSTM" => "sigmoid, tanh, tanh",
        "RNN" => "tanh",
        _ when kind.StartsWith("GRU", StringComparison.Ordinal) => "sigmoid, tanh",
        _ => string.Empty,
    };

    private static string ActivationsOf(LayerSpecification specification) => specification switch
    {
        LstmSpecification lstm => Roles(lstm, lstm.GateActivation, lstm.CandidateActivation, lstm.OutputActivation),
        GruSpecification gru => Roles(gru, gru.GateActivation, gru.CandidateActivation),
        SimpleRnnSpecification rnn => Roles(rnn, rnn.Activation),
        DenseSpecification { Activation.Kind: ActivationKind.Identity } => string.Empty,
        DenseSpecification dense => NameOf(dense.Activation),
        ConvolutionSpecification { Activation.Kind: ActivationKind.Identity } => string.Empty,
        ConvolutionSpecification convolution => NameOf(convolution.Activation),
        ActivationSpecification activation => NameOf(activation.Activation),
        _ => string.Empty,
    };

    private static string Roles(RecurrentSpecification specification, params IEnumerable<Activation> activations)
    {
        string forward = string.Join(", ", activations.Select(NameOf));
        return specification.ReverseActivations is { } reverse
            ? $"{forward}; reverse {NameOf(reverse.Gate)}, {NameOf(reverse.Candidate)}, {NameOf(reverse.Output)}"
            : forward;
    }

    private static string NameOf(Activation activation)
    {
        string name = activation.Kind.ToString().ToLowerInvariant();
        return activation.Kind switch
        {
            ActivationKind.HardSigmoid or ActivationKind.Affine or ActivationKind.ScaledTanh or ActivationKind.Clip => string.Create(
                CultureInfo.InvariantCulture, $"{name}({activation.Alpha:G6}, {activation.Beta:G6})"),
            ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu or ActivationKind.Elu => string.Create(
                CultureInfo.InvariantCulture, $"{name}({activation.Alpha:G6})"),
            _ => name,
        };
    }

    private static IEnumerable<string> DetailsOf(Layer layer)
    {
        switch (layer)
        {
            case RecurrentLayer recurrent:
                return DetailsOf(recurrent);
            case DenseLayer { Weights.Bias.IsEmpty: true }:
                return ["no bias"];
            case ResidualLayer residual:
                return [$"adds the input of the layer {residual.Specification.Span} before"];
            case SliceLayer { Specification: var slice }:
                return [$"features {slice.First} to {slice.First + slice.OutputSize - 1}"];
            case RepeatLayer { Specification.Steps: var steps }:
                return [steps == 0 ? "as many steps as the inputs" : $"{steps} steps"];
            case LastStepsLayer { Specification.Steps: var steps }:
                return [$"{steps} steps"];
            case FlattenLayer { Specification.Steps: var steps }:
                return [$"{steps} steps"];
            case UnflattenLayer { Specification.Steps: var steps }:
                return [$"{steps} steps"];
            case LayerNormalizationLayer { Specification.Epsilon: var epsilon }:
                return [string.Create(CultureInfo.InvariantCulture, $"epsilon {epsilon:G6}")];
            case { Specification: WindowSpecification windows }:
                return WindowDetails.Of(layer, windows);
            default:
                return [];
        }
    }

    private static IEnumerable<string> DetailsOf(RecurrentLayer layer)
    {
        RecurrentSpecification specification = layer.Specification;
        CellWeights weights = layer.Forward ?? layer.Reverse!;
        if (specification.HiddenSize * specification.DirectionCount != specification.OutputSize)
        {
            yield return $"hidden {specification.HiddenSize}, projected to {specification.StateSize}";
        }

        if (!weights.Peephole.IsEmpty)
        {
            yield return "peepholes";
        }

        if (specification is LstmSpecification { Coupling: not GateCoupling.None } lstm)
        {
            yield return $"coupled gates ({lstm.Coupling})";
        }

        if (specification.Clip > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"clip {specification.Clip:G6}");
        }

        if (weights.InputBias.IsEmpty && weights.RecurrentBias.IsEmpty)
        {
            yield return "no bias";
        }

        if (!weights.InitialHidden.IsEmpty || !weights.InitialCell.IsEmpty)
        {
            yield return "trained initial state";
        }
    }

    private static long ParametersOf(Layer layer) => layer switch
    {
        RecurrentLayer recurrent => ParametersOf(recurrent.Forward) + ParametersOf(recurrent.Reverse),
        DenseLayer dense => (long)dense.Weights.Kernel.Length + dense.Weights.Bias.Length,
        EmbeddingLayer embedding => embedding.Table.Length,
        ScaleLayer scale => (long)scale.Factors.Length + scale.Offsets.Length,
        ConvolutionLayer { Weights: var weights } =>
            (long)weights.Kernel.Length + weights.Bias.Length + weights.InitialHistory.Length,
        LayerNormalizationLayer normalization => (long)normalization.Factors.Length + normalization.Offsets.Length,
        _ => 0,
    };

    private static long ParametersOf(CellWeights? weights) => weights is null
        ? 0
        : (long)weights.InputWeights.Length + weights.RecurrentWeights.Length + weights.InputBias.Length
            + weights.RecurrentBias.Length + weights.Peephole.Length + weights.Projection.Length
            + weights.InitialHidden.Length + weights.InitialCell.Length;
}
