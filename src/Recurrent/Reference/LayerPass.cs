using System.Numerics;

namespace Recurrent.Reference;

/// <summary>What a layer keeps of a batch on its way there, for the way back.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class LayerPass<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>How many steps each row has of what the layer puts out.</summary>
    public required SequenceExtent Extent { get; init; }

    /// <summary>What the layer reads, dropout applied.</summary>
    public required LayerInput<T> Read { get; init; }

    /// <summary>Of the first value, <c>[time, batch, InputSize]</c>; empty for an embedding.</summary>
    public T[] Input => Read.Features;

    /// <summary>Of an embedding, <c>[time, batch]</c>.</summary>
    public int[] Indices => Read.Indices;

    /// <summary><c>[time, batch, OutputSize]</c>.</summary>
    public required T[] Output { get; init; }

    /// <summary>One for each direction, forward first: the states to start from, and in the end the final ones.</summary>
    public required DirectionState<T>[] States { get; init; }

    /// <summary>What is dropped; null for nothing.</summary>
    public required LayerDropoutMasks? Dropout { get; init; }

    /// <summary>What the steps of each direction read, forward first; set by the layer.</summary>
    public DirectionTape<T>[] Tapes { get; set; } = [];

    /// <summary>Numbers that are kept, what layers share left out.</summary>
    public long Elements => Output.LongLength + Tapes.Sum(tape => tape.Hidden.LongLength + tape.Cell.LongLength)
        + (Dropout is { DropsInput: true } ? Input.LongLength : 0);
}
