namespace Recurrent.Formats.Onnx;

/// <summary>A sequence flattened feature by feature, where the layer flattens it step by step.</summary>
/// <param name="Row">The flattened sequence, the features of its first step first.</param>
/// <param name="Sequence">What was flattened.</param>
/// <param name="Steps">Steps of the sequence.</param>
internal sealed record FeaturesFirst(FlowValue Row, FlowValue Sequence, int Steps) : Pending
{
    /// <summary>Features of a step.</summary>
    public int Features => Row.Features!.Size!.Value / Steps;

    /// <summary>Where each element of the layer's order is in the file's.</summary>
    public int PlaceOf(int element) => (element % Features * Steps) + (element / Features);

    public override string ToString() => $"{Sequence}, flattened feature by feature";
}
