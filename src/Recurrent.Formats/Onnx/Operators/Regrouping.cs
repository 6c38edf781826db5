namespace Recurrent.Formats.Onnx;

/// <summary>Divides axes, in the order of memory, into the dimensions of a new shape.</summary>
internal static class Regrouping
{
    /// <summary>The axes of each dimension; null if a dimension would have to end inside an axis.</summary>
    /// <param name="axes">The axes.</param>
    /// <param name="shape">The length of each dimension; null for one that takes what the others leave.</param>
    public static Axis[][]? Divide(IReadOnlyList<Axis> axes, Extent?[] shape)
    {
        Axis[][] groups = new Axis[shape.Length][];
        int begin = 0;
        int dimension = 0;
        for (; dimension < shape.Length && shape[dimension] is { } length; dimension++)
        {
            if (Take([.. axes.Skip(begin)], length) is not { } group)
            {
                return null;
            }

            groups[dimension] = group;
            begin += group.Length;
        }

        List<Axis> rest = [.. axes.Skip(begin)];
        for (int last = shape.Length - 1; last > dimension; last--)
        {
            if (Take([.. Enumerable.Reverse(rest)], shape[last]!.Value) is not { } group)
            {
                return null;
            }

            groups[last] = [.. Enumerable.Reverse(group)];
            rest.RemoveRange(rest.Count - group.Length, group.Length);
        }

        if (dimension < shape.Length)
        {
            groups[dimension] = [.. rest];
        }
        else if (rest.Any(axis => axis.Size != 1))
        {
            return null;
        }
        else if (groups.Length > 0)
        {
            groups[^1] = [.. groups[^1], .. rest];
        }

        MoveSingles(groups, shape);
        return groups;
    }

    /// <summary>
    /// An axis of one element is anywhere in the order of memory: one beside other axes goes to a dimension of length 1 that
    /// has none.
    /// </summary>
    private static void MoveSingles(Axis[][] groups, Extent?[] shape)
    {
        for (int empty = 0; empty < groups.Length; empty++)
        {
            int crowded = groups[empty].Length > 0 || shape[empty] is { Known: not 1 }
                ? -1
                : Array.FindIndex(groups, group => group.Length > 1 && group.Any(axis => axis.Size == 1));
            if (crowded >= 0)
            {
                Axis moved = groups[crowded].First(axis => axis.Size == 1);
                groups[empty] = [moved];
                groups[crowded] = [.. groups[crowded].Where(axis => axis != moved)];
            }
        }
    }

    /// <summary>As many of the first axes as give a length.</summary>
    private static Axis[]? Take(Axis[] axes, Extent length)
    {
        // An axis of length 1 keeps a dimension of its own where there is one.
        int count = length.Known == 1 && axes is [{ Size: 1 }, ..] ? 1 : 0;
        while (!Extent.Of(axes.Take(count)).Same(length))
        {
            if (++count > axes.Length)
            {
                return null;
            }
        }

        return axes[..count];
    }
}
