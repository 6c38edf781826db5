using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The parameters of a layer, or their gradients, by what they are.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class LayerParameters<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly Dictionary<(Direction Direction, ParameterRole Role), Memory<T>> _parts;

    private LayerParameters(Dictionary<(Direction Direction, ParameterRole Role), Memory<T>> parts)
    {
        _parts = parts;
    }

    /// <summary>The formats of the matrices; floats in training.</summary>
    public LayerFormats Formats { get; private init; }

    /// <summary>What the layer is called where a weight is refused.</summary>
    public string Name { get; private init; } = string.Empty;

    /// <summary>Gradients of a table: the rows that have one, because a batch has read them.</summary>
    public ISet<int> Rows { get; private init; } = new SortedSet<int>();

    /// <summary>The weights of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="formats">How its matrices are to be packed.</param>
    /// <param name="name">What it is called where a weight is refused.</param>
    public static LayerParameters<T> Of(Layer layer, LayerFormats formats, string name) =>
        new(LayerParts.Of(layer).ToDictionary(
            part => (part.Direction, part.Role),
            part => (Memory<T>)Array.ConvertAll(part.Values.ToArray(), T.CreateChecked)))
        {
            Formats = formats,
            Name = name,
        };

    /// <summary>A layer's share of a vector of all parameters; nothing is copied.</summary>
    public static LayerParameters<T> Of(
        int layer, IReadOnlyList<ParameterBlock> blocks, T[] values, ISet<int>? rows = null) =>
        new(blocks.Where(block => block.Layer == layer).ToDictionary(
            block => (block.Direction, block.Role),
            block => values.AsMemory(block.Offset, block.Length)))
        {
            Rows = rows ?? new SortedSet<int>(),
        };

    /// <summary>One part; empty if the layer has it not.</summary>
    public Memory<T> Part(ParameterRole role, Direction direction = Direction.Forward) =>
        _parts.GetValueOrDefault((direction, role));

    /// <summary>A copy of one part as it is packed: flushed.</summary>
    public T[] Packed<TArithmetic>(ParameterRole role, Direction direction = Direction.Forward)
        where TArithmetic : IArithmetic<T> =>
        Array.ConvertAll(Part(role, direction).ToArray(), TArithmetic.Flush);

    /// <summary>A copy of one part as it is packed, or zeros if the layer has it not.</summary>
    public T[] PackedOrZeros<TArithmetic>(ParameterRole role, int count, Direction direction = Direction.Forward)
        where TArithmetic : IArithmetic<T> =>
        Part(role, direction).IsEmpty ? new T[count] : Packed<TArithmetic>(role, direction);
}
