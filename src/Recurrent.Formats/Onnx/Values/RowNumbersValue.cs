namespace Recurrent.Formats.Onnx;

/// <summary>The number of each row of an axis, times a factor: <c>0, f, 2 f, ...</c></summary>
/// <param name="rows">How many there are.</param>
/// <param name="factor">The factor.</param>
internal sealed class RowNumbersValue(Extent rows, Extent factor) : Value
{
    public Extent Rows => rows;

    public Extent Factor => factor;

    public override string ToString() => $"the numbers of {rows} rows times {factor}";
}
