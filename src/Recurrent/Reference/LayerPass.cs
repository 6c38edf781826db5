using System.Numerics;

namespace Recurrent.Reference;

/// <summary>What a layer keeps of a batch on its way there, for the way back.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class LayerPass<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>The lengths.</summary>
    public required SequenceExtent Extent { get; init; }

    /// <summary><c>[time, batch, InputSize]</c>, flushed, dropout applied; empty for an embedding.</summary>
    public required T[] Input { get; init; }

    /// <summary>Of an embedding, <c>[time, batch]</c>.</summary>
    public required int[] Indices { get; init; }

    /// <summary>Of a residual connection: what it adds, see <see cref="LayerInput{T}.Source"/>.</summary>
    public required T[] Source { get; init; }

    /// <summary>Features of a step of <see cref="Source"/>.</summary>
    public required int SourceSize { get; init; }

    /// <summary><c>[time, batch, OutputSize]</c>.</summary>
    public required T[] Output { get; init; }

    /// <summary>One for each direction, forward first: the states to start from, and in the end the final ones.</summary>
    public required DirectionState<T>[] States { get; init; }

    /// <summary>What is dropped; null for nothing.</summary>
    public required LayerDropoutMasks? Dropout { get; init; }

    /// <summary>What the steps of each direction read, forward first; set by the layer.</summary>
    public DirectionTape<T>[] Tapes { get; set; } = [];

    /// <summary>What the layer reads.</summary>
    public LayerInput<T> LayerInput => new()
    {
        Features = Input,
        Indices = Indices,
        Source = Source,
        SourceSize = SourceSize,
    };

    /// <summary>Numbers that are kept, what layers share left out.</summary>
    public long Elements => Output.LongLength + Tapes.Sum(tape => tape.Hidden.LongLength + tape.Cell.LongLength)
        + (Dropout is { DropsInput: true } ? Input.LongLength : 0);
}
