namespace Recurrent.Formats.Onnx;

/// <summary>The sum over time of a sequence, before it is divided by the number of steps.</summary>
/// <param name="Mean">The mean over time.</param>
/// <param name="Time">The axis of the steps.</param>
internal sealed record TimeSum(FlowValue Mean, Axis Time) : Pending
{
    public override string ToString() => $"a sum over the steps of {Time}, whose number is open; their mean is a layer, {Mean}";
}
