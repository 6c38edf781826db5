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
