using System.Globalization;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// A number that follows from the lengths of axes: <c>factor * (product of lengths) + offset</c>. Graphs compute with
/// shapes, and the batch and the time are open.
/// </summary>
internal readonly record struct Extent
{
    // Of a product: a graph has the lengths of an input's dimensions, and could multiply them by themselves for ever.
    private const int MaxAxes = 16;

    private readonly Axis[] _axes;

    private Extent(long factor, Axis[] axes, long offset)
    {
        Factor = axes.Length == 0 ? 0 : factor;
        Offset = axes.Length == 0 ? factor + offset : offset;
        _axes = axes;
    }

    /// <summary>The number, if it is one.</summary>
    public long? Known => Axes.Length == 0 ? Offset : null;

    /// <summary>The axes whose length is not known.</summary>
    public ReadOnlySpan<Axis> Axes => _axes;

    private bool IsNeverNegative => Factor >= 0 && Offset >= 0;

    private long Factor { get; }

    private long Offset { get; }

    public static Extent Of(long value) => new(0, [], value);

    /// <summary>The product of the lengths of axes.</summary>
    public static Extent Of(IEnumerable<Axis> axes)
    {
        Extent product = Of(1);
        foreach (Axis axis in axes)
        {
            product = product * (axis.Size is { } size ? Of(size) : new Extent(1, [axis.Counted], 0))
                ?? throw new ModelFormatException($"the product of axes is too large: {axis} of {axis.Size}.");
        }

        return product;
    }

    /// <summary>Whether this is the length of an axis, less some.</summary>
    public bool IsLengthOf(Axis axis, long less = 0) =>
        axis.Size is { } size
            ? Known == size - less
            : Axes.Length == 1 && _axes[0].IsSame(axis.Counted) && Factor == 1 && Offset == -less;

    /// <summary>By how much this is more than another number, whatever the lengths of the axes are; null if that depends on them.</summary>
    public long? Above(Extent other) =>
        this + Of(-Offset) is { } left && other + Of(-other.Offset) is { } right && left.Same(right) ? Offset - other.Offset : null;

    /// <summary>How much less this is than the length of an axis that is not known; null if that cannot be said.</summary>
    public long? LessThanLengthOf(Axis axis) =>
        axis.Size is null && Axes.Length == 1 && _axes[0].IsSame(axis.Counted) && Factor == 1 ? -Offset : null;

    /// <summary>Whether this is the same number, whatever the lengths of the axes are.</summary>
    public bool Same(Extent other)
    {
        if (Factor != other.Factor || Offset != other.Offset || _axes.Length != other._axes.Length)
        {
            return false;
        }

        List<Axis> rest = [.. other._axes];
        return _axes.All(axis => rest.FindIndex(axis.IsSame) is >= 0 and int at && Remove(rest, at));
    }

    /// <summary>Whether this is the same number; null if that depends on how long axes are.</summary>
    public bool? IsEqualTo(Extent other)
    {
        if (Same(other))
        {
            return true;
        }

        // Lengths are never below 0, which is what exporters compare them with.
        bool differs = (Known is not null && other.Known is not null)
            || (other.Known is < 0 && IsNeverNegative) || (Known is < 0 && other.IsNeverNegative);
        return differs ? false : null;
    }

    /// <summary>The sum; null if it cannot be said or is too large.</summary>
    public static Extent? operator +(Extent left, Extent right)
    {
        if (right.Known is null)
        {
            (left, right) = (right, left);
        }

        return right.Known is { } known && Bounded(left.Offset, known)
            ? new Extent(left.Factor, left._axes, left.Offset + known)
            : null;
    }

    /// <summary>The product; null if it cannot be said or is too large.</summary>
    public static Extent? operator *(Extent left, Extent right)
    {
        if (left.Known is null && right.Known is null)
        {
            return left.Offset == 0 && right.Offset == 0 && Bounded(left.Factor, right.Factor)
                && left._axes.Length + right._axes.Length <= MaxAxes
                ? new Extent(left.Factor * right.Factor, [.. left._axes, .. right._axes], 0)
                : null;
        }

        if (right.Known is null)
        {
            (left, right) = (right, left);
        }

        long known = right.Known!.Value;
        return Bounded(left.Factor, known) && Bounded(left.Offset, known)
            ? left.Known is { } other
                ? Of(other * known)
                : new Extent(left.Factor * known, known == 0 ? [] : left._axes, left.Offset * known)
            : null;
    }

    public override string ToString()
    {
        if (Known is { } known)
        {
            return known.ToString(CultureInfo.InvariantCulture);
        }

        string product = string.Join(" * ", _axes.Select(axis => axis.ToString()));
        return $"{(Factor == 1 ? "" : $"{Factor} * ")}{product}{(Offset == 0 ? "" : $" + {Offset}")}";
    }

    private static bool Remove(List<Axis> axes, int index)
    {
        axes.RemoveAt(index);
        return true;
    }

    /// <summary>Whether numbers are so small that neither their sum nor their product leaves 64 bits.</summary>
    private static bool Bounded(long left, long right) =>
        Math.Abs((double)left) < int.MaxValue && Math.Abs((double)right) < int.MaxValue;
}
