using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>The inputs of a Keras model.</summary>
internal static class KerasInput
{
    // What a list of layers calls its input.
    private const string SingleName = "x";

    /// <summary>Whether the shape has one axis beside the batch, sequences two.</summary>
    private const int RowAxes = 2;

    /// <summary>An input.</summary>
    /// <param name="name">The name of its layer.</param>
    /// <param name="network">The model.</param>
    /// <param name="isOnly">Whether there is no other one.</param>
    public static ModelInput Read(string name, KerasNetwork network, bool isOnly)
    {
        KerasLayer layer = network.Layers.First(layer => layer.Name == name);
        JsonValue? shape = layer.Config.Find("batch_shape") ?? layer.Config.Find("batch_input_shape");
        KerasLayer? reader = network.Layers.FirstOrDefault(other => other.Inputs.Contains(name));
        string called = isOnly ? SingleName : name;
        if (reader is { Kind: "Embedding" })
        {
            return ModelInput.Indices(called, reader.Config["input_dim"].Size());
        }

        IReadOnlyList<JsonValue> axes = shape is { IsArray: true } found ? found.Items() : [];
        return axes is [_, .., { IsNumber: true } features] && axes.Count is RowAxes or RowAxes + 1
            ? axes.Count == RowAxes ? ModelInput.Row(called, features.Size()) : ModelInput.Sequence(called, features.Size())
            : throw new ModelFormatException(
                $"layer '{name}': expected an input [batch, steps, features] or [batch, features] whose features are a number.");
    }
}
