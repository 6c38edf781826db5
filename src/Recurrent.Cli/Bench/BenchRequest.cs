using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>What the command line asks for. Sizes are null where they were not given.</summary>
internal sealed record BenchRequest
{
    public required string Cell { get; init; }

    public int? Input { get; init; }

    public int? Hidden { get; init; }

    public int? Layers { get; init; }

    public bool Bidirectional { get; init; }

    public int Batch { get; init; } = 1;

    public int Time { get; init; } = 1;

    /// <summary>A file instead of a cell and sizes; null for those.</summary>
    public string? File { get; init; }

    /// <summary>The model of the file.</summary>
    public ImportedModel? Model { get; init; }

    /// <summary>The only instruction set to try; null for all of the machine.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>The only number of threads to try; null for those that make sense on the machine.</summary>
    public int? Threads { get; init; }

    /// <summary>The format of the weights of recurrent layers; null for what the model's file says.</summary>
    public WeightFormat? Weights { get; init; }

    /// <summary>The formats that weights are computed in.</summary>
    public ModelOptions Formats => Weights is { } given ? WeightChoice.Of(given) : Model?.Options ?? WeightChoice.Floats;

    /// <summary>How long latencies are measured.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>Calls that a latency sample times together; null for what their length suggests.</summary>
    public int? Block { get; init; }
}
