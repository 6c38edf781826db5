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
        return DenseByOutput(Transpose(kernel, kernel.Length / inputSize), inputSize, bias, activation);
    }

    /// <summary>Swaps the inputs of a kernel, which come first, with its outputs.</summary>
    /// <param name="kernel"><c>[…, outputs]</c>.</param>
    /// <param name="outputSize">Number of outputs.</param>
    /// <returns><c>[outputs, …]</c>.</returns>
    public static float[] Transpose(float[] kernel, int outputSize)
    {
        int inputs = kernel.Length / outputSize;
        float[] transposed = new float[kernel.Length];
        for (int output = 0; output < outputSize; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                transposed[(output * inputs) + input] = kernel[(input * outputSize) + output];
            }
        }

        return transposed;
    }

    /// <summary>A dense layer of a kernel that is transposed already.</summary>
    /// <param name="kernel"><c>[output, input]</c>. It is not copied.</param>
    /// <param name="inputSize">Input features.</param>
    /// <param name="bias"><c>[output]</c>, or empty.</param>
    /// <param name="activation">What is applied to its output.</param>
    public static DenseLayer DenseByOutput(float[] kernel, int inputSize, float[] bias, Activation activation)
    {
        var specification = new DenseSpecification
        {
            InputSize = inputSize,
            OutputSize = kernel.Length / inputSize,
            Activation = activation,
        };
        return new DenseLayer(specification, DenseWeights.Wrap(kernel, bias));
    }

    /// <summary>
    /// The weights of a recurrent layer of kernels that are transposed already, in place:
    /// <see cref="GateOrder.FromKeras"/> copies them more than once.
    /// </summary>
    /// <param name="specification">The layer.</param>
    /// <param name="kernel"><c>[G*H, I]</c>, gates as Keras has them. It is changed, and not copied.</param>
    /// <param name="recurrentKernel"><c>[G*H, H]</c>, likewise.</param>
    /// <param name="bias"><c>[G*H]</c>, of a reset-after GRU <c>[2, G*H]</c>, or empty; likewise.</param>
    public static CellWeights RecurrentByGate(
        RecurrentSpecification specification, float[] kernel, float[] recurrentKernel, float[] bias)
    {
        int rows = specification.GateCount * specification.HiddenSize;
        Memory<float> inputBias = bias.AsMemory(0, Math.Min(rows, bias.Length));
        Memory<float> recurrentBias = bias.AsMemory(inputBias.Length);
        foreach (Memory<float> part in (Memory<float>[])[kernel, recurrentKernel, inputBias, recurrentBias])
        {
            GateOrder.Keras.ToCanonical(specification, part.Span);
        }

        return CellWeights.Wrap(kernel, recurrentKernel, inputBias, recurrentBias);
    }

    /// <summary>Batch normalization with the statistics of training: a factor and an offset a feature.</summary>
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
