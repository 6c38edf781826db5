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

    /// <summary>What a run puts out; the last step where there is no final state to be put out.</summary>
    public ModelOutput Output { get; init; }

    public Masking? Masking { get; init; }

    /// <summary>The format of the weights; other ones than floats come with options of layers.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>Whether a mask is given, besides the value that stands for a missing step.</summary>
    public bool Mask { get; init; }

    public bool TakesIndices => Layers[0].Cell == CellKind.Embedding;

    public int OutputSize => Layers.Aggregate(InputSize, (size, layer) => layer.OutputSizeOf(size));

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
                inputSize = layer.OutputSizeOf(inputSize);
            }

            return work;
        }
    }

    public override string ToString() =>
        $"seed {Seed}, input {InputSize}, batch {Batch}, time {Time}, threads {Threads}, {Layout}"
        + (Ragged ? $", ragged, {EmptyRow}" : string.Empty)
        + (InitialState ? ", initial state" : string.Empty)
        + (Special ? ", special values" : string.Empty)
        + (Weights == WeightFormat.Float32 ? string.Empty : $", {Weights}")
        + $", {Output}"
        + (Masking is null ? string.Empty : $", {Masking}" + (Mask ? " and a mask" : string.Empty))
        + string.Concat(Layers.Select(layer => $"{Environment.NewLine}  {layer}"));
}
