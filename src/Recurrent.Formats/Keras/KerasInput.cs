using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>The inputs of a Keras model.</summary>
internal static class KerasInput
{
    // What a list of layers calls its input.
    private const string SingleName = "x";

    /// <summary>Axes of a shape of rows, the batch included; that of sequences has one more.</summary>
    public const int RowAxes = 2;

    /// <summary>An input.</summary>
    /// <param name="name">The name of its layer.</param>
    /// <param name="network">The model.</param>
    /// <param name="isOnly">Whether there is no other one.</param>
    public static ModelInput Read(string name, KerasNetwork network, bool isOnly)
    {
        KerasLayer layer = network.Layers.First(layer => layer.Name == name);
        KerasLayer? reader = network.Layers.FirstOrDefault(other => other.Inputs.Contains(layer.Output));
        string called = isOnly ? SingleName : name;
        if (reader is { Kind: "Embedding" })
        {
            return ModelInput.Indices(called, reader.Config["input_dim"].Size());
        }

        if (StepsOfRow(layer, network) is var (_, ofStep))
        {
            return ModelInput.Sequence(called, ofStep);
        }

        IReadOnlyList<JsonValue> axes = ShapeOf(layer.Config) ?? [];
        if (InnerOf(layer.Config) is { } rows && axes[^1].IsNumber)
        {
            long size = (long)rows * axes[^1].Size();
            return size <= LayerSpecification.MaxSize
                ? ModelInput.Sequence(called, (int)size)
                : throw new ModelFormatException(
                    $"layer '{name}': expected at most {LayerSpecification.MaxSize} features in all rows of a step, found {size}.");
        }

        return axes is [_, .., { IsNumber: true } features] && axes.Count is RowAxes or RowAxes + 1
            ? axes.Count == RowAxes ? ModelInput.Row(called, features.Size()) : ModelInput.Sequence(called, features.Size())
            : throw new ModelFormatException(
                $"layer '{name}': expected an input [batch, steps, features] or [batch, features] whose features are a number, or "
                + "[batch, steps, rows, features] where both are.");
    }

    /// <summary>
    /// The steps of an input without steps of which nothing but a <c>Reshape</c> makes steps: its elements are in their order
    /// already. Null of another input.
    /// </summary>
    public static (int Steps, int Features)? StepsOfRow(KerasLayer input, KerasNetwork network)
    {
        KerasLayer[] readers = [.. network.Layers.Where(other => other.Inputs.Contains(input.Output))];
        if (ShapeOf(input.Config) is not [_, { IsNumber: true } all] || network.Outputs.Contains(input.Output)
            || readers is not [{ Kind: "Reshape", IsPerStep: false } reshape] || reshape.Config["target_shape"].Items() is not [var first, var second]
            || !first.IsNumber || !second.IsNumber)
        {
            return null;
        }

        int size = all.Size();
        (double steps, double features) = (first.Number(), second.Number());
        (steps, features) = (steps == -1 ? size / features : steps, features == -1 ? size / steps : features);
        return steps >= 1 && features >= 1 && steps * features == size && steps == Math.Floor(steps) && features == Math.Floor(features)
            ? ((int)steps, (int)features)
            : null;
    }

    /// <summary>The shape that a configuration says of its input, the batch first; null if it does not.</summary>
    public static IReadOnlyList<JsonValue>? ShapeOf(JsonValue config) =>
        (config.Find("batch_shape") ?? config.Find("batch_input_shape")) is { IsArray: true } shape ? shape.Items() : null;

    /// <summary>Rows of features in a step of an input <c>[batch, steps, rows, features]</c>; null of another one.</summary>
    public static int? InnerOf(JsonValue config) =>
        ShapeOf(config) is [_, _, { IsNumber: true } rows, _] ? rows.Size() : null;

    /// <summary>Steps of the input as its shape says them; null for any number.</summary>
    public static int? StepsOf(JsonValue config) =>
        ShapeOf(config) is [_, { IsNumber: true } steps, ..] ? steps.Integer(1, int.MaxValue) : null;
}
