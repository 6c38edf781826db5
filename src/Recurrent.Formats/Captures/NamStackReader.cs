using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>Makes layers of a stack of a WaveNet, and computes what silence becomes in it.</summary>
/// <param name="stack">The stack.</param>
/// <param name="number">Its number, for names.</param>
/// <param name="inputSize">Features of the network's input, the value 0.</param>
/// <param name="isLast">Whether no stack is behind it: nobody reads what its last layer hands on.</param>
/// <param name="layers">The model in the making; it reads next what the stack takes.</param>
internal sealed class NamStackReader(NamStack stack, int number, int inputSize, bool isLast, LayerListBuilder layers)
{
    private const int Input = 0;

    /// <summary>Reads the stack.</summary>
    /// <param name="numbers">The weights.</param>
    /// <param name="silence">What silence at the input is where the stack reads, and then where the next one reads.</param>
    /// <param name="head">The number of what the stack before has put out, or -1; then of what this one puts out.</param>
    public void Read(ref JsonNumbers numbers, ref double[] silence, ref int head)
    {
        DenseLayer rechannel = NamCapture.TakeDense(ref numbers, stack.InputSize, stack.Channels, hasBias: false);
        layers.Add($"rechannel_{number}", rechannel);
        silence = Multiply(rechannel, silence);
        var summands = new List<int>();
        if (head >= 0)
        {
            summands.Add(head);
        }

        for (int i = 0; i < stack.Dilations.Count; i++)
        {
            summands.Add(ReadLayer(ref numbers, ref silence, i, isEnd: isLast && i == stack.Dilations.Count - 1));
        }

        int end = layers.Value;
        layers.MoveTo(summands[^1]);
        if (summands.Count > 1)
        {
            layers.Join($"head_sum_{number}", new SumLayer(stack.Channels), summands);
        }

        layers.Add($"head_{number}", NamCapture.TakeDense(ref numbers, stack.Channels, stack.HeadSize, stack.HasHeadBias));
        head = layers.Value;
        layers.MoveTo(end);
    }

    /// <summary>Reads a layer, and leaves the builder at what it hands on.</summary>
    /// <returns>The number of what it adds to the sum.</returns>
    private int ReadLayer(ref JsonNumbers numbers, ref double[] silence, int index, bool isEnd)
    {
        string name = $"{number}_{index}";
        int before = layers.Value;
        ConvolutionLayer convolution = ReadConvolution(ref numbers, silence, stack.Dilations[index], name);
        layers.Join($"with_input_{name}", new ConcatenationLayer(stack.Channels + inputSize), [before, Input]);
        layers.Add($"conv_{name}", convolution);
        if (stack.IsGated)
        {
            Gate(name);
        }

        int output = layers.Value;
        DenseLayer mix = NamCapture.TakeDense(ref numbers, stack.Channels, stack.Channels, hasBias: true);
        double[] z = Activate(Convolve(convolution, silence));
        silence = [.. silence.Zip(Multiply(mix, z), (held, added) => held + added)];
        if (!isEnd)
        {
            layers.Add($"mix_{name}", mix);
            layers.Join($"residual_{name}", new SumLayer(stack.Channels), [before, layers.Value]);
        }

        return output;
    }

    /// <summary>The kernel in the file's order, and the part of the input behind it.</summary>
    private ConvolutionLayer ReadConvolution(ref JsonNumbers numbers, double[] silence, int dilation, string name)
    {
        int channels = stack.Channels;
        int width = channels + inputSize;
        long reach = (stack.KernelSize - 1L) * dilation;
        if (reach > WindowSpecification.MaxReach || (Int128)stack.InnerSize * stack.KernelSize * width > Array.MaxLength)
        {
            throw new ModelFormatException(
                $"conv_{name}: a kernel of {stack.KernelSize} steps, {dilation} samples apart, for {stack.InnerSize} channels is too "
                + "large.");
        }

        // The file has no bytes for the input beside the channels, and none for the history.
        layers.Charge(
            sizeof(float) * (((Int128)stack.InnerSize * stack.KernelSize * inputSize) + ((Int128)reach * width)), $"conv_{name}");
        int row = stack.KernelSize * width;
        float[] kernel = new float[stack.InnerSize * row];
        float[] steps = new float[stack.KernelSize];
        for (int output = 0; output < stack.InnerSize; output++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                numbers.Read(steps);
                for (int step = 0; step < steps.Length; step++)
                {
                    kernel[(output * row) + (step * width) + channel] = steps[step];
                }
            }
        }

        float[] bias = NamCapture.Take(ref numbers, stack.InnerSize);
        for (int output = 0; output < stack.InnerSize; output++)
        {
            numbers.Read(kernel.AsSpan(((output + 1) * row) - inputSize, inputSize));
        }

        float[] history = new float[reach * width];
        for (int step = 0; step < reach; step++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                history[(step * width) + channel] = (float)silence[channel];
            }
        }

        return new ConvolutionLayer(
            new ConvolutionSpecification
            {
                InputSize = width,
                OutputSize = stack.InnerSize,
                KernelSize = stack.KernelSize,
                Dilation = dilation,
                PaddingBefore = (int)reach,
                Activation = stack.IsGated ? Activation.Identity : stack.Activation,
            },
            ConvolutionWeights.Wrap(kernel, bias, history));
    }

    private void Gate(string name)
    {
        int both = layers.Value;
        int[] halves = new int[2];
        for (int half = 0; half < halves.Length; half++)
        {
            layers.MoveTo(both);
            layers.Add($"half_{half}_{name}", new SliceLayer(new SliceSpecification
            {
                InputSize = stack.InnerSize,
                First = half * stack.Channels,
                OutputSize = stack.Channels,
            }));
            layers.Add(
                $"activation_{half}_{name}",
                new ActivationLayer(stack.Channels, half == 0 ? stack.Activation : Activation.Sigmoid));
            halves[half] = layers.Value;
        }

        layers.Join($"gate_{name}", new ProductLayer(stack.Channels), halves);
    }

    private double[] Activate(double[] values)
    {
        double[] activated = [.. values.Take(stack.Channels).Select(value => NamActivation.Apply(stack.Activation, value))];
        return !stack.IsGated
            ? activated
            : [.. activated.Zip(values.Skip(stack.Channels), (value, gate) => value * NamActivation.Apply(Activation.Sigmoid, gate))];
    }

    /// <summary>What a convolution makes of the same step again and again, the input being 0.</summary>
    private double[] Convolve(ConvolutionLayer layer, double[] step)
    {
        var outputs = new double[stack.InnerSize];
        int row = layer.Specification.KernelSize * layer.Specification.InputSize;
        for (int output = 0; output < outputs.Length; output++)
        {
            ReadOnlySpan<float> kernel = layer.Weights.Kernel.Span.Slice(output * row, row);
            outputs[output] = layer.Weights.Bias.Span[output];
            for (int tap = 0; tap < row; tap++)
            {
                int channel = tap % layer.Specification.InputSize;
                outputs[output] += channel < step.Length ? kernel[tap] * step[channel] : 0;
            }
        }

        return outputs;
    }

    private static double[] Multiply(DenseLayer layer, double[] values)
    {
        int inputs = layer.Specification.InputSize;
        var products = new double[layer.Specification.OutputSize];
        for (int output = 0; output < products.Length; output++)
        {
            products[output] = layer.Weights.Bias.IsEmpty ? 0 : layer.Weights.Bias.Span[output];
            for (int input = 0; input < inputs; input++)
            {
                products[output] += layer.Weights.Kernel.Span[(output * inputs) + input] * values[input];
            }
        }

        return products;
    }
}
