namespace Recurrent.Layers;

/// <summary>Where a model's parameters are when they lie one after the other, and the way there and back.</summary>
internal static class ParameterBlocks
{
    /// <summary>The blocks of a model, in their order.</summary>
    /// <exception cref="ArgumentException">There are more parameters than an array holds.</exception>
    public static IReadOnlyList<ParameterBlock> Of(ModelDefinition definition, string argument)
    {
        List<ParameterBlock> blocks = [];
        int offset = 0;
        for (int layer = 0; layer < definition.Layers.Count; layer++)
        {
            foreach (LayerPart part in LayerParts.Of(definition.Layers[layer]))
            {
                blocks.Add(new ParameterBlock(layer, part.Direction, part.Role, offset, part.Rows, part.Columns));
                offset = Require.Elements(1, (long)offset + part.Values.Length, "[1, parameter count]", argument);
            }
        }

        return blocks;
    }

    /// <summary>Number of parameters of all blocks.</summary>
    public static int Count(IReadOnlyList<ParameterBlock> blocks) =>
        blocks.Count == 0 ? 0 : blocks[^1].Offset + blocks[^1].Length;

    /// <summary>All parameters of a model, in the order of its blocks.</summary>
    public static float[] Gather(ModelDefinition definition) =>
        [.. definition.Layers.SelectMany(LayerParts.Of).SelectMany(part => part.Values.ToArray())];

    /// <summary>The same model with other parameters.</summary>
    public static ModelDefinition Replace(
        ModelDefinition definition, IReadOnlyList<ParameterBlock> blocks, ReadOnlyMemory<float> parameters)
    {
        Dictionary<(int Layer, Direction Direction, ParameterRole Role), ParameterBlock> places =
            blocks.ToDictionary(block => (block.Layer, block.Direction, block.Role));
        Layer[] layers =
        [
            .. definition.Layers.Select((layer, index) => LayerParts.Replace(
                layer,
                (direction, role) => places.TryGetValue((index, direction, role), out ParameterBlock? block)
                    ? parameters.Slice(block.Offset, block.Length).ToArray()
                    : [])),
        ];
        return definition.WithLayers(layers);
    }
}
