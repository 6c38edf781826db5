using Recurrent.Cli.Data;
using Recurrent.Cli.Models;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A model file with an input and the output that it should give. The model computes in its own order of axes; its
/// output is then brought into that of the input, which is that of the expected output or has time and batch exchanged.
/// </summary>
internal sealed class CaseComputation : ILoadedCase
{
    private readonly SequenceRequest _request;
    private readonly ExpectedTensor _expected;
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
        if (inputs.Count != 1 || outputs.Count != 1)
        {
            throw new UnusableInputException(
                $"the model has one input and one output; the case has {string.Join(", ", inputs.Keys)} and "
                + $"{string.Join(", ", outputs.Select(output => output.Name))}.");
        }

        (string name, DataArray array) = inputs.Single();
        CaseAxes order = axes[name] ?? CaseAxes.Of(model, array.Shape.Count);
        Notes = model.Notes;
        _isBatchMajor = order.IsBatchMajor;
        _request = Request(model, array, order, name);
        _expected = outputs[0];
        _rule = rule;
    }

    public IReadOnlyList<ImportNote> Notes { get; }

    private int Steps => _request.Model.Output == ModelOutput.EveryStep ? _request.Time : 1;

    public IReadOnlyList<TensorResult> Check(VerifyPath path)
    {
        double[] output = path.Compute(_request).Output;
        bool isBatchMajor = _request.Model.Layout == SequenceLayout.BatchMajor;
        string? mismatch = Mismatch(_isBatchMajor);
        if (mismatch is null)
        {
            return [_rule.Check(_expected, InOrder(output, isBatchMajor, _isBatchMajor))];
        }

        // A model's output stays in its input's order of axes, and a file's need not.
        return Mismatch(!_isBatchMajor) is null
            ? [_rule.Check(_expected, InOrder(output, isBatchMajor, !_isBatchMajor))]
            : [new TensorResult(_expected.Name, double.PositiveInfinity, _rule.Absolute, mismatch)];
    }

    private static SequenceRequest Request(ImportedModel model, DataArray array, CaseAxes axes, string name)
    {
        (int time, int batch, int features) = axes.SizesOf(array.Shape, name);
        (int first, int second) = axes.IsBatchMajor ? (batch, time) : (time, batch);
        var input = SequenceInput.Of(
            model.Definition,
            array with { Shape = [first, second, features] },
            $"input '{name}'",
            axes.IsBatchMajor ? SequenceLayout.BatchMajor : SequenceLayout.TimeMajor);
        return new SequenceRequest
        {
            Model = model.Definition,
            Batch = batch,
            Time = time,
            Input = InOrder(input.Features),
            Indices = InOrder(input.Indices),
        };

        ReadOnlyMemory<T> InOrder<T>(ReadOnlyMemory<T> values) =>
            values.IsEmpty || model.Definition.Layout == SequenceLayout.TimeMajor
                ? values
                : SequenceInput.Transpose(values.Span, time, batch, features);
    }

    private string? Mismatch(bool isBatchMajor)
    {
        (int first, int second) = isBatchMajor ? (_request.Batch, Steps) : (Steps, _request.Batch);
        return ShapeMatch.Mismatch(_expected.Shape, [first, second, _request.Model.OutputSize], features: 2);
    }

    private double[] InOrder(double[] output, bool from, bool to) => from == to ? output
        : to ? SequenceInput.Transpose<double>(output, Steps, _request.Batch, _request.Model.OutputSize)
        : SequenceInput.Transpose<double>(output, _request.Batch, Steps, _request.Model.OutputSize);
}
