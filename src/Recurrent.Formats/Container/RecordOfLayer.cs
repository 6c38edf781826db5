using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>Layers as records of a file.</summary>
internal static class RecordOfLayer
{
    /// <summary>The record of a layer, which reads some values; none for the one before.</summary>
    public static LayerRecord Of(Layer layer, IReadOnlyList<int> reads) => Describe(layer) with { Reads = reads };

    private static LayerRecord Describe(Layer layer) => layer switch
    {
        RecurrentLayer recurrent => Describe(recurrent),
        DenseLayer dense => WithWeights(
            Plain(layer, LayerKind.Dense),
            dense.Specification.Activation,
            (WeightField.InputWeights, dense.Weights.Kernel), (WeightField.InputBias, dense.Weights.Bias)),
        ActivationLayer activation => WithWeights(
            Plain(layer, LayerKind.Activation), activation.Specification.Activation),
        SoftmaxLayer => Plain(layer, LayerKind.Softmax),
        ScaleLayer scale => WithWeights(
            Plain(layer, LayerKind.Scale),
            default,
            (WeightField.InputWeights, scale.Factors), (WeightField.InputBias, scale.Offsets)),
        EmbeddingLayer embedding => WithWeights(
            Plain(layer, LayerKind.Embedding), default, (WeightField.InputWeights, embedding.Table)),
        ResidualLayer residual => Plain(layer, LayerKind.Residual) with { ResidualSpan = residual.Specification.Span },
        ConcatenationLayer => Plain(layer, LayerKind.Concatenation),
        SumLayer => Plain(layer, LayerKind.Sum),
        ProductLayer => Plain(layer, LayerKind.Product),
        SliceLayer slice => Plain(layer, LayerKind.Slice) with { First = slice.Specification.First },
        LastStepLayer => Plain(layer, LayerKind.LastStep),
        FinalStateLayer => Plain(layer, LayerKind.FinalState),
        FinalCellStateLayer => Plain(layer, LayerKind.FinalCellState),
        RepeatLayer repeat => Plain(layer, LayerKind.Repeat) with { Steps = repeat.Specification.Steps },
        ReverseLayer => Plain(layer, LayerKind.Reverse),
        LastStepsLayer last => Plain(layer, LayerKind.LastSteps) with { Steps = last.Specification.Steps },
        ConvolutionLayer convolution => WithWeights(
            Windows(convolution.Specification, LayerKind.Convolution) with { Groups = convolution.Specification.Groups },
            convolution.Specification.Activation,
            (WeightField.InputWeights, convolution.Weights.Kernel), (WeightField.InputBias, convolution.Weights.Bias),
            (WeightField.InitialHidden, convolution.Weights.InitialHistory)),
        MaxPoolingLayer pooling => Windows(pooling.Specification, LayerKind.MaxPooling),
        AveragePoolingLayer pooling => Windows(pooling.Specification, LayerKind.AveragePooling) with
        {
            CountsPadding = pooling.Specification.CountsPadding ? 1 : 0,
        },
        LayerNormalizationLayer normalization => WithWeights(
            Plain(layer, LayerKind.LayerNormalization) with { Epsilon = normalization.Specification.Epsilon },
            default,
            (WeightField.InputWeights, normalization.Factors), (WeightField.InputBias, normalization.Offsets)),
        LogSoftmaxLayer => Plain(layer, LayerKind.LogSoftmax),
        MeanOverTimeLayer => Plain(layer, LayerKind.MeanOverTime),
        MaxOverTimeLayer => Plain(layer, LayerKind.MaxOverTime),
        SoftmaxOverTimeLayer => Plain(layer, LayerKind.SoftmaxOverTime),
        FlattenLayer flatten => Plain(layer, LayerKind.Flatten) with { Steps = flatten.Specification.Steps },
        UnflattenLayer unflatten => Plain(layer, LayerKind.Unflatten) with { Steps = unflatten.Specification.Steps },
        _ => throw new NotSupportedException($"The layer {layer.GetType()} has no number in model files."),
    };

    private static LayerRecord Plain(Layer layer, LayerKind kind) => new()
    {
        Kind = kind,
        InputSize = layer.Specification.InputSize,
        HiddenSize = layer.Specification.OutputSize,
    };

    private static LayerRecord Windows(WindowSpecification specification, LayerKind kind) => new()
    {
        Kind = kind,
        InputSize = specification.InputSize,
        HiddenSize = specification.OutputSize,
        KernelSize = specification.KernelSize,
        Stride = specification.Stride,
        Dilation = specification.Dilation,
        PadBefore = specification.PaddingBefore,
        PadAfter = specification.PaddingAfter,
    };

    private static LayerRecord Describe(RecurrentLayer layer)
    {
        RecurrentSpecification specification = layer.Specification;
        var lstm = specification as LstmSpecification;
        var record = new LayerRecord
        {
            Kind = specification switch
            {
                SimpleRnnSpecification => LayerKind.SimpleRnn,
                LstmSpecification => LayerKind.Lstm,
                GruSpecification { ResetAfter: true } => LayerKind.Gru,
                GruSpecification => LayerKind.GruResetBefore,
                _ => throw new NotSupportedException($"The cell {specification.GetType()} has no number in model files."),
            },
            Direction = specification.Direction,
            InputSize = specification.InputSize,
            HiddenSize = specification.HiddenSize,
            ProjectionSize = lstm?.ProjectionSize ?? 0,
            GateCoupling = lstm?.Coupling ?? 0,
            OutputPeephole = lstm?.OutputPeephole ?? 0,
            Clip = specification.Clip,
        };
        return record with
        {
            Forward = Describe(record, Direction.Forward, layer.Forward),
            Reverse = Describe(record, Direction.Reverse, layer.Reverse),
        };

        DirectionRecord? Describe(LayerRecord shape, Direction direction, CellWeights? weights)
        {
            if (weights is null)
            {
                return null;
            }

            CellActivations activations = specification.GetActivations(direction);
            return Add(
                new DirectionRecord
                {
                    Gate = activations.Gate,
                    Candidate = activations.Candidate,
                    Output = activations.Output,
                },
                shape,
                (WeightField.InputWeights, weights.InputWeights),
                (WeightField.RecurrentWeights, weights.RecurrentWeights),
                (WeightField.InputBias, weights.InputBias),
                (WeightField.RecurrentBias, weights.RecurrentBias),
                (WeightField.Peephole, weights.Peephole),
                (WeightField.Projection, weights.Projection),
                (WeightField.InitialHidden, weights.InitialHidden),
                (WeightField.InitialCell, weights.InitialCell));
        }
    }

    private static LayerRecord WithWeights(
        LayerRecord record, Activation activation, params (WeightField Field, ReadOnlyMemory<float> Values)[] weights) =>
        record.Kind == LayerKind.LayerNormalization && weights.All(each => each.Values.IsEmpty)
            ? record
            : record with { Forward = Add(new DirectionRecord { Candidate = activation }, record, weights) };

    private static DirectionRecord Add(
        DirectionRecord direction, LayerRecord layer, params (WeightField Field, ReadOnlyMemory<float> Values)[] weights)
    {
        foreach ((WeightField field, ReadOnlyMemory<float> values) in weights)
        {
            if (!values.IsEmpty)
            {
                (long rows, long columns) = WeightShapes.Of(layer, field);
                direction.Arrays[(int)field] = new StoredArray { Rows = rows, Columns = columns, Values = values };
            }
        }

        return direction;
    }
}
