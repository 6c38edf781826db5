using Recurrent.Formats.Onnx;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>An output of an ONNX graph.</summary>
public sealed class OnnxOutput
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required OnnxOutputRole Role { get; init; }

    /// <summary>
    /// Its axes, from the slowest to the fastest; see <see cref="OnnxInput.Axes"/>. Where there is an axis
    /// <see cref="OnnxAxis.Direction"/>, a step of the session's output holds its elements one after the other.
    /// </summary>
    public required IReadOnlyList<OnnxAxis> Axes { get; init; }

    /// <summary>
    /// For final states, what each element of the axis <see cref="OnnxAxis.Direction"/> is the state of; one element if
    /// there is no such axis. Otherwise empty.
    /// </summary>
    public IReadOnlyList<OnnxState> States { get; init; } = [];

    /// <summary>Elements of the axis <see cref="OnnxAxis.Direction"/>; 1 if there is none.</summary>
    public int Directions { get; init; } = 1;

    internal SequenceLayout Layout { get; init; }

    /// <summary>
    /// For messages: which axes the graph joins in one dimension in another order than the model has them; null if it joins none.
    /// </summary>
    internal string? Joined { get; init; }

    /// <summary>
    /// Brings what a session of the model gave into the order of this output. The session's order is
    /// <c>[time, batch, features]</c> or <c>[batch, time, features]</c> for sequences, as
    /// <see cref="ModelDefinition.Layout"/> says, <c>[batch, features]</c> for a last step and
    /// <c>[states, batch, size]</c> for final states.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The elements in the session's order.</param>
    /// <param name="time">Time steps; 1 for anything but sequences.</param>
    /// <param name="batch">Batch rows.</param>
    /// <returns>The elements in the graph's order.</returns>
    /// <exception cref="ArgumentException">There are not as many elements as the sizes ask for.</exception>
    public T[] FromSession<T>(ReadOnlySpan<T> values, int time, int batch) =>
        AxisOrder.Permute(
            values,
            States.Count > 0
                ? [OnnxAxis.Direction, OnnxAxis.Batch, OnnxAxis.Features]
                : [.. AxisOrder.Steps(Layout), OnnxAxis.Direction, OnnxAxis.Features],
            Axes,
            time,
            batch,
            Directions);
}
