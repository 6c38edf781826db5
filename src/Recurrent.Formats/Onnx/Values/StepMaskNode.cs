namespace Recurrent.Formats.Onnx;

/// <summary>Which steps of an input are there, by comparing what it holds with a value that stands for a missing one.</summary>
/// <param name="input">The input.</param>
/// <param name="missing">The value: of all features of a step, or an index.</param>
/// <param name="form">What the elements are.</param>
internal sealed class StepMaskNode(InputNode input, float missing, StepMaskForm form) : FlowNode(input.Name)
{
    public InputNode Input => input;

    public float Missing => missing;

    public StepMaskForm Form => form;

    public override IReadOnlyList<FlowRow> Rows => [];

    /// <summary>Whether two say the same of the same steps.</summary>
    public bool IsSame(StepMaskNode other) => Input == other.Input && Missing.Equals(other.Missing) && Form == other.Form;

    public override string ToString() => $"the comparison of '{Name}' with {missing}";
}

/// <summary>What the elements of a <see cref="StepMaskNode"/> are.</summary>
internal enum StepMaskForm
{
    /// <summary>Whether a step is there.</summary>
    There,

    /// <summary>Whether a step is missing.</summary>
    Missing,

    /// <summary>Whether a feature differs from the value.</summary>
    FeatureDiffers,

    /// <summary>Whether a feature is the value.</summary>
    FeatureEquals,

    /// <summary>How many features of a step differ.</summary>
    Differences,
}
