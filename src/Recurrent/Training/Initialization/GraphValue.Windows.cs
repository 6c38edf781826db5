using Recurrent.Layers;

namespace Recurrent.Training;

/// <content>Convolutions, pooling and normalization.</content>
public sealed partial class GraphValue
{
    /// <summary>A convolution over time (Keras <c>Conv1D</c>): <c>[batch, time, units]</c>.</summary>
    /// <param name="units">Features that it outputs.</param>
    /// <param name="kernelSize">Steps of a window.</param>
    /// <param name="stride">Steps from one window to the next.</param>
    /// <param name="dilation">Steps from one step of a window to the next.</param>
    /// <param name="groups">Groups of features; a divisor of the value's size and of the units.</param>
    /// <param name="padding">
    /// Where steps of 0 are added. With <see cref="ConvolutionPadding.Causal"/> and no stride the model can still be stepped.
    /// </param>
    /// <param name="activation">Its activation; null for none.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>What it outputs.</returns>
    /// <exception cref="ArgumentException">
    /// The value is no sequence, a number is out of range, or the padding is not one of these windows.
    /// </exception>
    public GraphValue Convolution(
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
            InputSize = Size,
            OutputSize = units,
            KernelSize = kernelSize,
            Stride = stride,
            Dilation = dilation,
            Groups = groups,
            Activation = activation ?? Layers.Activation.Identity,
        };
        return Convolution(PaddedWindows.With(windows, padding), regularizers);
    }

    /// <summary>Any convolution over time.</summary>
    /// <param name="specification">What it is; its input size is set to that of the value.</param>
    /// <param name="regularizers">Penalties.</param>
    /// <returns>What it outputs.</returns>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    /// <exception cref="ArgumentException">The value is no sequence, or numbers do not go together.</exception>
    public GraphValue Convolution(ConvolutionSpecification specification, LayerRegularizers regularizers = default)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ConvolutionLayer layer = LayerFactory.Create(
            specification with { InputSize = Size }, Graph.NextRandom(), Graph.Initialization);
        return Graph.Add(layer, [this], default, regularizers);
    }

    /// <summary>The largest value of each feature in windows of steps (Keras <c>MaxPooling1D</c>).</summary>
    /// <param name="size">Steps of a window.</param>
    /// <param name="stride">Steps from one window to the next; 0 for as many as a window has.</param>
    /// <param name="padding">Where windows may go beyond the sequence.</param>
    /// <returns>The sequence, of fewer steps.</returns>
    /// <exception cref="ArgumentException">The value is no sequence, or a number is out of range.</exception>
    public GraphValue MaxPooling(int size, int stride = 0, ConvolutionPadding padding = ConvolutionPadding.Valid) => Call(
        new MaxPoolingLayer(PaddedWindows.With(
            new MaxPoolingSpecification { InputSize = Size, KernelSize = size, Stride = stride == 0 ? size : stride },
            padding)));

    /// <summary>The mean of each feature in windows of steps, of those that are there (Keras <c>AveragePooling1D</c>).</summary>
    /// <param name="size">Steps of a window.</param>
    /// <param name="stride">Steps from one window to the next; 0 for as many as a window has.</param>
    /// <param name="padding">Where windows may go beyond the sequence.</param>
    /// <returns>The sequence, of fewer steps.</returns>
    /// <exception cref="ArgumentException">The value is no sequence, or a number is out of range.</exception>
    public GraphValue AveragePooling(int size, int stride = 0, ConvolutionPadding padding = ConvolutionPadding.Valid) => Call(
        new AveragePoolingLayer(PaddedWindows.With(
            new AveragePoolingSpecification { InputSize = Size, KernelSize = size, Stride = stride == 0 ? size : stride },
            padding)));

    /// <summary>A layer normalization (Keras <c>LayerNormalization</c>), of a row or of every step.</summary>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <returns>What it outputs.</returns>
    /// <exception cref="ArgumentException">The value has no features, or the number is out of range.</exception>
    public GraphValue LayerNormalization(float epsilon = 1e-3f) => Call(LayerFactory.LayerNormalization(Size, epsilon));

    /// <summary>The logarithms of a softmax over the features.</summary>
    /// <returns>What it outputs.</returns>
    /// <exception cref="ArgumentException">The value has no features.</exception>
    public GraphValue LogSoftmax() => Call(new LogSoftmaxLayer(Size));

    /// <summary>The mean of the valid steps (Keras <c>GlobalAveragePooling1D</c>): <c>[batch, size]</c>.</summary>
    /// <returns>The row.</returns>
    /// <exception cref="ArgumentException">The value is no sequence.</exception>
    public GraphValue MeanOverTime() => Call(new MeanOverTimeLayer(Size));

    /// <summary>
    /// The largest value of each feature over the valid steps (Keras <c>GlobalMaxPooling1D</c>): <c>[batch, size]</c>.
    /// </summary>
    /// <returns>The row.</returns>
    /// <exception cref="ArgumentException">The value is no sequence.</exception>
    public GraphValue MaxOverTime() => Call(new MaxOverTimeLayer(Size));

    /// <summary>
    /// The sum of the valid steps, weighted by a softmax of scores over them (attention pooling): <c>[batch, size]</c>.
    /// </summary>
    /// <param name="scores">A sequence of the same steps with one feature, or with as many as this value.</param>
    /// <returns>The row.</returns>
    /// <exception cref="ArgumentException">A value is no sequence, or they do not go together.</exception>
    public GraphValue SoftmaxOverTime(GraphValue scores) => Graph.Call(new SoftmaxOverTimeLayer(Size), [this, scores]);

    /// <summary>The features of all steps, one step after the other (Keras <c>Flatten</c>): <c>[batch, steps * size]</c>.</summary>
    /// <param name="steps">Steps of every sequence; the model takes no others.</param>
    /// <returns>The row.</returns>
    /// <exception cref="ArgumentException">The value is no sequence, or the number of steps is out of range.</exception>
    public GraphValue Flatten(int steps) => Call(new FlattenLayer(Size, steps));

    /// <summary>The row, cut into steps (Keras <c>Reshape</c>): <c>[batch, steps, size / steps]</c>.</summary>
    /// <param name="steps">Steps of the sequence, a divisor of the row's size.</param>
    /// <returns>The sequence.</returns>
    /// <exception cref="ArgumentException">The value is no row, or cannot be divided into the steps.</exception>
    public GraphValue Unflatten(int steps) => Call(new UnflattenLayer(Size, steps));
}
