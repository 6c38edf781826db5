using System.Numerics;

namespace Recurrent.Reference;

/// <summary>One direction of a recurrent layer: how a row's state follows from its last one. Immutable.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal abstract class Cell<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>Elements that <see cref="Step"/> needs for intermediate values.</summary>
    public abstract int ScratchSize { get; }

    /// <summary>Advances one row by one step.</summary>
    /// <param name="x">Input <c>[I]</c>, flushed.</param>
    /// <param name="hidden">The state that recurs and is put out, <c>[S]</c>; replaced.</param>
    /// <param name="cell">The cell state <c>[H]</c> of an LSTM, otherwise empty; replaced.</param>
    /// <param name="scratch"><c>[ScratchSize]</c>, of any content.</param>
    public abstract void Step(ReadOnlySpan<T> x, Span<T> hidden, Span<T> cell, Span<T> scratch);
}
