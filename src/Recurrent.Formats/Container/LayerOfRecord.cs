using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>Records of a file as layers.</summary>
internal static class LayerOfRecord
{
    /// <summary>The layer; its specification checks what is in it.</summary>
    /// <exception cref="ArgumentException">The record is no layer.</exception>
    public static Layer Of(LayerRecord r) => r.Kind switch
    {
        LayerKind.SimpleRnn or LayerKind.Lstm or LayerKind.Gru or LayerKind.GruResetBefore => Recurrent(r),
        LayerKind.Dense => new DenseLayer(
            new DenseSpecification { InputSize = r.InputSize, OutputSize = r.HiddenSize, Activation = Weights(r).Candidate },
            DenseWeights.Wrap(Required(r, WeightField.InputWeights), Weights(r).Values(WeightField.InputBias))),
        LayerKind.Activation => new ActivationLayer(SameSize(r), Weights(r).Candidate),
        LayerKind.Softmax => new SoftmaxLayer(SameSize(r)),
        LayerKind.Scale => new ScaleLayer(
            Required(r, WeightField.InputWeights).Span, Weights(r).Values(WeightField.InputBias).Span),
        LayerKind.Embedding => EmbeddingLayer.Wrap(
            new EmbeddingSpecification { InputSize = r.InputSize, OutputSize = r.HiddenSize },
            Required(r, WeightField.InputWeights)),
        LayerKind.Residual => new ResidualLayer(new ResidualSpecification { InputSize = SameSize(r), Span = r.ResidualSpan }),
        LayerKind.Concatenation => new ConcatenationLayer(SameSize(r)),
        LayerKind.Sum => new SumLayer(SameSize(r)),
        LayerKind.Product => new ProductLayer(SameSize(r)),
        LayerKind.Slice => new SliceLayer(r.InputSize, r.First, r.HiddenSize),
        LayerKind.LastStep => new LastStepLayer(SameSize(r)),
        LayerKind.FinalState => new FinalStateLayer(SameSize(r)),
        LayerKind.FinalCellState => new FinalCellStateLayer(r.InputSize, r.HiddenSize),
        LayerKind.Repeat => new RepeatLayer(SameSize(r), r.Steps),
        LayerKind.Reverse => new ReverseLayer(SameSize(r)),
        LayerKind.LastSteps => new LastStepsLayer(SameSize(r), r.Steps),
        LayerKind.Convolution => Convolution(r),
        LayerKind.MaxPooling => new MaxPoolingLayer(new MaxPoolingSpecification
        {
            InputSize = SameSize(r),
            KernelSize = r.KernelSize,
            Stride = r.Stride,
            Dilation = r.Dilation,
            PaddingBefore = r.PadBefore,
            PaddingAfter = r.PadAfter,
        }),
        LayerKind.AveragePooling => new AveragePoolingLayer(new AveragePoolingSpecification
        {
            InputSize = SameSize(r),
            KernelSize = r.KernelSize,
            Stride = r.Stride,
            Dilation = r.Dilation,
            PaddingBefore = r.PadBefore,
            PaddingAfter = r.PadAfter,
            CountsPadding = r.CountsPadding == 1,
        }),
        LayerKind.LayerNormalization => new LayerNormalizationLayer(
            new LayerNormalizationSpecification { InputSize = SameSize(r), Epsilon = r.Epsilon },
            (r.Forward?.Values(WeightField.InputWeights) ?? default).Span,
            (r.Forward?.Values(WeightField.InputBias) ?? default).Span),
        LayerKind.LogSoftmax => new LogSoftmaxLayer(SameSize(r)),
        LayerKind.MeanOverTime => new MeanOverTimeLayer(SameSize(r)),
        LayerKind.MaxOverTime => new MaxOverTimeLayer(SameSize(r)),
        LayerKind.SoftmaxOverTime => new SoftmaxOverTimeLayer(SameSize(r)),
        LayerKind.Flatten => WithOutput(r, new FlattenLayer(r.InputSize, r.Steps)),
        LayerKind.Unflatten => WithOutput(r, new UnflattenLayer(r.InputSize, r.Steps)),
        _ => throw new ArgumentException($"kind: expected a value from 0 to {(int)LayerKind.FinalCellState}, found {(int)r.Kind}"),
    };

    private static RecurrentLayer Recurrent(LayerRecord r)
    {
        CellActivations activations = ActivationsOf(r.Forward ?? r.Reverse ?? throw NoWeights());
        CellActivations? reverse = r is { Forward: not null, Reverse: not null } && ActivationsOf(r.Reverse) != activations
            ? ActivationsOf(r.Reverse)
            : null;
        RecurrentSpecification specification = r.Kind switch
        {
            LayerKind.SimpleRnn => new SimpleRnnSpecification
            {
                InputSize = r.InputSize,
                HiddenSize = r.HiddenSize,
                Activation = activations.Candidate,
            },
            LayerKind.Lstm => new LstmSpecification
            {
                InputSize = r.InputSize,
                HiddenSize = r.HiddenSize,
                GateActivation = activations.Gate,
                CandidateActivation = activations.Candidate,
                OutputActivation = activations.Output,
                ProjectionSize = r.ProjectionSize,
                Coupling = r.GateCoupling,
                OutputPeephole = r.OutputPeephole,
            },
            _ => new GruSpecification
            {
                InputSize = r.InputSize,
                HiddenSize = r.HiddenSize,
                ResetAfter = r.Kind == LayerKind.Gru,
                GateActivation = activations.Gate,
                CandidateActivation = activations.Candidate,
            },
        };
        return new RecurrentLayer(
            specification with { Direction = r.Direction, Clip = r.Clip, ReverseActivations = reverse },
            [.. r.Directions().Select(CellOf)]);
    }

    private static CellActivations ActivationsOf(DirectionRecord direction) =>
        new(direction.Gate, direction.Candidate, direction.Output);

    private static CellWeights CellOf(DirectionRecord direction) => CellWeights.Wrap(
        direction.Values(WeightField.InputWeights),
        direction.Values(WeightField.RecurrentWeights),
        direction.Values(WeightField.InputBias),
        direction.Values(WeightField.RecurrentBias),
        direction.Values(WeightField.Peephole),
        direction.Values(WeightField.Projection),
        direction.Values(WeightField.InitialHidden),
        direction.Values(WeightField.InitialCell));

    private static ConvolutionLayer Convolution(LayerRecord r) => new(
        new ConvolutionSpecification
        {
            InputSize = r.InputSize,
            OutputSize = r.HiddenSize,
            KernelSize = r.KernelSize,
            Stride = r.Stride,
            Dilation = r.Dilation,
            PaddingBefore = r.PadBefore,
            PaddingAfter = r.PadAfter,
            Groups = r.Groups,
            Activation = Weights(r).Candidate,
        },
        ConvolutionWeights.Wrap(
            Required(r, WeightField.InputWeights),
            Weights(r).Values(WeightField.InputBias),
            Weights(r).Values(WeightField.InitialHidden)));

    private static DirectionRecord Weights(LayerRecord r) => r.Forward ?? throw NoWeights();

    private static ReadOnlyMemory<float> Required(LayerRecord r, WeightField field)
    {
        ReadOnlyMemory<float> values = Weights(r).Values(field);
        return values.IsEmpty ? throw new ArgumentException($"expected {field} of a layer of kind {r.Kind}, found none") : values;
    }

    private static int SameSize(LayerRecord r) => r.HiddenSize == r.InputSize
        ? r.InputSize
        : throw new ArgumentException(
            $"hidden_size: expected input_size ({r.InputSize}) in a layer of kind {r.Kind}, found {r.HiddenSize}");

    private static Layer WithOutput(LayerRecord r, Layer layer) => layer.Specification.OutputSize == r.HiddenSize
        ? layer
        : throw new ArgumentException(
            $"hidden_size: expected {layer.Specification.OutputSize} in a layer of kind {r.Kind}, found {r.HiddenSize}");

    private static ArgumentException NoWeights() => new("expected the weights of a layer, found none");
}
