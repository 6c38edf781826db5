using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>What a call computes: a model, batch rows, steps.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Model">The layers with their weights.</param>
/// <param name="Batch">Batch rows.</param>
/// <param name="Time">Steps of a call; 1 for a stream, whose states are carried from call to call.</param>
internal sealed record Workload(string Name, ModelDefinition Model, int Batch, int Time)
{
    /// <summary>The formats that weights are computed in.</summary>
    public ModelOptions Formats { get; init; } = WeightChoice.Floats;

    /// <summary>Name, batch and steps, as in <c>lstm, input 8, hidden 8; batch 1, one step per call</c>.</summary>
    public string Title => $"{Name}; batch {Batch}, {(Time == 1 ? "one step" : $"{Time} steps")} per call"
        + (WeightChoice.IsFloats(Formats) ? string.Empty : $"; weights of {WeightChoice.NameOf(Formats)}");

    /// <summary>Whether a call is one step; a layer with a reverse direction needs its sequence as a whole.</summary>
    public bool IsStep => Time == 1 && Model.CanStep;

    /// <summary>Steps of the output of a call.</summary>
    public int OutputTime => IsStep ? Time : Model.OutputSteps(0, Time);

    /// <summary>The products of a call. A step multiplies inputs and states at once, a sequence first all inputs.</summary>
    public IReadOnlyList<Phase> Phases => [.. Model.Layers.SelectMany(PhasesOf)];

    /// <summary>Floating-point operations of the products of a call.</summary>
    public double Operations => Phases.Sum(phase => phase.Repeats * phase.Operations);

    /// <summary>Bytes of weights that a call reads, the recurrent ones at every step.</summary>
    public double WeightBytesRead => Phases.Sum(phase => phase.Repeats * phase.WeightBytes);

    /// <summary>Bytes of the weights as they were given, biases included.</summary>
    public long RawBytes => WeightBytes.Of(Model.Layers, lanes: 1);

    /// <summary>The same with units filled up to whole vectors.</summary>
    /// <param name="lanes">Floats of a vector.</param>
    public long PaddedBytes(int lanes) => WeightBytes.Of(Model.Layers, lanes);

    private IEnumerable<Phase> PhasesOf(Layer layer, int index) => layer switch
    {
        RecurrentLayer recurrent => PhasesOf(recurrent.Specification, WeightChoice.OfLayer(Formats, layer, index)),
        DenseLayer dense => [PhaseOf(dense.Specification, index)],
        _ => [],
    };

    // What only one step is put out of is computed for that step, behind the last layer that has a state.
    private Phase PhaseOf(DenseSpecification dense, int index)
    {
        bool isOfEveryStep = Model.Layers.Skip(index + 1).Any(layer => layer is RecurrentLayer);
        return new Phase(dense.OutputSize, dense.InputSize, (long)Batch * (isOfEveryStep ? Time : OutputTime), 1)
        {
            Weights = WeightChoice.OfLayer(Formats, Model.Layers[index], index).Input,
        };
    }

    private IEnumerable<Phase> PhasesOf(
        RecurrentSpecification specification, (WeightFormat Input, WeightFormat Recurrent) formats)
    {
        long rows = (long)specification.GateCount * specification.HiddenSize;
        for (int direction = 0; direction < specification.DirectionCount; direction++)
        {
            // Matrices of two formats are two products.
            if (IsStep && formats.Input == formats.Recurrent)
            {
                yield return Recurrent(new Phase(rows, specification.InputSize + specification.StateSize, Batch, 1));
            }
            else
            {
                yield return new Phase(rows, specification.InputSize, (long)Time * Batch, 1) { Weights = formats.Input };
                yield return Recurrent(new Phase(rows, specification.StateSize, Batch, Time));
            }

            if (specification is LstmSpecification { ProjectionSize: > 0 } lstm)
            {
                yield return Recurrent(new Phase(lstm.ProjectionSize, lstm.HiddenSize, Batch, Time));
            }
        }

        Phase Recurrent(Phase phase) => phase with { Weights = formats.Recurrent };
    }
}
