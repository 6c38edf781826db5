namespace Recurrent.Formats.Onnx;

/// <summary>A sequence with more steps before and behind its own.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Padded">The axis of steps that the padded sequence has in the place of its own.</param>
/// <param name="Before">Steps before the first.</param>
/// <param name="After">Steps behind the last.</param>
/// <param name="Fill">What they are filled with.</param>
internal sealed record Padding(FlowValue Sequence, Axis Padded, int Before, int After, float Fill) : Pending
{
    /// <summary>What the steps before the first are, <c>[Before, features]</c>; empty if they are filled.</summary>
    public ReadOnlyMemory<float> History { get; init; }

    /// <summary>Whether all that is added is 0.</summary>
    public bool IsZero => Fill == 0 && History.IsEmpty;

    public override string ToString() => $"{Sequence}, padded by {Before} and {After} steps";
}
