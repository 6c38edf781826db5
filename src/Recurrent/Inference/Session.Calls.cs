using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Steps and runs.</content>
public sealed unsafe partial class Session
{
    /// <summary>Advances every row by one step.</summary>
    /// <param name="x">
    /// Input <c>[batch, InputSize]</c>, of exactly that length. A model that takes indices has <see cref="StepIndices"/>.
    /// </param>
    /// <param name="y">
    /// Receives the output <c>[batch, OutputSize]</c>, of exactly that length. Must not overlap <paramref name="x"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, the output overlaps the input, or the model takes indices.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence, such as one with a reverse direction.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Step(ReadOnlySpan<float> x, Span<float> y)
    {
        BeginStep();
        _shape.RequireStep<float>(x, y);
        Enter();
        NativeStatus status;
        fixed (float* input = x, output = y)
        {
            status = NativeMethods.SessionStep(_native, input, output);
        }

        Leave(status);
    }

    /// <summary>Advances every row by a whole sequence, or by a piece of one if the model can be stepped.</summary>
    /// <param name="x">
    /// Input <c>[time, batch, InputSize]</c>, or as the layout says; of exactly that length. A model that takes indices has
    /// <c>RunIndices</c>.
    /// </param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a
    /// model that puts out one step; of exactly that length, or empty if only the final state matters. Must not overlap
    /// <paramref name="x"/>.
    /// </param>
    /// <param name="time">Steps, 0 or more; with 0 no state changes.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, the output overlaps the input, or the model takes indices.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Run(
        ReadOnlySpan<float> x, Span<float> y, int time, SequenceLayout? layout = null) =>
        Run(x, y, time, default(SequenceMask), layout);

    /// <summary>Advances every row by a sequence of its own length.</summary>
    /// <param name="x">
    /// Input, as in <see cref="Run(ReadOnlySpan{float}, Span{float}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="y">
    /// Receives the output, likewise. Past a row's end it is 0, and so is the one step of a row of length 0.
    /// </param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="lengths">
    /// Valid steps of each row, <c>[batch]</c>, each from 0 to <paramref name="time"/>. A row's state stays that of
    /// its last valid step; a reverse direction starts there.
    /// </param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, a row's length is out of range, the output overlaps the input, or the model takes indices.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Run(
        ReadOnlySpan<float> x,
        Span<float> y,
        int time,
        ReadOnlySpan<int> lengths,
        SequenceLayout? layout = null)
    {
        ThrowIfDisposed();
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRun<float>(x, y, time, order);
        _shape.RequireLengths<float>(lengths, y, time, nameof(lengths));
        RunChecked(x, [], y, time, new SequenceMask { Lengths = lengths }, order);
    }

    /// <summary>Advances every row by a sequence of its own length, of which steps may be missing.</summary>
    /// <param name="x">
    /// Input, as in <see cref="Run(ReadOnlySpan{float}, Span{float}, int, SequenceLayout?)"/>.
    /// </param>
    /// <param name="y">
    /// Receives the output, likewise. At a missing step it is what the model's <see cref="Masking"/> says, past a row's
    /// end it is 0. Must not overlap the mask either.
    /// </param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, the output overlaps the input, the model takes indices, or steps are said to be missing and it
    /// has no masking.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Run(
        ReadOnlySpan<float> x,
        Span<float> y,
        int time,
        in SequenceMask mask,
        SequenceLayout? layout = null)
    {
        ThrowIfDisposed();
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRun<float>(x, y, time, order);
        _shape.RequireMask<float>(mask, y, time, order);
        RunChecked(x, [], y, time, mask, order);
    }

    private void BeginStep()
    {
        ThrowIfDisposed();
        if (!_canStep)
        {
            Model.Graph.RequireStep();
        }
    }

    private void RunChecked(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> indices,
        Span<float> y,
        int time,
        in SequenceMask mask,
        SequenceLayout layout)
    {
        Enter();
        LeaveRun(Compute(x, indices, y, time, mask, layout, null));
    }

    /// <summary>One native call: a run, or a prediction of so many sequences.</summary>
    private NativeStatus Compute(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> indices,
        Span<float> y,
        int time,
        in SequenceMask mask,
        SequenceLayout layout,
        int? sequences)
    {
        fixed (float* input = x, output = y)
        fixed (int* inputIndices = indices, valid = mask.Lengths)
        fixed (bool* present = mask.Present)
        {
            NativeRunArgs arguments = new()
            {
                Layout = (int)layout,
                Time = time,
                X = input,
                XCount = x.Length,
                Y = output,
                YCount = y.Length,
                Lengths = valid,
                LengthsCount = mask.Lengths.Length,
                Indices = inputIndices,
                IndicesCount = indices.Length,
                Present = (byte*)present,
                PresentCount = mask.Present.Length,
            };
            return sequences is { } batch
                ? NativeMethods.SessionPredict(_native, batch, &arguments)
                : NativeMethods.SessionRun(_native, &arguments);
        }
    }

    private void LeaveRun(NativeStatus status)
    {
        // A run that the model cannot do is a second piece; the managed side knows which layer is why.
        bool isSecondPiece = status == NativeStatus.NotSupported;
        Leave(isSecondPiece ? NativeStatus.Ok : status);
        if (isSecondPiece)
        {
            throw Model.Graph.SecondPiece();
        }
    }
}
