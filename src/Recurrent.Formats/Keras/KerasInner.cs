using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>
/// Windows of rows inside of a step: convolutions and pooling in <c>TimeDistributed</c>, over <c>[steps, rows, features]</c>. The
/// rows of a step lie side by side, as its features.
/// </summary>
internal sealed class KerasInner(
    KerasTensors tensors, LayerListBuilder layers, KerasSequence sequence, KerasJoins joins)
{
    /// <summary>Whether a layer of this class is one.</summary>
    public static bool IsKnown(string kind) =>
        KerasWindows.IsKnown(kind) || kind is "GlobalMaxPooling1D" or "GlobalAveragePooling1D";

    /// <summary>Adds a convolution: the rows of every window through the same dense layer.</summary>
    public void AddConvolution(string name, JsonValue config, KerasActivation activation)
    {
        KerasWindows.RequireLastChannels(name, config);
        (int rows, int width) = Rows(name);
        var window = KerasWindow.OfConvolution(config, name);
        int filters = config["filters"].Size();
        if (window.Dilation != 1 || (config.Find("groups")?.Size() ?? 1) != 1 || activation.IsSoftmax)
        {
            throw new ModelFormatException(
                $"layer '{name}': a Conv1D inside of TimeDistributed is supported without dilation, groups and softmax.");
        }

        float[] kernel = KerasWeights.Transpose(tensors.Take(name, false, "kernel", window.Size, width, filters), filters);
        float[] bias = config.Find("use_bias")?.Flag() ?? true ? tensors.Take(name, false, "bias", filters) : [];
        List<(int First, int Count, int Skipped)> places = Places(window, rows, name);
        layers.Charge((Int128)(kernel.Length + bias.Length) * sizeof(float) * (places.Count - 1), name);
        int value = layers.Value;
        var parts = new List<int>();
        foreach ((int first, int count, int skipped) in places)
        {
            Slice(name, value, first * width, count * width);
            layers.Add(name, KerasWeights.DenseByOutput(
                count == window.Size ? kernel : Columns(kernel, window.Size * width, skipped * width, count * width),
                count * width, bias, activation.Function));
            parts.Add(layers.Value);
        }

        Join(name, parts);
        activation.AddTo(layers, name, isFunctionDone: true);
        sequence.Position = sequence.Position with { Inner = parts.Count };
    }

    /// <summary>Adds the maximum or the mean of windows, or of all rows.</summary>
    public void AddPooling(string kind, string name, JsonValue config)
    {
        KerasWindows.RequireLastChannels(name, config);
        (int rows, int width) = Rows(name);
        bool isWhole = kind.StartsWith("Global", StringComparison.Ordinal);
        List<(int First, int Count, int Skipped)> places = isWhole
            ? [(0, rows, 0)]
            : Places(KerasWindow.OfPooling(config, name), rows, name);
        int value = layers.Value;
        var parts = new List<int>();
        foreach ((int first, int count, _) in places)
        {
            int[] taken = [.. Enumerable.Range(first, count).Select(row => Slice(name, value, row * width, width))];
            if (kind.Contains("Max", StringComparison.Ordinal))
            {
                parts.Add(taken.Aggregate((one, other) => joins.Larger(name, one, other, width)));
                continue;
            }

            if (count > 1)
            {
                layers.Join(name, new SumLayer(width), taken);
            }

            layers.AddFactor(name, 1f / count);
            parts.Add(layers.Value);
        }

        Join(name, parts);
        sequence.Position = sequence.Position with { Inner = isWhole ? null : parts.Count };
    }

    private (int Rows, int Width) Rows(string name)
    {
        int rows = sequence.Position.Inner!.Value;
        return (rows, layers.RequireSize(name) / rows);
    }

    /// <summary>The rows of each window that are there, and how many of the window are before them.</summary>
    private List<(int First, int Count, int Skipped)> Places(KerasWindow window, int rows, string name)
    {
        (int before, int after) = window.Pad(rows, name, layers);
        int count = window.CountSteps(rows, before + after, name)!.Value;
        return
        [
            .. Enumerable.Range(0, count).Select(place =>
            {
                int begin = (place * window.Stride) - before;
                int first = Math.Max(0, begin);
                return (first, Math.Min(rows, begin + window.Size) - first, first - begin);
            }),
        ];
    }

    private int Slice(string name, int value, int first, int count)
    {
        layers.MoveTo(value);
        layers.AddSlice(name, first, count);
        return layers.Value;
    }

    private void Join(string name, List<int> parts)
    {
        layers.MoveTo(parts[^1]);
        layers.AddConcatenation(name, parts);
    }

    private static float[] Columns(float[] matrix, int width, int first, int count)
    {
        float[] columns = new float[matrix.Length / width * count];
        for (int row = 0; row < matrix.Length / width; row++)
        {
            matrix.AsSpan((row * width) + first, count).CopyTo(columns.AsSpan(row * count));
        }

        return columns;
    }
}
