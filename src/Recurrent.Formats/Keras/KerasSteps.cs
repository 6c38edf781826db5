using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Layers of Keras that add steps to a sequence, take some away, or make more of them.</summary>
internal sealed class KerasSteps(KerasTensors tensors, LayerListBuilder layers, KerasSequence sequence)
{
    /// <summary>Whether a layer of this class adds or takes away steps at the ends.</summary>
    public static bool MovesEnds(string kind) => kind is "ZeroPadding1D" or "Cropping1D";

    /// <summary>Whether a layer of this class makes several steps of each.</summary>
    public static bool MakesSteps(string kind) => kind is "UpSampling1D" or "Conv1DTranspose";

    /// <summary>
    /// Whether convolutions can take the padding for their own: each reader is one that has none, and whose windows reach as
    /// far. Then a padding at the begin makes it causal.
    /// </summary>
    public static bool IsForConvolutions(KerasLayer layer, KerasNetwork network)
    {
        KerasLayer[] readers = [.. network.Layers.Where(other => other.Inputs.Contains(layer.Output))];
        if (layer.Kind != "ZeroPadding1D" || readers.Length == 0 || network.Outputs.Contains(layer.Output))
        {
            return false;
        }

        (int before, int after) = Ends(layer.Config.Find("padding"), layer.Name, "padding");
        return readers.All(reader => reader is { Kind: "Conv1D", IsPerStep: false }
            && KerasWindow.OfConvolution(reader.Config, reader.Name) is { PadsNothing: true } window
            && window.Reach >= Math.Max(before, after));
    }

    /// <summary>Adds steps that are 0.</summary>
    /// <param name="name">The layer.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="isForConvolutions">Whether the layers behind it pad.</param>
    public void AddZeroPadding(string name, JsonValue config, bool isForConvolutions)
    {
        sequence.RequireSteps(name, "ZeroPadding1D");
        KerasWindows.RequireLastChannels(name, config);
        (int before, int after) = Ends(config.Find("padding"), name, "padding");
        if (isForConvolutions)
        {
            sequence.Position = sequence.Position with { PaddedBefore = before, PaddedAfter = after };
        }
        else if (before + after > 0)
        {
            Copy(name, before + after + 1, after, before + after);
            MoveSteps(before + after);
            sequence.Position = sequence.Position with { IsPadded = true };
        }
    }

    /// <summary>Takes steps at the ends away.</summary>
    public void AddCropping(string name, JsonValue config)
    {
        sequence.RequireSteps(name, "Cropping1D");
        (int before, int after) = Ends(config.Find("cropping"), name, "cropping");
        if (sequence.Position.Steps is { } steps && steps <= before + after)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected fewer steps to take away than the {steps} that there are, found {before} and {after}.");
        }

        Crop(name, before, after);
    }

    /// <summary>Adds every step several times.</summary>
    public void AddUpSampling(string name, JsonValue config)
    {
        sequence.RequireSteps(name, "UpSampling1D");
        int times = config.Find("size") is { } size ? One(size) : 2;
        if (times == 1)
        {
            return;
        }

        layers.RequireSize(name);
        layers.AddConcatenation(name, [.. Enumerable.Repeat(layers.Value, times)]);
        Divide(name, "UpSampling1D", times);
    }

    /// <summary>
    /// Adds the convolution that makes <c>s</c> steps of each: one of as many outputs for each step, which are then steps of
    /// their own. Step <c>q s + r</c> is a sum over the steps <c>q - d</c> with the elements <c>r + b + d s</c> of the kernel,
    /// where <c>b</c> is how many steps are left out at the begin.
    /// </summary>
    public void AddTransposedConvolution(string name, JsonValue config, KerasActivation activation)
    {
        const string Kind = "Conv1DTranspose";
        sequence.RequireSteps(name, Kind);
        KerasWindows.RequireLastChannels(name, config);
        var window = KerasWindow.OfConvolution(config, name);
        if (window.Dilation != 1 || config.Find("output_padding") is { IsNumber: true } or { IsArray: true })
        {
            throw new ModelFormatException(
                $"layer '{name}': a {Kind} is supported without dilation_rate and output_padding.");
        }

        int filters = config["filters"].Size();
        int inputSize = layers.RequireSize(name);
        float[] kernel = tensors.Take(name, false, "kernel", window.Size, filters, inputSize);
        float[] bias = config.Find("use_bias")?.Flag() ?? true ? tensors.Take(name, false, "bias", filters) : [];
        int left = window.PadsNothing ? 0 : Math.Max(0, window.Size - window.Stride) / 2;
        int last = -((window.Stride - 1 + left) / window.Stride);
        int first = (window.Size - 1 - left) / window.Stride;
        int taps = first - last + 1;
        if ((long)window.Stride * filters > LayerSpecification.MaxSize)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected at most {LayerSpecification.MaxSize} features for {window.Stride} steps, found "
                + $"{(long)window.Stride * filters}.");
        }

        layers.Charge(((Int128)window.Stride * filters * (((Int128)taps * inputSize) + 1)) * sizeof(float), name);
        layers.Add(name, new ConvolutionLayer(
            new ConvolutionSpecification
            {
                InputSize = inputSize,
                OutputSize = window.Stride * filters,
                KernelSize = taps,
                PaddingBefore = first,
                PaddingAfter = window.PadsNothing ? first : -last,
                Activation = activation.Function,
            },
            ConvolutionWeights.Wrap(
                Phases(kernel, window, filters, inputSize, left, first, taps),
                Enumerable.Repeat(bias, bias.Length == 0 ? 0 : window.Stride).SelectMany(part => part).ToArray())));
        if (window.PadsNothing)
        {
            MoveSteps(first);
        }

        Divide(name, Kind, window.Stride);
        if (window.PadsNothing)
        {
            // Keras has at least a whole stride for each step.
            int rest = window.Size % window.Stride;
            Crop(name, 0, window.Size <= window.Stride || rest == 0 ? 0 : window.Stride - rest);
        }

        activation.AddTo(layers, name, isFunctionDone: true);
    }

    /// <summary>The kernel of a convolution whose outputs are <c>[step of the stride, filter]</c>.</summary>
    private static float[] Phases(float[] kernel, KerasWindow window, int filters, int inputSize, int left, int first, int taps)
    {
        float[] phases = new float[window.Stride * filters * taps * inputSize];
        for (int output = 0; output < window.Stride * filters; output++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                int element = (output / filters) + left + ((first - tap) * window.Stride);
                if (element >= 0 && element < window.Size)
                {
                    kernel.AsSpan(((element * filters) + (output % filters)) * inputSize, inputSize)
                        .CopyTo(phases.AsSpan(((output * taps) + tap) * inputSize));
                }
            }
        }

        return phases;
    }

    /// <summary>Makes steps of parts of each step.</summary>
    private void Divide(string name, string kind, int parts)
    {
        if (parts == 1)
        {
            return;
        }

        if (sequence.Position.Steps is not { } steps)
        {
            throw new ModelFormatException(
                $"layer '{name}': {kind} makes {parts} steps of each, which takes a fixed number of steps; the file does not say it.");
        }

        int size = layers.RequireSize(name);
        if ((long)steps * size > LayerSpecification.MaxSize)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected at most {LayerSpecification.MaxSize} elements in all steps, found {(long)steps * size}.");
        }

        layers.Add(name, new FlattenLayer(size, steps));
        layers.Add(name, new UnflattenLayer(size * steps, steps * parts));
        sequence.Position = new KerasPosition(IsSequence: true, Steps: steps * parts, IsMade: true);
    }

    private void Crop(string name, int before, int after)
    {
        if (before + after > 0)
        {
            Copy(name, before + after + 1, before, 0);
            MoveSteps(-before - after);
        }
    }

    /// <summary>A convolution that copies one of the steps of its window, feature by feature.</summary>
    private void Copy(string name, int kernel, int tap, int padding)
    {
        int size = layers.RequireSize(name);
        layers.Charge((Int128)size * kernel * sizeof(float), name);
        float[] taps = new float[size * kernel];
        for (int i = 0; i < size; i++)
        {
            taps[(i * kernel) + tap] = 1;
        }

        layers.Add(name, new ConvolutionLayer(
            new ConvolutionSpecification
            {
                InputSize = size,
                OutputSize = size,
                KernelSize = kernel,
                Groups = size,
                PaddingBefore = padding,
                PaddingAfter = padding,
            },
            ConvolutionWeights.Wrap(taps)));
    }

    private void MoveSteps(int more) => sequence.Position = sequence.Position with { Steps = sequence.Position.Steps + more };

    /// <summary>Steps at both ends: a number for each, or one for both.</summary>
    private static (int Before, int After) Ends(JsonValue? value, string name, string field)
    {
        if (value is not { } ends)
        {
            return (1, 1);
        }

        JsonValue[] both = ends.IsArray ? [.. ends.Items()] : [ends, ends];
        return both.Length == 2
            ? (both[0].Integer(0, WindowSpecification.MaxReach / 2), both[1].Integer(0, WindowSpecification.MaxReach / 2))
            : throw new ModelFormatException($"layer '{name}': {ends.Unexpected($"{field} as one number or two").Message}");
    }

    private static int One(JsonValue value) =>
        (value.IsArray && value.Items() is [JsonValue only] ? only : value).Integer(1, LayerSpecification.MaxSize);
}
