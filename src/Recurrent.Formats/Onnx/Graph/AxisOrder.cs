using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Moves the elements of a tensor from one order of its axes to another.</summary>
internal static class AxisOrder
{
    /// <summary>The axes of steps in an order.</summary>
    public static OnnxAxis[] Steps(SequenceLayout layout) => layout == SequenceLayout.BatchMajor
        ? [OnnxAxis.Batch, OnnxAxis.Time]
        : [OnnxAxis.Time, OnnxAxis.Batch];

    /// <summary>The axes of more than one element, in an order of memory, and how a model has the same ones; null if that is the same.</summary>
    /// <param name="axes">The axes.</param>
    /// <param name="layout">The model's order.</param>
    public static (OnnxAxis[] Found, OnnxAxis[] Given)? Difference(IEnumerable<Axis> axes, SequenceLayout layout)
    {
        OnnxAxis[] found = [.. axes.Where(axis => axis.Size != 1).Select(axis => axis.Role).OfType<OnnxAxis>()];
        OnnxAxis[] given = [.. Steps(layout).Append(OnnxAxis.Direction).Append(OnnxAxis.Features).Where(found.Contains)];
        return found.SequenceEqual(given) ? null : (found, given);
    }

    /// <summary>For messages: axes by name.</summary>
    public static string Names(IEnumerable<OnnxAxis> axes) =>
        string.Join(", ", axes.Select(axis => axis.ToString().ToLowerInvariant()));

    /// <summary>The elements in another order. An axis that is in one list alone has one element.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="from">Their order.</param>
    /// <param name="to">The order that is wanted.</param>
    /// <param name="time">Length of the time axis.</param>
    /// <param name="batch">Length of the batch axis.</param>
    /// <param name="directions">Length of the axis of directions.</param>
    public static T[] Permute<T>(
        ReadOnlySpan<T> values,
        IReadOnlyList<OnnxAxis> from,
        IReadOnlyList<OnnxAxis> to,
        int time,
        int batch,
        int directions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        long steps = (long)time * batch * directions;
        if (steps == 0 ? values.Length > 0 : values.Length % steps != 0)
        {
            throw new ArgumentException(
                $"values: expected a multiple of [time, batch, directions] = [{time}, {batch}, {directions}], "
                + $"found {values.Length} elements.",
                nameof(values));
        }

        int[] lengths = [time, batch, directions, steps == 0 ? 0 : (int)(values.Length / steps)];
        IEnumerable<OnnxAxis> others = Enum.GetValues<OnnxAxis>().Where(axis => !to.Contains(axis));
        OnnxAxis[] target = [.. to, .. others.Where(axis => lengths[(int)axis] != 1)];
        long[] strides = new long[lengths.Length];
        long stride = 1;
        foreach (OnnxAxis axis in from.Reverse())
        {
            strides[(int)axis] = stride;
            stride *= lengths[(int)axis];
        }

        T[] permuted = new T[values.Length];
        int[] index = new int[target.Length];
        long offset = 0;
        for (int i = 0; i < permuted.Length; i++)
        {
            permuted[i] = values[(int)offset];
            for (int at = target.Length - 1; at >= 0; at--)
            {
                int axis = (int)target[at];
                offset += strides[axis];
                if (++index[at] < lengths[axis])
                {
                    break;
                }

                offset -= strides[axis] * lengths[axis];
                index[at] = 0;
            }
        }

        return permuted;
    }
}
