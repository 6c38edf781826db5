namespace Recurrent.Formats.Onnx;

/// <summary>A value of which nothing but the shape is used.</summary>
/// <param name="shape">The length of each dimension.</param>
internal sealed class ShapedValue(IReadOnlyList<Extent> shape) : Value
{
    public IReadOnlyList<Extent> Shape => shape;

    public override string ToString() => $"a value [{string.Join(", ", shape)}] of which only the shape is used";
}
