using Recurrent.Layers;

namespace Recurrent.Training;

/// <content>Convolutions, pooling and normalization.</content>
public sealed partial class Sequential
{
    /// <summary>A convolution over time (Keras <c>Conv1D</c>).</summary>
    /// <param name="units">Features of an output step.</param>
    /// <param name="kernelSize">Steps of a window.</param>
    /// <param name="stride">Steps from one window to the next.</param>
    /// <param name="dilation">Steps from one step of a window to the next.</param>
    /// <param name="groups">Groups of features; a divisor of what the layer before outputs and of the units.</param>
    /// <param name="padding">
    /// Where steps of 0 are added. With <see cref="ConvolutionPadding.Causal"/> and no stride the model can still be stepped.
    /// </param>
    /// <param name="activation">Its activation; null for none.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or the padding is not one of these windows.</exception>
    public Sequential Convolution(
        int units,
        int kernelSize,
        int stride = 1,
        int dilation = 1,
        int groups = 1,
        ConvolutionPadding padding = ConvolutionPadding.Causal,
        Activation? activation = null,
        LayerRegularizers regularizers = default)
    {
        ConvolutionSpecification windows = new()
        {
            InputSize = _size,
            OutputSize = units,
            KernelSize = kernelSize,
            Stride = stride,
            Dilation = dilation,
            Groups = groups,
            Activation = activation ?? Activation.Identity,
        };
        return Convolution(PaddedWindows.With(windows, padding), regularizers);
    }

    /// <summary>Any convolution over time.</summary>
    /// <param name="specification">What it is; its input size is set to what the layer before outputs.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    /// <exception cref="ArgumentException">Numbers do not go together.</exception>
    public Sequential Convolution(ConvolutionSpecification specification, LayerRegularizers regularizers = default)
    {
        ArgumentNullException.ThrowIfNull(specification);
        return Add(
            LayerFactory.Create(specification with { InputSize = _size }, NextRandom(), Initialization), _next, regularizers);
    }

    /// <summary>The largest value of each feature in windows of steps (Keras <c>MaxPooling1D</c>).</summary>
    /// <param name="size">Steps of a window.</param>
    /// <param name="stride">Steps from one window to the next; 0 for as many as a window has.</param>
    /// <param name="padding">Where windows may go beyond the sequence.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or the padding is not one of these windows.</exception>
    public Sequential MaxPooling(int size, int stride = 0, ConvolutionPadding padding = ConvolutionPadding.Valid) => Add(
        new MaxPoolingLayer(PaddedWindows.With(
            new MaxPoolingSpecification { InputSize = _size, KernelSize = size, Stride = stride == 0 ? size : stride },
            padding)));

    /// <summary>The mean of each feature in windows of steps, of those that are there (Keras <c>AveragePooling1D</c>).</summary>
    /// <param name="size">Steps of a window.</param>
    /// <param name="stride">Steps from one window to the next; 0 for as many as a window has.</param>
    /// <param name="padding">Where windows may go beyond the sequence.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or the padding is not one of these windows.</exception>
    public Sequential AveragePooling(int size, int stride = 0, ConvolutionPadding padding = ConvolutionPadding.Valid) => Add(
        new AveragePoolingLayer(PaddedWindows.With(
            new AveragePoolingSpecification { InputSize = _size, KernelSize = size, Stride = stride == 0 ? size : stride },
            padding)));

    /// <summary>A layer normalization of every step (Keras <c>LayerNormalization</c>).</summary>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public Sequential LayerNormalization(float epsilon = 1e-3f) => Add(LayerFactory.LayerNormalization(_size, epsilon));

    /// <summary>The logarithms of a softmax over the features of every step.</summary>
    /// <returns>This.</returns>
    public Sequential LogSoftmax() => Add(new LogSoftmaxLayer(_size));

    /// <summary>The mean of the valid steps (Keras <c>GlobalAveragePooling1D</c>): one step of output.</summary>
    /// <returns>This.</returns>
    public Sequential MeanOverTime() => Add(new MeanOverTimeLayer(_size));

    /// <summary>The largest value of each feature over the valid steps (Keras <c>GlobalMaxPooling1D</c>): one step of output.</summary>
    /// <returns>This.</returns>
    public Sequential MaxOverTime() => Add(new MaxOverTimeLayer(_size));

    /// <summary>The features of all steps, one step after the other (Keras <c>Flatten</c>): one step of output.</summary>
    /// <param name="steps">Steps of every sequence; the model takes no others.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">The number of steps is out of range.</exception>
    public Sequential Flatten(int steps) => Add(new FlattenLayer(_size, steps));

    /// <summary>The row that the layer before outputs, cut into steps (Keras <c>Reshape</c>).</summary>
    /// <param name="steps">Steps of the sequence.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">The features cannot be divided into the steps.</exception>
    public Sequential Unflatten(int steps) => Add(new UnflattenLayer(_size, steps));
}
