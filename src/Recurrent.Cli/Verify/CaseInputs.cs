using Recurrent.Cli.Data;
using Recurrent.Cli.Models;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The arrays of a case as the inputs of a model, in its order of inputs and of axes.</summary>
internal sealed class CaseInputs
{
    private readonly ModelDefinition _model;
    private readonly List<(string Name, DataArray Array)> _arrays = [];

    /// <summary>Finds an array for each input.</summary>
    /// <exception cref="UnusableInputException">They are not those of the model.</exception>
    public CaseInputs(
        ModelDefinition model,
        IReadOnlyDictionary<string, DataArray> arrays,
        IReadOnlyDictionary<string, CaseAxes?> axes)
    {
        _model = model;
        bool hasSequence = false;
        foreach ((ModelInput input, string name) in Match(model, arrays))
        {
            DataArray array = arrays[name];
            CaseAxes order = axes[name] ?? CaseAxes.Of(input, model.Layout, array.Shape.Count);
            if (input.Kind != ValueKind.Row && !hasSequence)
            {
                IsBatchMajor = order.IsBatchMajor;
                hasSequence = true;
            }

            _arrays.Add(($"input '{name}'", InModelOrder(input, array, order, name)));
        }
    }

    /// <summary>Whether the steps of a sequence lie together.</summary>
    public bool IsBatchMajor { get; }

    /// <summary>The arrays as what a model is given.</summary>
    /// <exception cref="UnusableInputException">A shape does not fit the model or another input, or an index is none.</exception>
    public SequenceInput ToSequence() => SequenceInput.Of(_model, _arrays);

    /// <summary>An only input may be called anything, others go by their names.</summary>
    private static IEnumerable<(ModelInput Input, string Name)> Match(
        ModelDefinition model, IReadOnlyDictionary<string, DataArray> arrays)
    {
        if (model.Inputs.Count == 1 && arrays.Count == 1)
        {
            return [(model.Inputs[0], arrays.Keys.Single())];
        }

        string[] expected = [.. model.Inputs.Select(input => input.Name)];
        return expected.ToHashSet().SetEquals(arrays.Keys)
            ? model.Inputs.Select(input => (input, input.Name))
            : throw new UnusableInputException(
                $"the model has the input{(expected.Length == 1 ? "" : "s")} {string.Join(", ", expected)}; the case has "
                + $"{string.Join(", ", arrays.Keys)}.");
    }

    private DataArray InModelOrder(ModelInput input, DataArray array, CaseAxes axes, string name)
    {
        (int time, int batch, int features) = axes.SizesOf(array.Shape, name);
        if (input.Kind == ValueKind.Row)
        {
            return !axes.HasTime
                ? array with { Shape = [batch, features] }
                : throw new UnusableInputException(
                    $"input '{name}': expected a row, without an axis of time; found the axes {axes}.");
        }

        if (!axes.HasTime)
        {
            throw new UnusableInputException(
                $"input '{name}': expected a sequence, with an axis of time; found the axes {axes}.");
        }

        bool isBatchMajor = _model.Layout == SequenceLayout.BatchMajor;
        float[] values = axes.IsBatchMajor == isBatchMajor ? array.Values
            : isBatchMajor ? SequenceInput.Transpose<float>(array.Values, time, batch, features)
            : SequenceInput.Transpose<float>(array.Values, batch, time, features);
        return array with { Shape = isBatchMajor ? [batch, time, features] : [time, batch, features], Values = values };
    }
}
