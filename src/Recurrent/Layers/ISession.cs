using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Recurrent.Layers;

/// <summary>
/// A stream through a model, or a batch of streams that advance together: what the native <c>Session</c> and the
/// <c>ReferenceSession</c> have in common, so that one can stand in for the other.
/// </summary>
/// <typeparam name="T">The number type of inputs, states and outputs.</typeparam>
[SuppressMessage("Naming", "CA1716", Justification = "A step is what the field calls it.")]
public interface ISession<T> : IDisposable
{
    /// <summary>Batch rows.</summary>
    int Batch { get; }

    /// <summary>Elements of a row of a saved state.</summary>
    int StateSize { get; }

    /// <summary>Advances every row by one step.</summary>
    /// <param name="x">Input <c>[batch, InputSize]</c>, of exactly that length.</param>
    /// <param name="y">Receives the output <c>[batch, OutputSize]</c>, of exactly that length.</param>
    void Step(ReadOnlySpan<T> x, Span<T> y);

    /// <summary>Advances every row of a model that takes indices by one step.</summary>
    /// <param name="indices">Input <c>[batch]</c>, each from 0 to <c>VocabularySize - 1</c>.</param>
    /// <param name="y">Receives the output <c>[batch, OutputSize]</c>, of exactly that length.</param>
    void StepIndices(ReadOnlySpan<int> indices, Span<T> y);

    /// <summary>Advances every row of a model of several inputs or outputs by one step.</summary>
    /// <param name="inputs">Every input of the model, by its name or its position.</param>
    /// <param name="outputs">Receive the outputs that are wanted, likewise.</param>
    [OverloadResolutionPriority(-1)]
    void Step(ReadOnlySpan<InputBuffer<T>> inputs, ReadOnlySpan<OutputBuffer<T>> outputs);

    /// <summary>Advances every row by a whole sequence, or by a piece of one if the model can be stepped.</summary>
    /// <param name="x">Input <c>[time, batch, InputSize]</c>, or as the layout says.</param>
    /// <param name="y">Receives the output, shaped likewise; empty if only the final state matters.</param>
    /// <param name="time">Steps, 0 or more; with 0 no state changes.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    void Run(ReadOnlySpan<T> x, Span<T> y, int time, SequenceLayout? layout = null);

    /// <summary>Advances every row by a sequence of its own length, of which steps may be missing.</summary>
    /// <param name="x">Input <c>[time, batch, InputSize]</c>, or as the layout says.</param>
    /// <param name="y">Receives the output, shaped likewise; empty if only the final state matters.</param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    void Run(ReadOnlySpan<T> x, Span<T> y, int time, in SequenceMask mask, SequenceLayout? layout = null);

    /// <summary>Advances every row of a model that takes indices, likewise.</summary>
    /// <param name="indices">Input <c>[time, batch]</c>, or as the layout says.</param>
    /// <param name="y">Receives the output; empty if only the final state matters.</param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    void RunIndices(
        ReadOnlySpan<int> indices, Span<T> y, int time, in SequenceMask mask, SequenceLayout? layout = null);

    /// <summary>Advances every row of a model of several inputs or outputs, likewise.</summary>
    /// <param name="inputs">Every input of the model, by its name or its position.</param>
    /// <param name="outputs">Receive the outputs that are wanted, likewise.</param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    [OverloadResolutionPriority(-1)]
    void Run(
        ReadOnlySpan<InputBuffer<T>> inputs,
        ReadOnlySpan<OutputBuffer<T>> outputs,
        int time,
        in SequenceMask mask = default,
        SequenceLayout? layout = null);

    /// <summary>Sets all states of all rows to those that a sequence starts from.</summary>
    void Reset();

    /// <summary>Sets all states of some rows to those that a sequence starts from.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    void Reset(int firstRow, int rowCount);

    /// <summary>Copies one state of a layer out.</summary>
    /// <param name="layer">Index of a recurrent layer.</param>
    /// <param name="direction">A direction that the layer has.</param>
    /// <param name="kind">A state that the layer has.</param>
    /// <param name="state">Receives <c>[batch, size]</c>, of exactly that length.</param>
    void GetState(int layer, Direction direction, StateKind kind, Span<T> state);

    /// <summary>Sets one state of a layer.</summary>
    /// <param name="layer">Index of a recurrent layer.</param>
    /// <param name="direction">A direction that the layer has.</param>
    /// <param name="kind">A state that the layer has.</param>
    /// <param name="state"><c>[batch, size]</c>, of exactly that length.</param>
    void SetState(int layer, Direction direction, StateKind kind, ReadOnlySpan<T> state);

    /// <summary>Copies all states of all rows out.</summary>
    /// <param name="states">Receives <c>[batch, StateSize]</c>.</param>
    void SaveState(Span<T> states);

    /// <summary>Copies all states of some rows out.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="states">Receives <c>[rowCount, StateSize]</c>.</param>
    void SaveState(int firstRow, int rowCount, Span<T> states);

    /// <summary>Sets all states of all rows from what <see cref="SaveState(Span{T})"/> gave.</summary>
    /// <param name="states"><c>[batch, StateSize]</c>.</param>
    void LoadState(ReadOnlySpan<T> states);

    /// <summary>Sets all states of some rows.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="states"><c>[rowCount, StateSize]</c>.</param>
    void LoadState(int firstRow, int rowCount, ReadOnlySpan<T> states);
}
