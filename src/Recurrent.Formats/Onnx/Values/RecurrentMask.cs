namespace Recurrent.Formats.Onnx;

/// <summary>Which steps a recurrent layer skips.</summary>
/// <param name="Steps">Which steps are there.</param>
/// <param name="PutsOutZero">Whether 0 is put out at others, and not the output before.</param>
internal sealed record RecurrentMask(StepMaskNode Steps, bool PutsOutZero)
{
    /// <summary>Whether two say the same.</summary>
    public bool IsSame(RecurrentMask? other) => other is not null && PutsOutZero == other.PutsOutZero && Steps.IsSame(other.Steps);
}
