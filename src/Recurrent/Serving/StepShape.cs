using System.Diagnostics.CodeAnalysis;
using Recurrent.Layers;

namespace Recurrent.Serving;

/// <summary>What a step of a model takes and gives.</summary>
internal sealed class StepShape
{
    private readonly string? _wrongKind;
    private readonly int _vocabularySize;

    public StepShape(RecurrentModel model)
    {
        Inputs = model.Inputs;
        Outputs = model.Outputs;
        foreach (ModelInput input in Inputs)
        {
            if (input.Kind == ValueKind.Indices && Inputs.Count > 1)
            {
                throw new NotSupportedException(
                    $"pool: a stream server takes a model of indices if they are its only input; this one has {Inputs.Count}, "
                    + $"and '{input.Name}' is of indices. StreamPool.Run takes any of them.");
            }
        }

        TakesIndices = Inputs[0].Kind == ValueKind.Indices;
        _vocabularySize = model.VocabularySize;
        InputSize = TakesIndices ? 1 : checked(Inputs.Sum(input => input.Size));
        OutputSize = checked(Outputs.Sum(output => output.Size));
        HasOneOutput = Outputs.Count == 1 && Outputs[0].Kind == ValueKind.Row;
        IsPlain = Inputs.Count == 1 && Outputs.Count == 1 && Inputs[0].Kind != ValueKind.Row;
        _wrongKind = TakesIndices
            ? "x: the model takes indices, not features. Give an int, or ReadOnlyMemory<int>."
            : "index: the model takes features, not indices. Give ReadOnlyMemory<float>.";
    }

    public IReadOnlyList<ModelInput> Inputs { get; }

    public IReadOnlyList<OutputValue> Outputs { get; }

    public bool TakesIndices { get; }

    /// <summary>Features of all inputs together; 1 for indices.</summary>
    public int InputSize { get; }

    /// <summary>Features of all outputs together.</summary>
    public int OutputSize { get; }

    /// <summary>Whether several steps have one output.</summary>
    public bool HasOneOutput { get; }

    /// <summary>Whether the model has one input and one output, which needs no lists of buffers.</summary>
    public bool IsPlain { get; }

    /// <summary>
    /// Steps of one stream in one call: so few that others do not wait long, so many that the call is well spent. A call with lists
    /// of buffers has rows that are the same in all steps, so that each is a call of its own.
    /// </summary>
    public int StepsPerTurn => IsPlain ? 16 : 1;

    public static int RequireSteps(int found, int size, string shape, string argument) =>
        found > 0 && found % size == 0
            ? found / size
            : throw new ArgumentException(
                $"{argument}: expected {shape}, 1 or more steps of {size}, found {found} elements.", argument);

    public void RequireFeatures()
    {
        if (TakesIndices)
        {
            ThrowWrongKind();
        }
    }

    public void RequireIndices()
    {
        if (!TakesIndices)
        {
            ThrowWrongKind();
        }
    }

    public void RequireIndex(int index, string argument)
    {
        if ((uint)index >= (uint)_vocabularySize)
        {
            throw new ArgumentException(
                $"{argument}: expected indices from 0 to {_vocabularySize - 1}, found {index}.", argument);
        }
    }

    public void RequireOutput(int found, int steps, string argument)
    {
        if (found == 0)
        {
            return;
        }

        if (HasOneOutput)
        {
            Require.Shape(found, OutputSize, "[OutputSize]", argument);
        }
        else
        {
            Require.Shape(found, steps, OutputSize, "[steps, OutputSize]", argument);
        }
    }

    [DoesNotReturn]
    private void ThrowWrongKind() => throw new NotSupportedException(_wrongKind);
}
