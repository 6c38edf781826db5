using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Layers of Keras that make a row of a sequence, a sequence of a row, or divide it into other steps.</summary>
internal sealed class KerasShapes(LayerListBuilder layers, KerasSequence sequence)
{
    /// <summary>Adds a row at every step.</summary>
    public void AddRepeat(string name, JsonValue config)
    {
        if (sequence.Position.IsSequence)
        {
            throw new ModelFormatException($"layer '{name}': RepeatVector expects a row, found a sequence.");
        }

        Repeat(name, config["n"].Integer(1, RepeatSpecification.MaxSteps));
    }

    /// <summary>Adds the mean or the maximum of all steps. The mean is that of the steps that are there.</summary>
    public void AddGlobalPooling(string kind, string name, JsonValue config)
    {
        bool isMean = kind == "GlobalAveragePooling1D";
        if (isMean)
        {
            sequence.RequireMask(name, kind);
        }

        sequence.RequireSteps(name, kind, knowsMasks: isMean);
        KerasWindows.RequireLastChannels(name, config);
        int size = layers.RequireSize(name);
        layers.Add(name, isMean ? new MeanOverTimeLayer(size) : new MaxOverTimeLayer(size));
        sequence.Position = KerasPosition.Row;
        if (config.Find("keepdims")?.Flag() ?? false)
        {
            Repeat(name, 1);
        }
    }

    /// <summary>Adds all steps side by side.</summary>
    public void AddFlatten(string name, JsonValue config)
    {
        if (!sequence.HasSteps)
        {
            return;
        }

        KerasWindows.RequireLastChannels(name, config);
        sequence.RequireSteps(name, "Flatten");
        Flatten(name, "Flatten");
    }

    /// <summary>Adds other steps of the same elements; nothing where they are the same.</summary>
    public void AddReshape(string name, JsonValue config)
    {
        int size = layers.RequireSize(name);
        IReadOnlyList<JsonValue> shape = config["target_shape"].Items();
        int features = shape.Count is 1 or 2 ? SizeOrRest(shape[^1]) : 0;
        int steps = shape.Count == 2 ? SizeOrRest(shape[0]) : 1;
        if (features == 0 || steps == 0 || (features < 0 && steps < 0))
        {
            throw new ModelFormatException(
                $"layer '{name}': {config["target_shape"].Unexpected("[features] or [steps, features]").Message}");
        }

        bool isRow = shape.Count == 1;
        if (sequence.HasSteps != isRow && (features == size || (features < 0 && steps == sequence.Position.Steps)))
        {
            RequireSteps(name, steps);
            return;
        }

        if (sequence.HasSteps)
        {
            sequence.RequireSteps(name, "Reshape");
            Flatten(name, "Reshape");
        }

        size = layers.RequireSize(name);
        (features, steps) = (features < 0 ? size / steps : features, steps < 0 ? size / features : steps);
        if ((long)features * steps != size)
        {
            throw new ModelFormatException(
                $"layer '{name}': a Reshape of {size} elements to [{steps}, {features}] is not supported.");
        }

        if (!isRow)
        {
            layers.Add(name, new UnflattenLayer(size, steps));
            sequence.Position = new KerasPosition(IsSequence: true, Steps: steps, IsMade: true);
        }
    }

    // -1 is what the others leave.
    private static int SizeOrRest(JsonValue size) =>
        size.IsNumber && size.Number() == -1 ? -1 : size.Integer(1, LayerSpecification.MaxSize);

    /// <summary>A Reshape to the same steps that says another number of them.</summary>
    private void RequireSteps(string name, int steps)
    {
        if (sequence.HasSteps && steps > 0 && sequence.Position.Steps is { } count && count != steps)
        {
            throw new ModelFormatException($"layer '{name}': a Reshape of {count} steps to {steps} is not supported.");
        }
    }

    private void Repeat(string name, int steps)
    {
        layers.Add(name, new RepeatLayer(layers.RequireSize(name), steps));
        sequence.Position = new KerasPosition(IsSequence: true, Steps: steps, IsMade: true);
    }

    private void Flatten(string name, string kind)
    {
        int steps = sequence.Position.Steps ?? throw new ModelFormatException(
            $"layer '{name}': {kind} takes a fixed number of steps, which the file does not say.");
        layers.Add(name, new FlattenLayer(layers.RequireSize(name), steps));
        sequence.Position = KerasPosition.Row;
    }
}
