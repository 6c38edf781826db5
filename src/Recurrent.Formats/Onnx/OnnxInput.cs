using Recurrent.Formats.Onnx;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>An input of an ONNX graph that is given when the model is run.</summary>
public sealed class OnnxInput
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required OnnxInputRole Role { get; init; }

    /// <summary>
    /// Its axes, from the slowest to the fastest. One that is missing has one element: a sequence without
    /// <see cref="OnnxAxis.Features"/> has one feature. In the graph, axes may have been joined and axes of one element
    /// added: the order of the elements is what counts.
    /// </summary>
    public required IReadOnlyList<OnnxAxis> Axes { get; init; }

    /// <summary>
    /// For initial states, what each element of the axis <see cref="OnnxAxis.Direction"/> is the state of; one element if
    /// there is no such axis. Otherwise empty. One whose layer is -1 sets no state of the model.
    /// </summary>
    public IReadOnlyList<OnnxState> States { get; init; } = [];

    internal SequenceLayout Layout { get; init; }

    /// <summary>
    /// Brings the elements of this input into the order that a session of the model takes: for sequences, indices among
    /// them, <c>[time, batch, features]</c> or <c>[batch, time, features]</c>, as <see cref="ModelDefinition.Layout"/>
    /// says; <c>[states, batch, size]</c> for initial states, <c>[batch]</c> for lengths.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The elements in the graph's order.</param>
    /// <param name="time">Time steps; 1 for initial states and lengths.</param>
    /// <param name="batch">Batch rows.</param>
    /// <returns>The elements in the session's order.</returns>
    /// <exception cref="ArgumentException">There are not as many elements as the sizes ask for.</exception>
    public T[] ToSession<T>(ReadOnlySpan<T> values, int time, int batch) =>
        AxisOrder.Permute(
            values,
            Axes,
            States.Count > 0
                ? [OnnxAxis.Direction, OnnxAxis.Batch, OnnxAxis.Features]
                : [.. AxisOrder.Steps(Layout), OnnxAxis.Features],
            time,
            batch,
            Math.Max(1, States.Count));
}
