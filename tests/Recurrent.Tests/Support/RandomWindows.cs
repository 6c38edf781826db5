using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>Layers that make steps of windows, rows of all steps or steps of rows, and normalizations, for random graphs.</summary>
/// <param name="case">The graph's case: its steps have to be enough.</param>
/// <param name="activation">Draws a function.</param>
internal sealed class RandomWindows(GraphCase @case, Func<Random, Activation> activation)
{
    /// <summary>A layer that reads a value; null if the one that was drawn cannot.</summary>
    /// <param name="random">What decides.</param>
    /// <param name="floats">The weights.</param>
    /// <param name="value">The value, no indices.</param>
    /// <param name="values">All values, of which some may go with it.</param>
    /// <param name="largest">The largest size of a convolution.</param>
    public LayerNode? Create(
        Random random, RandomFloats floats, ModelValue value, IReadOnlyList<ModelValue> values, int largest)
    {
        int size = value.Size;
        int choice = random.Next(value.Kind == ValueKind.Row ? 3 : 12);
        Layer? layer = choice switch
        {
            0 => Normalization(random, floats, size),
            1 => new LogSoftmaxLayer(size),
            2 => value.Kind == ValueKind.Row ? Unflatten(random, size) : Flatten(value),
            3 => Fits(MaxPooling(random, size), value) is { } windows ? new MaxPoolingLayer(windows) : null,
            4 => Fits(AveragePooling(random, size), value) is { } windows ? new AveragePoolingLayer(windows) : null,
            5 => new MeanOverTimeLayer(size),
            6 => new MaxOverTimeLayer(size),
            7 => new SoftmaxOverTimeLayer(size),
            _ => Fits(Convolution(random, size, largest), value) is { } windows
                ? new ConvolutionLayer(windows, Weights(random, floats, windows))
                : null,
        };
        return layer switch
        {
            null => null,
            SoftmaxOverTimeLayer => new(layer, value.Number, Scores(random, value, values)),
            _ => new LayerNode(layer, value.Number),
        };
    }

    private LayerNormalizationLayer Normalization(Random random, RandomFloats floats, int size) => new(
        // Features that hardly differ make large gradients of small differences.
        new LayerNormalizationSpecification
        {
            InputSize = size,
            Epsilon = @case.Smooth ? 0.1f + random.NextSingle() : random.Next(4) == 0 ? 0 : 1e-3f,
        },
        random.Next(3) == 0 ? [] : floats.Inputs(size),
        random.Next(3) == 0 ? [] : floats.Inputs(size));

    private static UnflattenLayer? Unflatten(Random random, int size)
    {
        int steps = random.Next(1, 7);
        return size % steps == 0 ? new UnflattenLayer(size, steps) : null;
    }

    /// <summary>Where all rows have the same steps.</summary>
    private FlattenLayer? Flatten(ModelValue value)
    {
        int steps = value.Time.Steps(@case.Time);
        return !@case.Ragged || Enumerable.Range(1, @case.Time).All(time => value.Time.Steps(time) == steps)
            ? new FlattenLayer(value.Size, steps)
            : null;
    }

    private static MaxPoolingSpecification MaxPooling(Random random, int size) =>
        Windows(random, new MaxPoolingSpecification { InputSize = size, KernelSize = random.Next(1, 5) });

    private static AveragePoolingSpecification AveragePooling(Random random, int size) =>
        Windows(
            random,
            new AveragePoolingSpecification
            {
                InputSize = size,
                KernelSize = random.Next(1, 5),
                CountsPadding = random.Next(2) == 0,
            });

    private ConvolutionSpecification Convolution(Random random, int size, int largest)
    {
        int groups = random.Next(1, 5);
        groups = size % groups == 0 ? groups : 1;
        ConvolutionSpecification windows = Windows(
            random,
            new ConvolutionSpecification
            {
                InputSize = size,
                OutputSize = groups * random.Next(1, (largest / groups) + 1),
                KernelSize = random.Next(1, 6),
                Groups = groups,
                Activation = random.Next(2) == 0 ? Activation.Identity : activation(random),
            });
        return @case.CanStep || random.Next(2) == 0
            ? windows with { Stride = 1, PaddingBefore = windows.Reach, PaddingAfter = 0 }
            : windows;
    }

    /// <summary>Windows of any kind; half of them keep the number of steps.</summary>
    private static T Windows<T>(Random random, T windows)
        where T : WindowSpecification
    {
        windows = windows with { Dilation = random.Next(3) == 0 ? random.Next(1, 4) : 1 };
        int before = random.Next(windows.Reach + 1);
        return random.Next(2) == 0
            ? windows with { PaddingBefore = before, PaddingAfter = windows.Reach - before }
            : windows with
            {
                PaddingBefore = before,
                PaddingAfter = random.Next(windows.Reach + 1),
                Stride = random.Next(1, 4),
            };
    }

    private T? Fits<T>(T windows, ModelValue value)
        where T : WindowSpecification => windows.Gives(value.Time).Steps(@case.Time) > 0 ? windows : null;

    private static ConvolutionWeights Weights(Random random, RandomFloats floats, ConvolutionSpecification windows) => new(
        floats.Weights(windows.OutputSize, windows.RowLength),
        random.Next(3) == 0 ? [] : floats.Biases(windows.OutputSize),
        windows.IsCausal && random.Next(2) == 0 ? floats.Inputs((int)windows.StateElements) : []);

    private static int Scores(Random random, ModelValue value, IReadOnlyList<ModelValue> values)
    {
        ModelValue[] scores =
        [
            .. values.Where(other => other.Kind == value.Kind && other.Time == value.Time
                && (other.Size == 1 || other.Size == value.Size)),
        ];
        return scores[random.Next(scores.Length)].Number;
    }
}
