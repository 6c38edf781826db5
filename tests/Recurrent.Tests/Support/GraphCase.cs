using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>A graph and a batch for it, small enough to print: everything follows from these values.</summary>
internal sealed record GraphCase
{
    public required int Seed { get; init; }

    /// <summary>Layers, one or two more where nothing has been said of all inputs.</summary>
    public required int Layers { get; init; }

    public int Batch { get; init; } = 1;

    public int Time { get; init; } = 1;

    public int Threads { get; init; } = 1;

    public bool Ragged { get; init; }

    public EmptyRow EmptyRow { get; init; }

    public bool InitialState { get; init; }

    public SequenceLayout Layout { get; init; }

    public bool Special { get; init; }

    public Masking? Masking { get; init; }

    /// <summary>The format of the weights; other ones than floats come with options of layers.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>Whether a mask is given, besides the value that stands for a missing step.</summary>
    public bool Mask { get; init; }

    /// <summary>Whether every layer takes one step after the other.</summary>
    public bool CanStep { get; init; }

    /// <summary>Whether every function has a slope everywhere.</summary>
    public bool Smooth { get; init; }

    public override string ToString() =>
        $"seed {Seed}, {Layers} layers, batch {Batch}, time {Time}, threads {Threads}, {Layout}"
        + (Ragged ? $", ragged, {EmptyRow}" : string.Empty)
        + (InitialState ? ", initial state" : string.Empty)
        + (Special ? ", special values" : string.Empty)
        + (Weights == WeightFormat.Float32 ? string.Empty : $", {Weights}")
        + (CanStep ? ", steps" : string.Empty)
        + (Smooth ? ", smooth" : string.Empty)
        + (Masking is null ? string.Empty : $", {Masking}" + (Mask ? " and a mask" : string.Empty))
        + Environment.NewLine + RandomGraphs.Describe(RandomGraphs.Create(this));
}
