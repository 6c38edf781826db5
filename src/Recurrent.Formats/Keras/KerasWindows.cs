using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Layers of Keras that make steps of windows of steps: convolutions and pooling.</summary>
internal sealed class KerasWindows(KerasTensors tensors, LayerListBuilder layers, KerasSequence sequence)
{
    /// <summary>Whether a layer of this class is one.</summary>
    public static bool IsKnown(string kind) => kind is "Conv1D" or "MaxPooling1D" or "AveragePooling1D";

    /// <summary>Refuses axes in another order.</summary>
    public static void RequireLastChannels(string name, JsonValue config)
    {
        if (config.Find("data_format") is { } format && format.Text() != "channels_last")
        {
            throw new ModelFormatException(
                $"layer '{name}': data_format '{format.Text()}' is not supported; expected channels_last.");
        }
    }

    /// <summary>Adds a convolution with what its activation needs behind it.</summary>
    public void AddConvolution(string name, JsonValue config, KerasActivation activation)
    {
        sequence.RequireSteps(name, "Conv1D");
        RequireLastChannels(name, config);
        var window = KerasWindow.OfConvolution(config, name);
        int filters = config["filters"].Size();
        int groups = config.Find("groups")?.Size() ?? 1;
        int inputSize = layers.Size ?? InputSizeOf(name, groups);
        if (inputSize % groups != 0)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected groups that divide its {inputSize} input features, found {groups}.");
        }

        float[] kernel = tensors.Take(name, false, "kernel", window.Size, inputSize / groups, filters);
        float[] bias = config.Find("use_bias")?.Flag() ?? true ? tensors.Take(name, false, "bias", filters) : [];
        (int before, int after) = window.Pad(sequence.Position.Steps, name, layers);
        before += sequence.Position.PaddedBefore;
        after += sequence.Position.PaddedAfter;
        sequence.Position = sequence.Position with { PaddedBefore = 0, PaddedAfter = 0 };
        layers.Charge((Int128)before * inputSize * sizeof(float), name);
        layers.Add(name, new ConvolutionLayer(
            new ConvolutionSpecification
            {
                InputSize = inputSize,
                OutputSize = filters,
                KernelSize = window.Size,
                Stride = window.Stride,
                Dilation = window.Dilation,
                Groups = groups,
                PaddingBefore = before,
                PaddingAfter = after,
                Activation = activation.Function,
            },
            ConvolutionWeights.Wrap(KerasWeights.Transpose(kernel, filters), bias)));
        MoveSteps(window, before + after, name);
        activation.AddTo(layers, name, isFunctionDone: true);
    }

    /// <summary>Adds the maximum or the mean of windows.</summary>
    public void AddPooling(string kind, string name, JsonValue config)
    {
        sequence.RequireSteps(name, kind);
        RequireLastChannels(name, config);
        var window = KerasWindow.OfPooling(config, name);
        int size = layers.RequireSize(name);
        (int before, int after) = window.Pad(sequence.Position.Steps, name, layers);
        layers.Add(name, kind == "MaxPooling1D"
            ? new MaxPoolingLayer(new MaxPoolingSpecification
            {
                InputSize = size,
                KernelSize = window.Size,
                Stride = window.Stride,
                PaddingBefore = before,
                PaddingAfter = after,
            })
            : new AveragePoolingLayer(new AveragePoolingSpecification
            {
                InputSize = size,
                KernelSize = window.Size,
                Stride = window.Stride,
                PaddingBefore = before,
                PaddingAfter = after,
            }));
        MoveSteps(window, before + after, name);
    }

    private void MoveSteps(KerasWindow window, int padding, string name) => sequence.Position = sequence.Position with
    {
        Steps = window.CountSteps(sequence.Position.Steps, padding, name),
    };

    private int InputSizeOf(string name, int groups) =>
        tensors.Shape(name, "kernel") is [_, >= 1 and <= LayerSpecification.MaxSize and var size, _]
            ? (int)Math.Min(size * groups, int.MaxValue)
            : throw new ModelFormatException($"layer '{name}': expected a kernel [steps, input features, filters].");
}
