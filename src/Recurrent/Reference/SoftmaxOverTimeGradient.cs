using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// <c>y = sum w_t x_t</c>, <c>w</c> being the softmax of the scores <c>s</c>: <c>dx_t = w_t dy</c>, and
/// <c>ds_t = w_t (dw_t - sum w dw)</c> with <c>dw_t = x_t dy</c>.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class SoftmaxOverTimeGradient<T, TArithmetic>(LayerRunner<T> runner) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    public override LayerSpecification Specification { get; } = runner.Specification;

    public override void Forward(LayerPass<T> pass) => runner.Run(pass.Read, pass.Output, pass.Extent, pass.States);

    public override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        for (int row = 0; row < pass.Extent.Batch; row++)
        {
            for (int j = 0; j < Specification.InputSize; j++)
            {
                GoBack(pass, gradients, row, j);
            }
        }
    }

    /// <summary>Back over one feature of a row; of scores that all features have in common, a share of their gradient.</summary>
    private static void GoBack(LayerPass<T> pass, LayerPassGradients gradients, int row, int feature)
    {
        LayerValue<T> values = pass.Read[0];
        LayerValue<T> scores = pass.Read[1];
        int scoreFeature = scores.Size == 1 ? 0 : feature;
        double[] weights = Array.ConvertAll(
            SoftmaxOverTimeRunner<T, TArithmetic>.Weights(scores, row, scoreFeature), double.CreateChecked);
        double dy = gradients.Output[(row * values.Size) + feature];
        double[] dWeights = new double[weights.Length];
        double mean = 0;
        for (int t = 0; t < weights.Length; t++)
        {
            int step = (t * values.Extent.Batch) + row;
            gradients.Inputs[0][(step * values.Size) + feature] += weights[t] * dy;
            dWeights[t] = double.CreateChecked(values.Step(step)[feature]) * dy;
            mean += weights[t] * dWeights[t];
        }

        for (int t = 0; t < weights.Length; t++)
        {
            int step = (t * values.Extent.Batch) + row;
            gradients.Inputs[1][(step * scores.Size) + scoreFeature] += weights[t] * (dWeights[t] - mean);
        }
    }
}
