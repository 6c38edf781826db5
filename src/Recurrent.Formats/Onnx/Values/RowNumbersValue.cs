namespace Recurrent.Formats.Onnx;

/// <summary>The number of each row of an axis, times a factor: <c>0, f, 2 f, ...</c></summary>
/// <param name="rows">How many there are.</param>
/// <param name="factor">The factor.</param>
/// <param name="isColumn">Whether they are a column, with a second dimension of one element.</param>
internal sealed class RowNumbersValue(Extent rows, Extent factor, bool isColumn = false) : Value
{
    public bool IsColumn => isColumn;

    public Extent Rows => rows;

    public Extent Factor => factor;

    public override string ToString() => $"the numbers of {rows} rows times {factor}";
}
