using System.Runtime.InteropServices;

namespace Recurrent.Formats.PyTorch.Derived;

/// <summary>A weight as weight normalization has it: directions <c>v</c>, of which each gets a length <c>g</c>.</summary>
internal sealed class NormedTensor : Tensor
{
    private readonly Tensor _lengths;
    private readonly Tensor _directions;
    private readonly Lazy<float[]> _values;

    public NormedTensor(string name, Tensor lengths, Tensor directions)
        : base(name, TensorElementType.F32, [.. directions.Shape], directions.ElementCount)
    {
        _lengths = lengths;
        _directions = directions;
        _values = new Lazy<float[]>(() => Compute(lengths.ToSingles(), directions.ToSingles(), Slots()));
    }

    /// <summary>Whether shapes are those of lengths and directions: an axis is kept, or has one length for all.</summary>
    public static bool Fits(IReadOnlyList<long> lengths, IReadOnlyList<long> directions) =>
        directions.Count > 0
        && (lengths.All(size => size == 1)
            || (lengths.Count == directions.Count
                && !lengths.Where((size, axis) => size != 1 && size != directions[axis]).Any()));

    /// <summary>Weights of lengths and directions.</summary>
    /// <param name="lengths">The lengths.</param>
    /// <param name="values">The directions, which are overwritten.</param>
    /// <param name="slots">Of each element the length that it belongs to.</param>
    public static float[] Compute(float[] lengths, float[] values, IEnumerable<int> slots)
    {
        double[] squares = new double[lengths.Length];
        int[] slotOf = [.. slots];
        for (int i = 0; i < values.Length; i++)
        {
            squares[slotOf[i]] += (double)values[i] * values[i];
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(lengths[slotOf[i]] * (values[i] / Math.Sqrt(squares[slotOf[i]])));
        }

        return values;
    }

    private protected override void Read(long firstElement, Span<byte> destination) =>
        MemoryMarshal.AsBytes(_values.Value.AsSpan()).Slice((int)firstElement * sizeof(float), destination.Length)
            .CopyTo(destination);

    private IEnumerable<int> Slots() => Slots([.. _lengths.Shape], _lengths.ElementCount, [.. _directions.Shape], ElementCount);

    /// <summary>Of each element of a shape the element of lengths that it belongs to.</summary>
    public static IEnumerable<int> Slots(long[] lengths, long lengthCount, long[] shape, long count)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int axis = shape.Length - 1; axis >= 0 && lengthCount > 1; axis--)
        {
            strides[axis] = lengths[axis] == 1 ? 0 : stride;
            stride *= lengths[axis];
        }

        long[] index = new long[shape.Length];
        long slot = 0;
        for (long i = 0; i < count; i++)
        {
            yield return (int)slot;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                slot += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                slot -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
    }
}
