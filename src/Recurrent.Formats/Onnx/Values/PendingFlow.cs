namespace Recurrent.Formats.Onnx;

/// <summary>
/// Data on the way to a layer: what some of the operators have computed that only together are one. It is rearranged as
/// data is; whatever else reads it has to know what it is.
/// </summary>
/// <param name="flow">Its dimensions.</param>
/// <param name="what">What has been computed.</param>
internal sealed class PendingFlow(FlowValue flow, Pending what) : Value
{
    public FlowValue Flow => flow;

    public Pending What => what;

    /// <summary>The same in other dimensions.</summary>
    public PendingFlow With(FlowValue rearranged) => new(rearranged, what);

    public override string ToString() => what.ToString();
}
