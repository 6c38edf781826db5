using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>Refuses weights that have no value in the format that their file says they are computed in.</summary>
internal static class FormatCheck
{
    // Bits of the smallest magnitude that rounds to infinity as bfloat16, and those of infinity.
    private const uint TooLarge = 0x7F7F8000;
    private const uint Infinity = 0x7F800000;

    /// <summary>Checks all layers, whose weights have been read.</summary>
    /// <exception cref="ModelFormatException">There is such a weight.</exception>
    public static void RequireValues(IReadOnlyList<LayerRecord> layers)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            LayerRecord layer = layers[i];
            (WeightFormat input, WeightFormat recurrent) =
                ((WeightFormat)layer.InputWeightFormat, (WeightFormat)layer.RecurrentWeightFormat);
            foreach (DirectionRecord direction in layer.Directions())
            {
                Require(direction, WeightField.InputWeights, input, i);
                Require(direction, WeightField.RecurrentWeights, recurrent, i);
                Require(direction, WeightField.Projection, recurrent, i);
            }
        }
    }

    private static void Require(DirectionRecord direction, WeightField field, WeightFormat format, int layer)
    {
        if (direction.Arrays[(int)field] is not { } array || format == WeightFormat.Float32)
        {
            return;
        }

        string name = $"layers[{layer}].{field}";
        if (format == WeightFormat.BFloat16)
        {
            foreach (float value in array.Values.Span)
            {
                if ((BitConverter.SingleToUInt32Bits(value) & int.MaxValue) is >= TooLarge and <= Infinity)
                {
                    throw new ModelFormatException(
                        $"the model of the file: {name}: expected weights that do not round to infinity in {format}, found {value:R}.");
                }
            }

            return;
        }

        try
        {
            for (int row = 0; row < array.Rows; row++)
            {
                _ = Int8Matrix.Pack(array.Values.Span.Slice((int)(row * array.Columns), (int)array.Columns), 1, (int)array.Columns);
            }
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException($"the model of the file: {name}: {e.Message}", e);
        }
    }
}
