using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>A model with one recorded sequence: <c>[steps, features]</c>.</summary>
internal sealed class RecordedSequence : ILoadedCase
{
    private readonly SequenceRequest _request;
    private readonly ExpectedTensor _expected;
    private readonly PassRule _single;
    private readonly PassRule _double;

    /// <summary>Puts a model and a recording together.</summary>
    /// <param name="imported">The model.</param>
    /// <param name="input">What it was given: features, or an index a step.</param>
    /// <param name="output">What it put out: every step, or one.</param>
    /// <param name="allowedSingle">Largest error of a result in float.</param>
    /// <param name="allowedDouble">Largest error of a result in double.</param>
    /// <exception cref="UnusableInputException">The recording is not one of such a model.</exception>
    public RecordedSequence(
        ImportedModel imported, float[] input, double[] output, double allowedSingle, double allowedDouble)
    {
        ModelDefinition model = imported.Definition;
        Notes = imported.Notes;
        int time = input.Length / model.InputSize;
        int steps = model.Output == ModelOutput.EveryStep ? time : 1;
        if (time * model.InputSize != input.Length || (long)steps * model.OutputSize != output.Length)
        {
            throw new UnusableInputException(
                $"expected {model.InputSize} inputs per step and {model.OutputSize} outputs for "
                + $"{(steps == time ? "each" : "the last one")}, found {input.Length} and {output.Length} values.");
        }

        bool takesIndices = model.VocabularySize > 0;
        _request = new SequenceRequest
        {
            Model = model,
            Formats = imported.Options,
            Time = time,
            Input = takesIndices ? default : input,
            Indices = takesIndices ? ToIndices(input) : default,
        };
        _expected = new ExpectedTensor("y", [steps, model.OutputSize], output);
        _single = new PassRule(TorchFactor: 0, Relative: 0, Tiny: 0, allowedSingle);
        _double = new PassRule(TorchFactor: 0, Relative: 0, Tiny: 0, allowedDouble);
    }

    public IReadOnlyList<ImportNote> Notes { get; }

    public IReadOnlyList<TensorResult> Check(VerifyPath path) =>
        [(path.IsDouble ? _double : _single).Check(_expected, path.Compute(_request).Output)];

    private static int[] ToIndices(float[] input) =>
        [.. input.Select(value => value == (int)value
            ? (int)value
            : throw new UnusableInputException($"expected indices as input, found {value}."))];
}
