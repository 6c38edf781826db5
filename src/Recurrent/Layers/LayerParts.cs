namespace Recurrent.Layers;

/// <summary>The weights of a layer as a list, in the order of <see cref="ParameterBlock"/>.</summary>
internal static class LayerParts
{
    /// <summary>Gives a part of a layer other values: those of the same length, or none where the layer has none.</summary>
    public delegate float[] Values(Direction direction, ParameterRole role);

    /// <summary>The parts that a layer has.</summary>
    public static IEnumerable<LayerPart> Of(Layer layer) => AllOf(layer).Where(part => !part.Values.IsEmpty);

    /// <summary>The same layer with other weights.</summary>
    public static Layer Replace(Layer layer, Values values)
    {
        switch (layer)
        {
            case RecurrentLayer recurrent:
                CellWeights[] directions =
                [
                    .. from direction in new[] { Direction.Forward, Direction.Reverse }
                       where recurrent.Specification.Has(direction)
                       select Replace(direction, values),
                ];
                return new RecurrentLayer(recurrent.Specification, directions);
            case DenseLayer dense:
                return new DenseLayer(
                    dense.Specification,
                    DenseWeights.Wrap(Forward(ParameterRole.InputWeights), Forward(ParameterRole.InputBias)));
            case ConvolutionLayer convolution:
                return new ConvolutionLayer(
                    convolution.Specification,
                    ConvolutionWeights.Wrap(
                        Forward(ParameterRole.InputWeights),
                        Forward(ParameterRole.InputBias),
                        Forward(ParameterRole.InitialHidden)));
            case LayerNormalizationLayer normalization:
                return new LayerNormalizationLayer(
                    normalization.Specification, Forward(ParameterRole.Factors), Forward(ParameterRole.Offsets));
            case ScaleLayer:
                return new ScaleLayer(Forward(ParameterRole.Factors), Forward(ParameterRole.Offsets));
            case EmbeddingLayer embedding:
                return EmbeddingLayer.Wrap(embedding.Specification, Forward(ParameterRole.Table));
            default:
                return layer;
        }

        float[] Forward(ParameterRole role) => values(Direction.Forward, role);
    }

    private static CellWeights Replace(Direction direction, Values values) => CellWeights.Wrap(
        values(direction, ParameterRole.InputWeights),
        values(direction, ParameterRole.RecurrentWeights),
        values(direction, ParameterRole.InputBias),
        values(direction, ParameterRole.RecurrentBias),
        values(direction, ParameterRole.Peephole),
        values(direction, ParameterRole.Projection),
        values(direction, ParameterRole.InitialHidden),
        values(direction, ParameterRole.InitialCell));

    private static IEnumerable<LayerPart> AllOf(Layer layer) => layer switch
    {
        RecurrentLayer recurrent =>
        [
            .. Of(recurrent.Specification, Direction.Forward, recurrent.Forward),
            .. Of(recurrent.Specification, Direction.Reverse, recurrent.Reverse),
        ],
        DenseLayer { Specification: var specification, Weights: var weights } =>
        [
            Matrix(ParameterRole.InputWeights, specification.OutputSize, specification.InputSize, weights.Kernel),
            Vector(ParameterRole.InputBias, weights.Bias),
        ],
        ConvolutionLayer { Specification: var specification, Weights: var weights } =>
        [
            Matrix(ParameterRole.InputWeights, specification.OutputSize, specification.RowLength, weights.Kernel),
            Vector(ParameterRole.InputBias, weights.Bias),
            Vector(ParameterRole.InitialHidden, weights.InitialHistory),
        ],
        LayerNormalizationLayer normalization =>
        [
            Vector(ParameterRole.Factors, normalization.Factors),
            Vector(ParameterRole.Offsets, normalization.Offsets),
        ],
        ScaleLayer scale =>
        [
            Vector(ParameterRole.Factors, scale.Factors),
            Vector(ParameterRole.Offsets, scale.Offsets),
        ],
        EmbeddingLayer { Specification: var specification, Table: var table } =>
        [
            Matrix(ParameterRole.Table, specification.InputSize, specification.OutputSize, table),
        ],
        _ => [],
    };

    private static IEnumerable<LayerPart> Of(
        RecurrentSpecification specification, Direction direction, CellWeights? weights)
    {
        if (weights is null)
        {
            return [];
        }

        int rows = specification.GateCount * specification.HiddenSize;
        int state = specification.StateSize;
        return
        [
            Matrix(ParameterRole.InputWeights, rows, specification.InputSize, weights.InputWeights, direction),
            Matrix(ParameterRole.RecurrentWeights, rows, state, weights.RecurrentWeights, direction),
            Vector(ParameterRole.InputBias, weights.InputBias, direction),
            Vector(ParameterRole.RecurrentBias, weights.RecurrentBias, direction),
            Vector(ParameterRole.Peephole, weights.Peephole, direction),
            Matrix(ParameterRole.Projection, state, specification.HiddenSize, weights.Projection, direction),
            Vector(ParameterRole.InitialHidden, weights.InitialHidden, direction),
            Vector(ParameterRole.InitialCell, weights.InitialCell, direction),
        ];
    }

    private static LayerPart Matrix(
        ParameterRole role, int rows, int columns, ReadOnlyMemory<float> values, Direction direction = Direction.Forward) =>
        new(direction, role, rows, columns, values);

    private static LayerPart Vector(
        ParameterRole role, ReadOnlyMemory<float> values, Direction direction = Direction.Forward) =>
        new(direction, role, 1, values.Length, values);
}
