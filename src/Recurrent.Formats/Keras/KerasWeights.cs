using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Layers from weights as Keras lays them out: kernels by input, outputs side by side.</summary>
internal static class KerasWeights
{
    /// <summary>A dense layer.</summary>
    /// <param name="kernel"><c>[input, output]</c>.</param>
    /// <param name="inputSize">Input features.</param>
    /// <param name="bias"><c>[output]</c>, or empty.</param>
    /// <param name="activation">What is applied to its output.</param>
    public static DenseLayer Dense(float[] kernel, int inputSize, float[] bias, Activation activation)
    {
        int outputSize = kernel.Length / inputSize;
        float[] transposed = new float[kernel.Length];
        for (int output = 0; output < outputSize; output++)
        {
            for (int input = 0; input < inputSize; input++)
            {
                transposed[(output * inputSize) + input] = kernel[(input * outputSize) + output];
            }
        }

        var specification = new DenseSpecification
        {
            InputSize = inputSize,
            OutputSize = outputSize,
            Activation = activation,
        };
        return new DenseLayer(specification, DenseWeights.Wrap(transposed, bias));
    }

    /// <summary>Batch normalisation with the statistics of training: a factor and an offset a feature.</summary>
    /// <param name="layer">The layer's name, for messages.</param>
    /// <param name="gamma">Scale, or empty.</param>
    /// <param name="beta">Offset, or empty.</param>
    /// <param name="mean">Moving mean.</param>
    /// <param name="variance">Moving variance.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public static ScaleLayer BatchNormalization(
        string layer, float[] gamma, float[] beta, float[] mean, float[] variance, double epsilon)
    {
        float[] factors = new float[mean.Length];
        float[] offsets = new float[mean.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            double factor = (gamma.Length > 0 ? gamma[i] : 1) / Math.Sqrt(variance[i] + epsilon);
            factors[i] = (float)factor;
            offsets[i] = (float)((beta.Length > 0 ? beta[i] : 0) - (mean[i] * factor));
            if (!float.IsFinite(factors[i]) || !float.IsFinite(offsets[i]))
            {
                throw new ModelFormatException(
                    $"layer '{layer}': feature {i} has the variance {variance[i]} and epsilon {epsilon}, "
                    + "by which it cannot be scaled.");
            }
        }

        return new ScaleLayer(factors, offsets);
    }
}
