using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>Steps and runs of a model that takes indices.</content>
public sealed partial class ReferenceSession<T>
{
    /// <summary>Advances every row of a model that takes indices by one step.</summary>
    /// <param name="indices">
    /// Input <c>[batch]</c>, of exactly that length, each from 0 to <c>VocabularySize - 1</c>.
    /// </param>
    /// <param name="y">Receives the output <c>[batch, OutputSize]</c>, of exactly that length.</param>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence, such as one with a reverse direction.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, or the model takes features.
    /// </exception>
    public void StepIndices(ReadOnlySpan<int> indices, Span<T> y)
    {
        Model.Graph.RequireStep();
        _shape.RequireStepIndices<T>(indices, y);
        ModelOutputs.Copy(Advance(ModelInputs<T>.Of(indices), 1, default, SequenceLayout.TimeMajor), y);
    }

    /// <summary>Advances every row of a model that takes indices by a sequence or a piece of one.</summary>
    /// <param name="indices">
    /// Input <c>[time, batch]</c>, or as the layout says; of exactly that length. Every one is from 0 to
    /// <c>VocabularySize - 1</c>, also where it stands for nothing.
    /// </param>
    /// <param name="y">
    /// Receives the output, as in <see cref="Run(ReadOnlySpan{T}, Span{T}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="time">Steps, 0 or more; with 0 no state changes.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, or the model takes features.
    /// </exception>
    public void RunIndices(
        ReadOnlySpan<int> indices, Span<T> y, int time, SequenceLayout? layout = null) =>
        RunIndices(indices, y, time, default(SequenceMask), layout);

    /// <summary>Advances every row of a model that takes indices by a sequence of its own length.</summary>
    /// <param name="indices">
    /// Input, as in <see cref="RunIndices(ReadOnlySpan{int}, Span{T}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="y">Receives the output, likewise. Past a row's end it is 0.</param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="lengths">Valid steps of each row, <c>[batch]</c>, each from 0 to <paramref name="time"/>.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, or the model takes features.
    /// </exception>
    public void RunIndices(
        ReadOnlySpan<int> indices,
        Span<T> y,
        int time,
        ReadOnlySpan<int> lengths,
        SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRunIndices<T>(indices, y, time, order);
        _shape.RequireLengths<T>(lengths, y, time, nameof(lengths));
        ModelOutputs.Copy(RunChecked(ModelInputs<T>.Of(indices), time, new SequenceMask { Lengths = lengths }, order), y);
    }

    /// <summary>
    /// Advances every row of a model that takes indices by a sequence of its own length, of which steps may be missing.
    /// </summary>
    /// <param name="indices">
    /// Input, as in <see cref="RunIndices(ReadOnlySpan{int}, Span{T}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="y">
    /// Receives the output, likewise. At a missing step it is what the model's <see cref="Masking"/> says, past a row's end
    /// it is 0.
    /// </param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the model takes features, or steps are said to be missing and it has
    /// no masking.
    /// </exception>
    public void RunIndices(
        ReadOnlySpan<int> indices,
        Span<T> y,
        int time,
        in SequenceMask mask,
        SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRunIndices<T>(indices, y, time, order);
        _shape.RequireMask<T>(mask, y, time, order);
        ModelOutputs.Copy(RunChecked(ModelInputs<T>.Of(indices), time, mask, order), y);
    }
}
