using Recurrent.Cli.Models;
using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>A state of one direction of a recurrent layer.</summary>
internal readonly record struct StateAddress(int Layer, Direction Direction, StateKind Kind);

/// <summary>What a path is asked to compute: a model, one sequence, and the states before and after it.</summary>
internal sealed record SequenceRequest
{
    public required ModelDefinition Model { get; init; }

    /// <summary>The formats that weights are computed in, where a path has none of its own.</summary>
    public ModelOptions Formats { get; init; } = WeightChoice.Floats;

    public int Batch { get; init; } = 1;

    public required int Time { get; init; }

    /// <summary>
    /// <c>[time, batch, InputSize]</c>, or as the layout says; empty for a model that takes indices.
    /// </summary>
    public ReadOnlyMemory<float> Input { get; init; }

    /// <summary><c>[time, batch]</c>, or as the layout says, of a model that takes indices.</summary>
    public ReadOnlyMemory<int> Indices { get; init; }

    /// <summary>All inputs by name, of a model of several; empty where the ones above are all.</summary>
    public IReadOnlyList<InputBuffer<float>> Inputs { get; init; } = [];

    /// <summary>A request for all of an input, time-major.</summary>
    public static SequenceRequest Of(ModelDefinition model, ModelOptions formats, SequenceInput input) => new()
    {
        Model = model,
        Formats = formats,
        Batch = input.Batch,
        Time = input.Time,
        Input = input.Features,
        Indices = input.Indices,

        // An only input need not have the same name in two models that are compared.
        Inputs = input.Values.Count > 1 ? input.Values : [],
        Layout = SequenceInput.Layout,
    };

    /// <summary>Valid steps of each row; null for all.</summary>
    public int[]? Lengths { get; init; }

    /// <summary>Order of the axes; null for the model's.</summary>
    public SequenceLayout? Layout { get; init; }

    /// <summary>States that are set before the sequence, <c>[batch, size]</c>; the others are as the model has them.</summary>
    public IReadOnlyList<(StateAddress State, ReadOnlyMemory<float> Values)> InitialStates { get; init; } = [];

    /// <summary>States that are wanted after the sequence.</summary>
    public IReadOnlyList<StateAddress> FinalStates { get; init; } = [];
}

/// <summary>What a path computed.</summary>
/// <param name="Outputs">The model's outputs in its order; sequences in the order of axes of the input.</param>
/// <param name="FinalStates">The states that were asked for, each <c>[batch, size]</c>.</param>
internal sealed record SequenceResult(IReadOnlyList<double[]> Outputs, IReadOnlyList<double[]> FinalStates)
{
    /// <summary>The first output, or the only one.</summary>
    public double[] Output => Outputs[0];
}
