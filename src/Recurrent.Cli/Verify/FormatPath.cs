using System.Globalization;
using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A path whose weights have a format, held against the reference of that format: the bits have to be the same. What was
/// recorded of the model in floats tells an error then, and is no judge.
/// </summary>
/// <param name="inner">The path.</param>
/// <param name="format">The format that it computes in.</param>
internal sealed class FormatPath(VerifyPath inner, WeightFormat format) : VerifyPath(inner.Name)
{
    /// <summary>What the comparison with the reference is called among the tensors of a case.</summary>
    public const string Tensor = "bits of the reference";

    private readonly ReferencePath<float> _reference = new(VerifyPaths.Reference, WeightChoice.Of(format));
    private string? _difference;
    private bool _hasComputed;

    public override bool IsDouble => inner.IsDouble;

    public override SequenceResult Compute(SequenceRequest request)
    {
        SequenceResult expected = _reference.Compute(request);
        SequenceResult actual = inner.Compute(request);
        _hasComputed = true;
        _difference ??= Difference("output", expected.Outputs, actual.Outputs)
            ?? Difference("final state", expected.FinalStates, actual.FinalStates);
        return actual;
    }

    public override GradientResult Differentiate(GradientRequest request) => throw new UnusableInputException(
        $"gradients: expected weights of float32, which is what trainers have; found {WeightFormatNames.Of(format)}.");

    /// <summary>Computes a case; its own judgement stays only where nothing was computed.</summary>
    public IReadOnlyList<TensorResult> Check(ILoadedCase loaded)
    {
        (_difference, _hasComputed) = (null, false);
        IReadOnlyList<TensorResult> tensors = loaded.Check(this);
        return !_hasComputed
            ? tensors
            :
            [
                .. tensors.Select(tensor => tensor with { Allowed = double.PositiveInfinity, Failure = null }),
                new TensorResult(Tensor, 0, 0, _difference),
            ];
    }

    private static string? Difference(string what, IReadOnlyList<double[]> expected, IReadOnlyList<double[]> actual)
    {
        for (int value = 0; value < expected.Count; value++)
        {
            for (int i = 0; i < expected[value].Length; i++)
            {
                double reference = expected[value][i];
                double found = actual[value][i];
                if (double.IsNaN(reference)
                    ? !double.IsNaN(found)
                    : BitConverter.DoubleToInt64Bits(reference) != BitConverter.DoubleToInt64Bits(found))
                {
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"expected {reference:G9} in element {i} of {what} {value}, found {found:G9}");
                }
            }
        }

        return null;
    }
}
