namespace Recurrent.Formats.Onnx;

/// <summary>A number that follows from lengths of axes, once for every row of an open axis: lengths of rows that are all whole.</summary>
/// <param name="element">The number.</param>
internal sealed class SpreadExtent(Extent element) : Value
{
    public Extent Element => element;

    public override string ToString() => $"the number {element} for every row";
}
