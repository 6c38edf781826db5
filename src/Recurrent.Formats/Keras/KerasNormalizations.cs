using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Layers of Keras that shift and scale the features of a step.</summary>
internal sealed class KerasNormalizations(KerasTensors tensors, LayerListBuilder layers)
{
    // What Keras puts in the place of a standard deviation that is less.
    private const double LeastDeviation = 1e-7;

    /// <summary>Adds a normalization by the statistics of training.</summary>
    public void AddBatchNormalization(string name, JsonValue config, bool hasSteps)
    {
        int size = layers.Size ?? KerasStateless.InputSizeOf(name, tensors.Shape(name, "moving_mean"));
        RequireLastAxis(name, config.Find("axis"), hasSteps);
        float[] Take(string role) => tensors.Take(name, false, role, size);
        layers.Add(name, KerasWeights.BatchNormalization(
            name,
            config.Find("scale")?.Flag() ?? true ? Take("gamma") : [],
            config.Find("center")?.Flag() ?? true ? Take("beta") : [],
            Take("moving_mean"),
            Take("moving_variance"),
            config.Find("epsilon")?.Number() ?? 1e-3));
    }

    /// <summary>Adds a normalization of the features of each step.</summary>
    public void AddLayerNormalization(string name, JsonValue config, bool hasSteps)
    {
        RequireLastAxis(name, config.Find("axis"), hasSteps);
        if (config.Find("rms_scaling")?.Flag() ?? false)
        {
            throw new ModelFormatException($"layer '{name}': LayerNormalization with rms_scaling is not supported.");
        }

        bool hasFactors = config.Find("scale")?.Flag() ?? true;
        bool hasOffsets = config.Find("center")?.Flag() ?? true;
        int size = layers.Size ?? (hasFactors || hasOffsets
            ? KerasStateless.InputSizeOf(name, tensors.Shape(name, hasFactors ? "gamma" : "beta"))
            : layers.RequireSize(name));
        layers.Add(name, new LayerNormalizationLayer(
            new LayerNormalizationSpecification
            {
                InputSize = size,
                Epsilon = config.Find("epsilon")?.Single() ?? 1e-3f,
            },
            hasFactors ? tensors.Take(name, false, "gamma", size) : [],
            hasOffsets ? tensors.Take(name, false, "beta", size) : []));
    }

    /// <summary>Adds a normalization by statistics that were taken before training, or its inverse.</summary>
    public void AddNormalization(string name, JsonValue config, bool hasSteps)
    {
        bool isScalar = config.Find("axis") is not { } axis || (axis.IsArray && axis.Items().Count == 0);
        if (!isScalar)
        {
            RequireLastAxis(name, config.Find("axis"), hasSteps);
        }

        bool isInFile = config.Find("mean") is null;
        int size = layers.Size ?? (isInFile && !isScalar
            ? KerasStateless.InputSizeOf(name, tensors.Shape(name, "mean"))
            : layers.RequireSize(name));
        layers.Charge(6L * sizeof(double) * size, name);
        double[] Statistics(string role) => isInFile ? Take(name, role, isScalar, size) : Said(name, config[role], size);
        double[] means = Statistics("mean");
        double[] deviations =
            [.. Statistics("variance").Select(variance => Math.Max(Math.Sqrt(Math.Max(0, variance)), LeastDeviation))];
        tensors.Pass(name, "count");
        bool isInverse = config.Find("invert")?.Flag() ?? false;
        layers.Add(name, isInverse
            ? new ScaleLayer([.. deviations.Select(value => (float)value)], [.. means.Select(value => (float)value)])
            : new ScaleLayer(
                [.. deviations.Select(value => (float)(1 / value))],
                [.. means.Zip(deviations, (mean, deviation) => (float)(-mean / deviation))]));
    }

    /// <summary>Adds a factor and an offset, the same for all features.</summary>
    public void AddRescaling(string name, JsonValue config)
    {
        float[] factors = layers.Fill(name, config["scale"].Single());
        layers.Add(name, new ScaleLayer(factors, layers.Fill(name, config.Find("offset")?.Single() ?? 0)));
    }

    private static void RequireLastAxis(string name, JsonValue? axis, bool hasSteps)
    {
        if (axis is { IsArray: true } list && list.Items() is [JsonValue only])
        {
            axis = only;
        }

        if (axis is { } value && !(value.IsNumber && (value.Number() == -1 || value.Number() == (hasSteps ? 2 : 1))))
        {
            throw new ModelFormatException(
                $"layer '{name}': {value.Unexpected("a normalization of the features, axis -1").Message}");
        }
    }

    private static double[] Said(string name, JsonValue value, int size)
    {
        // Keras keeps arrays of them with all their axes.
        JsonValue numbers = value;
        while (numbers.IsArray && numbers.Items(int.MaxValue) is [{ IsArray: true } inner])
        {
            numbers = inner;
        }

        double[] found = numbers.IsArray
            ? [.. numbers.Items(LayerSpecification.MaxSize).Select(number => number.Number())]
            : [numbers.Number()];
        return found.Length == size ? found
            : found.Length == 1 ? [.. Enumerable.Repeat(found[0], size)]
            : throw new ModelFormatException($"layer '{name}': expected {size} means and variances, found {found.Length}.");
    }

    private double[] Take(string name, string role, bool isScalar, int size)
    {
        float[] found = isScalar
            ? tensors.Take(name, false, role, [.. tensors.Shape(name, role)])
            : tensors.Take(name, false, role, size);
        return found.Length == size ? [.. found.Select(value => (double)value)]
            : found.Length == 1 ? [.. Enumerable.Repeat((double)found[0], size)]
            : throw new ModelFormatException($"layer '{name}': expected one mean and variance, found {found.Length}.");
    }
}
