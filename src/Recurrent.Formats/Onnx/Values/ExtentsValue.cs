namespace Recurrent.Formats.Onnx;

/// <summary>A shape, or numbers computed from one: integers of which some are lengths of open axes.</summary>
internal sealed class ExtentsValue(IReadOnlyList<Extent> elements, bool isScalar) : Value
{
    public IReadOnlyList<Extent> Elements => elements;

    /// <summary>Whether this is one number and no list.</summary>
    public bool IsScalar => isScalar;

    /// <summary>A constant if every number is known.</summary>
    public static Value Create(IReadOnlyList<Extent> elements, bool isScalar)
    {
        if (elements.Any(extent => extent.Known is null))
        {
            return new ExtentsValue(elements, isScalar);
        }

        long[] values = [.. elements.Select(extent => extent.Known!.Value)];
        return ConstantValue.Of(isScalar ? [] : [values.Length], values.AsMemory());
    }

    public override string ToString() => isScalar ? $"the number {elements[0]}" : $"the shape [{string.Join(", ", elements)}]";
}
