using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>A block of parameters with a penalty.</summary>
internal readonly record struct PenalizedBlock(int Index, ParameterBlock Block, Regularizer Regularizer)
{
    public static PenalizedBlock[] All(
        IReadOnlyList<ParameterBlock> blocks, IReadOnlyList<LayerRegularizers> layers, int layerCount)
    {
        if (layers.Count != 0 && layers.Count != layerCount)
        {
            throw new ArgumentException(
                $"{nameof(TrainingOptions.Regularizers)}: expected one for each of {layerCount} layers or none, found "
                + $"{layers.Count}.",
                nameof(layers));
        }

        List<PenalizedBlock> found = [];
        for (int i = 0; layers.Count > 0 && i < blocks.Count; i++)
        {
            Regularizer regularizer = Of(blocks[i].Role, layers[blocks[i].Layer]);
            Require.Within(regularizer.L1, 0, double.MaxValue, nameof(Regularizer.L1));
            Require.Within(regularizer.L2, 0, double.MaxValue, nameof(Regularizer.L2));
            if (!regularizer.IsNone)
            {
                found.Add(new PenalizedBlock(i, blocks[i], regularizer));
            }
        }

        return [.. found];
    }

    private static Regularizer Of(ParameterRole role, LayerRegularizers layer) => role switch
    {
        ParameterRole.InputWeights or ParameterRole.Table => layer.Kernel,
        ParameterRole.RecurrentWeights => layer.Recurrent,
        ParameterRole.InputBias or ParameterRole.RecurrentBias => layer.Bias,
        _ => default,
    };
}
