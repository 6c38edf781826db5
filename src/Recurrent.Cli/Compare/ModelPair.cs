using Recurrent.Cli.Models;
using Recurrent.Cli.Verify;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Compare;

/// <summary>
/// Two models that take the same inputs and put out the same things: by name where there are several, and by whatever name
/// where there is one.
/// </summary>
/// <param name="Left">One model.</param>
/// <param name="Right">The other one.</param>
internal sealed record ModelPair(ModelDefinition Left, ModelDefinition Right)
{
    /// <summary>The formats that weights of the left model are computed in.</summary>
    public ModelOptions LeftFormats { get; init; } = WeightChoice.Floats;

    /// <summary>Those of the right one.</summary>
    public ModelOptions RightFormats { get; init; } = WeightChoice.Floats;

    /// <summary>Two models in the formats that their files say.</summary>
    public static ModelPair Of(ImportedModel left, ImportedModel right) =>
        new(left.Definition, right.Definition) { LeftFormats = left.Options, RightFormats = right.Options };

    /// <summary>Why the models cannot be compared; null if they can.</summary>
    public string? Mismatch()
    {
        if (!AreAlike(Left.Inputs, Right.Inputs, input => input.Name, input => (input.Kind, input.Size)))
        {
            return $"take different inputs: {Describe(Left.Inputs)} and {Describe(Right.Inputs)}.";
        }

        return AreAlike(Left.Outputs, Right.Outputs, output => output.Name, output => (output.Kind, output.Size))
            && Left.Output == Right.Output && HaveSameSteps()
            ? null
            : $"put out different things: {Describe(Left)} and {Describe(Right)}.";
    }

    /// <summary>Computes both on an input of the left one.</summary>
    /// <returns>The outputs of the left model by name, with how they differ.</returns>
    public IReadOnlyList<(string Name, Comparison Comparison)> Compare(VerifyPath left, VerifyPath right, SequenceInput input)
    {
        SequenceResult leftResult = left.Compute(SequenceRequest.Of(Left, LeftFormats, input));
        SequenceResult rightResult = right.Compute(SequenceRequest.Of(Right, RightFormats, input));
        return
        [
            .. Left.Outputs.Select((output, index) => (output.Name, new Comparison(
                leftResult.Outputs[index],
                rightResult.Outputs[RightIndexOf(output)],
                Left.OutputSteps(index, input.Time),
                input.Batch,
                output.Size))),
        ];
    }

    private int RightIndexOf(OutputValue output) =>
        Right.Outputs.Count == 1 ? 0 : Right.Outputs.ToList().FindIndex(other => other.Name == output.Name);

    private bool HaveSameSteps() => Left.Outputs.Select((output, index) => (output, index)).All(entry =>
        ((int[])[1, 1 << 20]).All(time =>
            Left.OutputSteps(entry.index, time) == Right.OutputSteps(RightIndexOf(entry.output), time)));

    private static bool AreAlike<T>(
        IReadOnlyList<T> left, IReadOnlyList<T> right, Func<T, string> name, Func<T, (ValueKind Kind, int Size)> shape) =>
        left.Count == 1 && right.Count == 1
            ? shape(left[0]) == shape(right[0])
            : left.Count == right.Count
                && left.All(one => right.Any(other => name(other) == name(one) && shape(other) == shape(one)));

    private static string Describe(IReadOnlyList<ModelInput> inputs) => inputs switch
    {
        [{ Kind: ValueKind.Indices } indices] => $"indices below {indices.Size}",
        [{ Kind: ValueKind.Sequence } sequence] => $"{sequence.Size} features",
        _ => string.Join(", ", inputs.Take(16).Select(SequenceInput.Describe)),
    };

    private static string Describe(ModelDefinition model) => model.Outputs.Count == 1
        ? $"{model.OutputSize} features ({(model.IsChain || model.Outputs[0].Kind == ValueKind.Sequence ? model.Output : "a row")})"
        : string.Join(", ", model.Outputs.Take(16).Select(output => $"'{output.Name}', {output.Size} features"));
}
