using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>What a call computes: layers, batch rows, steps.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Layers">The layers with their weights.</param>
/// <param name="Batch">Batch rows.</param>
/// <param name="Time">Steps of a call; 1 for a stream, whose states are carried from call to call.</param>
internal sealed record Workload(string Name, IReadOnlyList<RecurrentLayer> Layers, int Batch, int Time)
{
    /// <summary>What was assumed of a file's layers.</summary>
    public IReadOnlyList<ImportNote> Notes { get; init; } = [];

    /// <summary>Name, batch and steps, as in <c>lstm, input 8, hidden 8; batch 1, one step a call</c>.</summary>
    public string Title => $"{Name}; batch {Batch}, {(Time == 1 ? "one step" : $"{Time} steps")} a call";

    public int InputSize => Layers[0].Specification.InputSize;

    public int OutputSize => Layers[^1].Specification.OutputSize;

    /// <summary>Whether a call is one step; a layer with a reverse direction needs its sequence as a whole.</summary>
    public bool IsStep => Time == 1 && Layers.All(layer => layer.Reverse is null);

    /// <summary>The products of a call. A step multiplies inputs and states at once, a sequence first all inputs.</summary>
    public IReadOnlyList<Phase> Phases => [.. Layers.SelectMany(PhasesOf)];

    /// <summary>Floating-point operations of the products of a call.</summary>
    public double Operations => Phases.Sum(phase => phase.Repeats * phase.Operations);

    /// <summary>Bytes of weights that a call reads, the recurrent ones at every step.</summary>
    public double WeightBytesRead => Phases.Sum(phase => phase.Repeats * phase.WeightBytes);

    /// <summary>Bytes of the weights as they were given, biases included.</summary>
    public long RawBytes => Layers.Sum(layer => Bytes(layer, padTo: 1));

    /// <summary>The same with hidden units filled up to whole vectors.</summary>
    /// <param name="lanes">Floats of a vector.</param>
    public long PaddedBytes(int lanes) => Layers.Sum(layer => Bytes(layer, lanes));

    private IEnumerable<Phase> PhasesOf(RecurrentLayer layer)
    {
        RecurrentSpecification specification = layer.Specification;
        long rows = (long)specification.GateCount * specification.HiddenSize;
        long steps = IsStep ? 1 : Time;
        for (int direction = 0; direction < specification.DirectionCount; direction++)
        {
            if (IsStep)
            {
                yield return new Phase(rows, specification.InputSize + specification.StateSize, Batch, 1);
            }
            else
            {
                yield return new Phase(rows, specification.InputSize, steps * Batch, 1);
                yield return new Phase(rows, specification.StateSize, Batch, steps);
            }

            if (specification is LstmSpecification { ProjectionSize: > 0 } lstm)
            {
                yield return new Phase(lstm.ProjectionSize, lstm.HiddenSize, Batch, steps);
            }
        }
    }

    private static long Bytes(RecurrentLayer layer, int padTo)
    {
        RecurrentSpecification specification = layer.Specification;
        long units = Padded(specification.HiddenSize);
        long floats = 0;
        foreach (RecurrentWeights weights in new[] { layer.Forward, layer.Reverse }.OfType<RecurrentWeights>())
        {
            // Everything but a projection has a row for each gate of each hidden unit.
            long ofGates = weights.InputWeights.Length + weights.StateWeights.Length + weights.InputBias.Length
                + weights.StateBias.Length + weights.Peephole.Length;
            floats += ofGates / specification.HiddenSize * units;
            floats += Padded(specification.StateSize) * (weights.Projection.Length / specification.StateSize);
        }

        return floats * sizeof(float);

        long Padded(long count) => (count + padTo - 1) / padTo * padTo;
    }
}
