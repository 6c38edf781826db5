namespace Recurrent.Layers;

/// <summary>The values that weights have in a format, as floats: what a model of that format computes with.</summary>
internal static class WeightRounding
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>Replaces a magnitude below 2^-126 by +0; NaN stays NaN.</summary>
    public static float Flush(float value) => MathF.Abs(value) < SmallestNormal ? 0.0f : value;

    /// <summary>The same model with rounded weights.</summary>
    public static ModelDefinition Round(ModelDefinition definition, LayerFormats[] formats) =>
        definition.WithLayers([.. definition.Layers.Select((layer, index) =>
            formats[index] == default ? layer : Round(layer, formats[index], $"layers[{index}]"))]);

    /// <summary>The values of a matrix in a format. Of floats they are what they were, not flushed.</summary>
    /// <param name="values"><c>[rows, columns]</c>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="format">The format.</param>
    /// <param name="argument">What the matrix is called where it is refused.</param>
    /// <exception cref="ArgumentException">A value or a row has no value in the format.</exception>
    public static float[] Round(
        ReadOnlySpan<float> values, int rows, int columns, WeightFormat format, string argument) => format switch
        {
            WeightFormat.BFloat16 => RoundToBFloat16(values, columns, argument),
            WeightFormat.Int8 or WeightFormat.Int8With8BitInputs =>
                Int8Matrix.Pack(values, rows, columns, argument).ToFloats(),
            _ => values.ToArray(),
        };

    /// <summary>A matrix by name, where something in it is refused.</summary>
    public static string NameOf(string layer, Direction direction, ParameterRole role) => $"{layer}.{direction}.{role}";

    private static Layer Round(Layer layer, LayerFormats formats, string argument)
    {
        Dictionary<(Direction Direction, ParameterRole Role), LayerPart> parts =
            LayerParts.Of(layer).ToDictionary(part => (part.Direction, part.Role));
        return LayerParts.Replace(layer, (direction, role) =>
            parts.TryGetValue((direction, role), out LayerPart part)
                ? Round(part.Values.Span, part.Rows, part.Columns, formats.Of(role), NameOf(argument, direction, role))
                : []);
    }

    private static float[] RoundToBFloat16(ReadOnlySpan<float> values, int columns, string argument)
    {
        float[] rounded = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            rounded[i] = RoundToBFloat16(Flush(values[i]));
            if (float.IsInfinity(rounded[i]))
            {
                throw new ArgumentException(
                    $"{argument}: expected weights that are finite in BFloat16, found {values[i]:R} in row {i / columns}, column "
                    + $"{i % columns}, which rounds to infinity.",
                    argument);
            }
        }

        return rounded;
    }

    /// <summary>To nearest, ties to even; NaN stays NaN.</summary>
    private static float RoundToBFloat16(float value)
    {
        if (float.IsNaN(value))
        {
            return float.NaN;
        }

        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint odd = (bits >> 16) & 1;
        return BitConverter.UInt32BitsToSingle((bits + 0x7fff + odd) & 0xffff0000);
    }
}
