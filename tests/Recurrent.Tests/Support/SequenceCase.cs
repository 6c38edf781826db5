using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>A model and a batch of sequences, small enough to print: everything follows from these values.</summary>
internal sealed record SequenceCase
{
    public required int Seed { get; init; }

    public required int InputSize { get; init; }

    public required IReadOnlyList<LayerCase> Layers { get; init; }

    public int Batch { get; init; } = 1;

    public int Time { get; init; } = 1;

    public int Threads { get; init; } = 1;

    public bool Ragged { get; init; }

    public EmptyRow EmptyRow { get; init; }

    public bool InitialState { get; init; }

    public SequenceLayout Layout { get; init; }

    public bool Special { get; init; }

    public int OutputSize => Layers[^1].OutputSize;

    public bool CanStep => Layers.All(layer => layer.Cell == CellKind.Dense || layer.Direction == Direction.Forward);

    /// <summary>Multiply-adds of a row's step.</summary>
    public long WorkPerStep
    {
        get
        {
            int inputSize = InputSize;
            long work = 0;
            foreach (LayerCase layer in Layers)
            {
                work += layer.Work(inputSize);
                inputSize = layer.OutputSize;
            }

            return work;
        }
    }

    public override string ToString() =>
        $"seed {Seed}, input {InputSize}, batch {Batch}, time {Time}, threads {Threads}, {Layout}"
        + (Ragged ? $", ragged, {EmptyRow}" : string.Empty)
        + (InitialState ? ", initial state" : string.Empty)
        + (Special ? ", special values" : string.Empty)
        + string.Concat(Layers.Select(layer => $"{Environment.NewLine}  {layer}"));
}
