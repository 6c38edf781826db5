using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>An ONNX graph with tensors for its inputs and what its outputs should be.</summary>
internal sealed class OnnxCase : ILoadedCase
{
    private readonly OnnxSequence _sequence;
    private readonly IReadOnlyList<(OnnxOutput Output, ExpectedTensor Expected)> _outputs;
    private readonly PassRule _rule;

    private OnnxCase(
        OnnxBinding binding,
        IReadOnlyDictionary<string, OnnxTensor> inputs,
        IReadOnlyList<(OnnxOutput Output, ExpectedTensor Expected)> outputs,
        PassRule rule)
    {
        _sequence = new OnnxSequence(binding, inputs);
        _outputs = outputs;
        _rule = rule;
        Notes = binding.Model.Notes;
    }

    public IReadOnlyList<ImportNote> Notes { get; }

    /// <summary>Makes a model of the graph, with outputs in the order of the graph.</summary>
    /// <param name="file">The graph.</param>
    /// <param name="inputs">The tensors for its inputs, by name, weights among them.</param>
    /// <param name="expected">What the outputs should be, in the graph's order.</param>
    /// <param name="rule">When a result passes, in float as in double: the expected values are float.</param>
    /// <param name="options">How the graph is to be read.</param>
    /// <exception cref="ModelFormatException">The graph is no recurrent model.</exception>
    /// <exception cref="UnusableInputException">The tensors do not fit it.</exception>
    public static OnnxCase InOrder(
        OnnxFile file,
        IReadOnlyDictionary<string, OnnxTensor> inputs,
        IReadOnlyList<ExpectedTensor> expected,
        PassRule rule,
        ImportOptions options)
    {
        OnnxBinding binding = Bind(file, inputs, options);
        return expected.Count <= binding.Outputs.Count
            ? new OnnxCase(
                binding,
                inputs,
                [.. binding.Outputs.Zip(expected, (output, tensor) => (output, tensor with { Name = output.Name }))],
                rule)
            : throw new UnusableInputException(
                $"expected {expected.Count} outputs, the graph has {binding.Outputs.Count}.");
    }

    /// <summary>Makes a model of the graph, with outputs by their names.</summary>
    public static OnnxCase OfNames(
        OnnxFile file,
        IReadOnlyDictionary<string, OnnxTensor> inputs,
        IReadOnlyList<ExpectedTensor> expected,
        PassRule rule,
        ImportOptions options)
    {
        OnnxBinding binding = Bind(file, inputs, options);
        string? unknown = inputs.Keys.Except(file.Inputs).FirstOrDefault();
        if (unknown is not null)
        {
            throw new UnusableInputException($"the graph has no input '{unknown}'; it has {Names(file.Inputs)}.");
        }

        return new OnnxCase(binding, inputs, [.. expected.Select(tensor => (Find(tensor.Name), tensor))], rule);

        OnnxOutput Find(string name) => binding.Outputs.FirstOrDefault(output => output.Name == name)
            ?? throw new UnusableInputException(
                $"the graph has no output '{name}'; it has {Names(binding.Outputs.Select(output => output.Name))}.");
    }

    public IReadOnlyList<TensorResult> Check(VerifyPath path)
    {
        SequenceResult result = path.Compute(_sequence.Request);
        return [.. _outputs.Select(pair => Check(pair.Output, pair.Expected, result))];
    }

    private static OnnxBinding Bind(
        OnnxFile file, IReadOnlyDictionary<string, OnnxTensor> inputs, ImportOptions options) =>
        file.Bind(
            file.WeightInputs.Where(inputs.ContainsKey).ToDictionary(name => name, name => inputs[name]), options);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);

    private TensorResult Check(OnnxOutput output, ExpectedTensor expected, SequenceResult result)
    {
        double[] actual = _sequence.Output(output, result);
        return ShapeMatch.Mismatch(
            expected.Shape,
            _sequence.ShapeOf(output, actual.Length),
            output.Axes.ToList().IndexOf(OnnxAxis.Features),
            output.Role == OnnxOutputRole.FinalStates ? output.Axes.ToList().IndexOf(OnnxAxis.Direction) : -1) is { } mismatch
            ? new TensorResult(expected.Name, double.PositiveInfinity, _rule.Absolute, mismatch)
            : _rule.Check(expected, actual);
    }
}
