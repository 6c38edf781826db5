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

        if (sequence.HasMask)
        {
            throw new ModelFormatException(
                $"layer '{name}': RepeatVector in a model with a mask is not supported: here a step that is missing is missing in the "
                + "whole model, and a repeated row has other steps.");
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

    /// <summary>Adds steps as features and features as steps; nothing where the order of axes stays.</summary>
    public void AddPermute(string name, JsonValue config)
    {
        int[] order = [.. config["dims"].Items().Select(axis => axis.Integer(1, int.MaxValue))];
        if (order is [1] or [1, 2])
        {
            return;
        }

        if (order is not [2, 1])
        {
            throw new ModelFormatException($"layer '{name}': {config["dims"].Unexpected("[1, 2] or [2, 1]").Message}");
        }

        sequence.RequireSteps(name, "Permute");
        int steps = RequireFixedSteps(name, "Permute");
        int size = layers.RequireSize(name);
        Transpose(name, steps, size);
        sequence.Position = new KerasPosition(IsSequence: true, Steps: size, IsMade: true);
    }

    /// <summary>Refuses what makes anything else of a row than the same row.</summary>
    public void RequireRow(string name, string kind, JsonValue config)
    {
        if (kind == "Reshape"
            && !(config["target_shape"].Items() is [JsonValue only] && (SizeOrRest(only) is var size) && (size < 0 || size == layers.Size)))
        {
            throw new ModelFormatException(
                $"layer '{name}': {config["target_shape"].Unexpected("[features], because inside of TimeDistributed a step is a row").Message}");
        }
    }

    /// <summary>Every feature as a row of its steps, or every step as steps of one feature: whichever is fewer layers.</summary>
    private void Transpose(string name, int steps, int size)
    {
        int value = layers.Value;
        var parts = new List<int>();
        if (size <= steps)
        {
            for (int i = 0; i < size; i++)
            {
                layers.MoveTo(value);
                layers.AddSlice(name, i, 1);
                layers.Add(name, new FlattenLayer(1, steps));
                parts.Add(layers.Value);
            }

            layers.AddConcatenation(name, parts);
            layers.Add(name, new UnflattenLayer(size * steps, size));
        }
        else
        {
            layers.Add(name, new FlattenLayer(size, steps));
            value = layers.Value;
            for (int i = 0; i < steps; i++)
            {
                layers.MoveTo(value);
                layers.AddSlice(name, i * size, size);
                layers.Add(name, new UnflattenLayer(size, size));
                parts.Add(layers.Value);
            }

            layers.AddConcatenation(name, parts);
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
        layers.Add(name, new FlattenLayer(layers.RequireSize(name), RequireFixedSteps(name, kind)));
        sequence.Position = KerasPosition.Row;
    }

    private int RequireFixedSteps(string name, string kind) => sequence.Position.Steps ?? throw new ModelFormatException(
        $"layer '{name}': {kind} takes a fixed number of steps, which the file does not say.");
}
