using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Steps and runs of a model that takes indices.</content>
public sealed unsafe partial class Session
{
    /// <summary>Advances every row of a model that takes indices by one step.</summary>
    /// <param name="indices">
    /// Input <c>[batch]</c>, of exactly that length, each from 0 to <see cref="RecurrentModel.VocabularySize"/> - 1.
    /// </param>
    /// <param name="y">
    /// Receives the output <c>[batch, OutputSize]</c>, of exactly that length. Must not overlap
    /// <paramref name="indices"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the output overlaps the input, or the model takes features.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence, such as one with a reverse direction.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void StepIndices(ReadOnlySpan<int> indices, Span<float> y)
    {
        BeginStep();
        _shape.RequireStepIndices<float>(indices, y);
        Enter();
        NativeStatus status;
        fixed (int* input = indices)
        fixed (float* output = y)
        {
            status = NativeMethods.SessionStepIndices(_native, input, output);
        }

        Leave(status);
    }

    /// <summary>Advances every row of a model that takes indices by a sequence or a piece of one.</summary>
    /// <param name="indices">
    /// Input <c>[time, batch]</c>, or as the layout says; of exactly that length. Every one is from 0 to
    /// <see cref="RecurrentModel.VocabularySize"/> - 1, also where it stands for nothing.
    /// </param>
    /// <param name="y">
    /// Receives the output, as in <see cref="Run(ReadOnlySpan{float}, Span{float}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="time">Steps, 0 or more; with 0 no state changes.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the output overlaps the input, or the model takes features.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void RunIndices(
        ReadOnlySpan<int> indices, Span<float> y, int time, SequenceLayout? layout = null) =>
        RunIndices(indices, y, time, default(SequenceMask), layout);

    /// <summary>Advances every row of a model that takes indices by a sequence of its own length.</summary>
    /// <param name="indices">
    /// Input, as in <see cref="RunIndices(ReadOnlySpan{int}, Span{float}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="y">
    /// Receives the output, likewise. Past a row's end it is 0, and so is the one step of a row of length 0.
    /// </param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="lengths">Valid steps of each row, <c>[batch]</c>, each from 0 to <paramref name="time"/>.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the output overlaps the input, or the model takes features.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void RunIndices(
        ReadOnlySpan<int> indices,
        Span<float> y,
        int time,
        ReadOnlySpan<int> lengths,
        SequenceLayout? layout = null)
    {
        ThrowIfDisposed();
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRunIndices<float>(indices, y, time, order);
        _shape.RequireLengths<float>(lengths, y, time, nameof(lengths));
        RunChecked([], indices, y, time, new SequenceMask { Lengths = lengths }, order);
    }

    /// <summary>
    /// Advances every row of a model that takes indices by a sequence of its own length, of which steps may be missing.
    /// </summary>
    /// <param name="indices">
    /// Input, as in <see cref="RunIndices(ReadOnlySpan{int}, Span{float}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="y">
    /// Receives the output, likewise. At a missing step it is what the model's <see cref="Masking"/> says, past a row's
    /// end it is 0. Must not overlap the mask either.
    /// </param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, an index is out of range, the output overlaps the input, the model takes features, or steps are
    /// said to be missing and it has no masking.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void RunIndices(
        ReadOnlySpan<int> indices,
        Span<float> y,
        int time,
        in SequenceMask mask,
        SequenceLayout? layout = null)
    {
        ThrowIfDisposed();
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRunIndices<float>(indices, y, time, order);
        _shape.RequireMask<float>(mask, y, time, order);
        RunChecked([], indices, y, time, mask, order);
    }
}
