using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>An ONNX graph with tensors for its inputs and what its outputs should be.</summary>
internal sealed class OnnxCase : ILoadedCase
{
    private readonly OnnxBinding _binding;
    private readonly OnnxSequence _sequence;
    private readonly IReadOnlyList<ExpectedTensor> _expected;
    private readonly PassRule _rule;

    /// <summary>Makes a model of the graph.</summary>
    /// <param name="file">The graph.</param>
    /// <param name="inputs">The tensors for its inputs, by name, weights among them.</param>
    /// <param name="expected">What the outputs should be, in the graph's order.</param>
    /// <param name="rule">When a result passes, in float as in double: the expected values are float.</param>
    /// <param name="options">How the graph is to be read.</param>
    /// <exception cref="ModelFormatException">The graph is no recurrent model.</exception>
    /// <exception cref="UnusableInputException">The tensors do not fit it.</exception>
    public OnnxCase(
        OnnxFile file,
        IReadOnlyDictionary<string, OnnxTensor> inputs,
        IReadOnlyList<ExpectedTensor> expected,
        PassRule rule,
        ImportOptions options)
    {
        _binding = file.Bind(
            file.WeightInputs.Where(inputs.ContainsKey).ToDictionary(name => name, name => inputs[name]), options);
        _sequence = new OnnxSequence(_binding, inputs);
        _expected = expected;
        _rule = rule;
        if (expected.Count > _binding.Outputs.Count)
        {
            throw new UnusableInputException(
                $"expected {expected.Count} outputs, the graph has {_binding.Outputs.Count}.");
        }
    }

    public IReadOnlyList<TensorResult> Check(VerifyPath path)
    {
        SequenceResult result = path.Compute(_sequence.Request);
        return
        [
            .. _binding.Outputs.Zip(_expected, (output, expected) =>
                _rule.Check(expected with { Name = output.Name }, _sequence.Output(output, result))),
        ];
    }
}
