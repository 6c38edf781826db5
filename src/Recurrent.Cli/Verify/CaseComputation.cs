using Recurrent.Cli.Data;
using Recurrent.Cli.Models;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A model file with inputs and the outputs that it should give. The model computes time-major; its outputs are then brought
/// into the order of its sequences, which is that of the expected outputs or has time and batch exchanged.
/// </summary>
internal sealed class CaseComputation : ILoadedCase
{
    private readonly SequenceRequest _request;
    private readonly IReadOnlyList<(int Output, ExpectedTensor Expected)> _outputs;
    private readonly PassRule _rule;
    private readonly bool _isBatchMajor;

    /// <summary>Puts a model and its tensors together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">What it is given, by name.</param>
    /// <param name="axes">The axes of each, by name; null where they follow from the model.</param>
    /// <param name="outputs">What it should output.</param>
    /// <param name="rule">When that passes, in float as in double.</param>
    /// <exception cref="UnusableInputException">The tensors are not those of such a model.</exception>
    public CaseComputation(
        ImportedModel model,
        IReadOnlyDictionary<string, DataArray> inputs,
        IReadOnlyDictionary<string, CaseAxes?> axes,
        IReadOnlyList<ExpectedTensor> outputs,
        PassRule rule)
    {
        var arrays = new CaseInputs(model.Definition, inputs, axes);
        Notes = model.Notes;
        _isBatchMajor = arrays.IsBatchMajor;
        _request = SequenceRequest.Of(model.Definition, model.Options, arrays.ToSequence());
        _outputs = [.. outputs.Select(expected => (IndexOf(model.Definition, expected.Name, outputs), expected))];
        _rule = rule;
    }

    public IReadOnlyList<ImportNote> Notes { get; }

    public IReadOnlyList<TensorResult> Check(VerifyPath path)
    {
        SequenceResult result = path.Compute(_request);
        return [.. _outputs.Select(output => Check(output.Output, output.Expected, result.Outputs[output.Output]))];
    }

    /// <summary>An only output may be called anything.</summary>
    private static int IndexOf(ModelDefinition model, string name, IReadOnlyList<ExpectedTensor> outputs)
    {
        int index = model.Outputs.Count == 1 && outputs.Count == 1
            ? 0
            : model.Outputs.ToList().FindIndex(output => output.Name == name);
        return index >= 0
            ? index
            : throw new UnusableInputException(
                $"the model has no output '{name}'; it has {string.Join(", ", model.Outputs.Select(output => output.Name))}.");
    }

    private TensorResult Check(int index, ExpectedTensor expected, double[] actual)
    {
        OutputValue output = _request.Model.Outputs[index];
        int steps = _request.Model.OutputSteps(index, _request.Time);
        string? mismatch = Mismatch(expected, steps, output.Size, _isBatchMajor);
        if (mismatch is null)
        {
            return _rule.Check(expected, InOrder(actual, steps, output.Size, _isBatchMajor));
        }

        // A model's output stays in its input's order of axes, and a file's need not.
        return Mismatch(expected, steps, output.Size, !_isBatchMajor) is null
            ? _rule.Check(expected, InOrder(actual, steps, output.Size, !_isBatchMajor))
            : new TensorResult(expected.Name, double.PositiveInfinity, _rule.Absolute, mismatch);
    }

    private string? Mismatch(ExpectedTensor expected, int steps, int features, bool isBatchMajor)
    {
        (int first, int second) = isBatchMajor ? (_request.Batch, steps) : (steps, _request.Batch);
        return ShapeMatch.Mismatch(expected.Shape, [first, second, features], features: 2);
    }

    private double[] InOrder(double[] output, int steps, int features, bool isBatchMajor) =>
        isBatchMajor ? SequenceInput.Transpose<double>(output, steps, _request.Batch, features) : output;
}
