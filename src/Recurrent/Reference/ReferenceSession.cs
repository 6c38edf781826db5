using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// A stream through a <see cref="ReferenceModel{T}"/>, or a batch of streams that advance together: it carries the states
/// on, so each step or run continues where the one before has ended.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <remarks>
/// <see cref="Reset()"/> begins the next sequence. Sequences that have nothing to do with each other need no session:
/// <c>ReferenceModel.Predict</c> begins anew with each call. A session belongs to one caller at a time; unlike the native one
/// it does not check that.
/// </remarks>
public sealed partial class ReferenceSession<T> : ISession<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly SequenceShape _shape;
    private readonly EmptyRow _emptyRow;
    private readonly BatchStates<T> _states;
    private bool _ranWholeSequence;

    internal ReferenceSession(ReferenceModel<T> model, int batch, EmptyRow emptyRow)
    {
        Model = model;
        _shape = SequenceShape.OfSession(model.Graph, batch, nameof(batch));
        _emptyRow = emptyRow;
        _states = new BatchStates<T>([.. model.Runners.Select(runner => runner.CreateStates(batch))], model.Graph, batch);
    }

    /// <summary>The model.</summary>
    public ReferenceModel<T> Model { get; }

    /// <summary>Batch rows.</summary>
    public int Batch => _shape.Batch;

    /// <inheritdoc/>
    public int StateSize => Model.StateSize;

    /// <summary>Advances every row by one step.</summary>
    /// <param name="x">
    /// Input <c>[batch, InputSize]</c>, of exactly that length. A model that takes indices has <see cref="StepIndices"/>.
    /// </param>
    /// <param name="y">Receives the output <c>[batch, OutputSize]</c>, of exactly that length; must not overlap
    /// <paramref name="x"/>.</param>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence, such as one with a reverse direction.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, the output overlaps the input, or the model takes indices.
    /// </exception>
    public void Step(ReadOnlySpan<T> x, Span<T> y)
    {
        Model.Graph.RequireStep();
        _shape.RequireStep<T>(x, y);
        ModelOutputs.Copy(Advance(ModelInputs<T>.Of(x), 1, default, SequenceLayout.TimeMajor), y);
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
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, the output overlaps the input, or the model takes indices.
    /// </exception>
    public void Run(
        ReadOnlySpan<T> x, Span<T> y, int time, SequenceLayout? layout = null) =>
        Run(x, y, time, default(SequenceMask), layout);

    /// <summary>Advances every row by a sequence of its own length.</summary>
    /// <param name="x">Input, as in <see cref="Run(ReadOnlySpan{T}, Span{T}, int, SequenceLayout?)"/>.</param>
    /// <param name="y">Receives the output, likewise. Past a row's end it is 0.</param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="lengths">Valid steps of each row, <c>[batch]</c>, each from 0 to <paramref name="time"/>.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, the output overlaps the input, or the model takes indices.
    /// </exception>
    public void Run(
        ReadOnlySpan<T> x,
        Span<T> y,
        int time,
        ReadOnlySpan<int> lengths,
        SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRun<T>(x, y, time, order);
        _shape.RequireLengths<T>(lengths, y, time, nameof(lengths));
        ModelOutputs.Copy(RunChecked(ModelInputs<T>.Of(x), time, new SequenceMask { Lengths = lengths }, order), y);
    }

    /// <summary>Advances every row by a sequence of its own length, of which steps may be missing.</summary>
    /// <param name="x">Input, as in <see cref="Run(ReadOnlySpan{T}, Span{T}, int, SequenceLayout?)"/>.</param>
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
    /// A length is wrong, the output overlaps the input, the model takes indices, or steps are said to be missing and it
    /// has no masking.
    /// </exception>
    public void Run(
        ReadOnlySpan<T> x,
        Span<T> y,
        int time,
        in SequenceMask mask,
        SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Model.Layout;
        _shape.RequireRun<T>(x, y, time, order);
        _shape.RequireMask<T>(mask, y, time, order);
        ModelOutputs.Copy(RunChecked(ModelInputs<T>.Of(x), time, mask, order), y);
    }

    /// <summary>Does nothing: a managed session holds nothing that has to be given back.</summary>
    void IDisposable.Dispose()
    {
    }
}
