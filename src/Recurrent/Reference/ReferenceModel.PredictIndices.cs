using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>Independent sequences of indices.</content>
public sealed partial class ReferenceModel<T>
{
    /// <summary>Computes independent sequences of indices, each from the states that a sequence starts from.</summary>
    /// <remarks>
    /// Nothing is carried on from one call to the next, so nothing is to be reset, and any number of threads may call it at
    /// once. The bits are those of a new session's run.
    /// </remarks>
    /// <param name="indices">
    /// Input <c>[time, batch]</c>, or as the layout says; of exactly that length. Every one is from 0 to
    /// <c>VocabularySize - 1</c>, also where it stands for nothing.
    /// </param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps, 0 or more.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <returns>
    /// The output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a model that
    /// outputs one step.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, or the model takes features.
    /// </exception>
    public T[] PredictIndices(ReadOnlySpan<int> indices, int batch, int time, SequenceLayout? layout = null)
    {
        T[] y = CreateOutput(indices, batch, time, layout);
        PredictIndices(indices, batch, time, y, layout);
        return y;
    }

    /// <summary>Computes independent sequences of indices of different lengths.</summary>
    /// <param name="indices">
    /// Input, as in <see cref="PredictIndices(ReadOnlySpan{int}, int, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps of the longest sequence, 0 or more.</param>
    /// <param name="lengths">
    /// Valid steps of each sequence, <c>[batch]</c>, each from 0 to <paramref name="time"/>; a reverse direction starts at
    /// the last one.
    /// </param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <returns>
    /// The output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a model that
    /// outputs one step. Past a sequence's end it is 0, and so is the one step of a sequence of length 0.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A length is wrong, a sequence's length is out of range, an index is out of range, or the model takes features.
    /// </exception>
    public T[] PredictIndices(
        ReadOnlySpan<int> indices, int batch, int time, ReadOnlySpan<int> lengths, SequenceLayout? layout = null)
    {
        T[] y = CreateOutput(indices, batch, time, layout);
        PredictIndices(indices, batch, time, lengths, y, layout);
        return y;
    }

    /// <summary>Computes independent sequences of indices of different lengths, of which steps may be missing.</summary>
    /// <param name="indices">
    /// Input, as in <see cref="PredictIndices(ReadOnlySpan{int}, int, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps of the longest sequence, 0 or more.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <returns>
    /// The output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a model that
    /// outputs one step. At a missing step it is what the model's <see cref="Masking"/> says, past a sequence's end it is
    /// 0.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the model takes features, or steps are said to be missing and it has no
    /// masking.
    /// </exception>
    public T[] PredictIndices(
        ReadOnlySpan<int> indices, int batch, int time, in SequenceMask mask, SequenceLayout? layout = null)
    {
        T[] y = CreateOutput(indices, batch, time, layout);
        PredictIndices(indices, batch, time, mask, y, layout);
        return y;
    }

    /// <summary>Computes independent sequences of indices, each from the states that a sequence starts from.</summary>
    /// <param name="indices">
    /// Input, as in <see cref="PredictIndices(ReadOnlySpan{int}, int, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps, 0 or more.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a
    /// model that outputs one step; of exactly that length. Must not overlap the input.
    /// </param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the output overlaps the input, or the model takes features.
    /// </exception>
    public void PredictIndices(ReadOnlySpan<int> indices, int batch, int time, Span<T> y, SequenceLayout? layout = null) =>
        PredictIndices(indices, batch, time, default(SequenceMask), y, layout);

    /// <summary>Computes independent sequences of indices of different lengths.</summary>
    /// <param name="indices">
    /// Input, as in <see cref="PredictIndices(ReadOnlySpan{int}, int, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps of the longest sequence, 0 or more.</param>
    /// <param name="lengths">
    /// Valid steps of each sequence, <c>[batch]</c>, each from 0 to <paramref name="time"/>; a reverse direction starts at
    /// the last one.
    /// </param>
    /// <param name="y">
    /// Receives the output, of exactly its length. Past a sequence's end it is 0, and so is the one step of a sequence of
    /// length 0. Must not overlap the input or the lengths.
    /// </param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, a sequence's length is out of range, an index is out of range, the output overlaps the input, or the
    /// model takes features.
    /// </exception>
    public void PredictIndices(
        ReadOnlySpan<int> indices, int batch, int time, ReadOnlySpan<int> lengths, Span<T> y, SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Layout;
        SequenceShape shape = new(Graph, batch, nameof(batch));
        shape.RequireIndexPrediction<T>(indices, y, time, order);
        shape.RequireLengths<T>(lengths, y, time, nameof(lengths));
        OpenSession(batch).RunChecked(ModelInputs<T>.Of(indices), time, new SequenceMask { Lengths = lengths }, order)[0].CopyTo(y);
    }

    /// <summary>Computes independent sequences of indices of different lengths, of which steps may be missing.</summary>
    /// <param name="indices">
    /// Input, as in <see cref="PredictIndices(ReadOnlySpan{int}, int, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps of the longest sequence, 0 or more.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="y">
    /// Receives the output, of exactly its length. At a missing step it is what the model's <see cref="Masking"/> says, past
    /// a sequence's end it is 0. Must not overlap the input or the mask.
    /// </param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the output overlaps the input, the model takes features, or steps are
    /// said to be missing and it has no masking.
    /// </exception>
    public void PredictIndices(
        ReadOnlySpan<int> indices, int batch, int time, in SequenceMask mask, Span<T> y, SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Layout;
        SequenceShape shape = new(Graph, batch, nameof(batch));
        shape.RequireIndexPrediction<T>(indices, y, time, order);
        shape.RequireMask<T>(mask, y, time, order);
        OpenSession(batch).RunChecked(ModelInputs<T>.Of(indices), time, mask, order)[0].CopyTo(y);
    }

    private T[] CreateOutput(ReadOnlySpan<int> indices, int batch, int time, SequenceLayout? layout)
    {
        SequenceShape shape = new(Graph, batch, nameof(batch));
        shape.RequireIndexPrediction(indices, time, layout ?? Layout);
        return shape.CreateOutput<T>(time);
    }
}
