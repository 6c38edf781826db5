namespace Recurrent.Cli.Verify;

/// <summary>
/// Whether two shapes are of one tensor, whose elements lie in one order: axes of one element count for nothing, the
/// features may be divided into several axes, and axes may be joined.
/// </summary>
internal static class ShapeMatch
{
    /// <summary>How shapes differ; null if they are of one tensor.</summary>
    /// <param name="expected">Sizes of the axes as a file has them.</param>
    /// <param name="actual">Sizes of the axes as a model has them.</param>
    /// <param name="features">Which of those is that of the features; -1 for none.</param>
    /// <param name="states">Which of those counts states, which may be divided, too; -1 for none.</param>
    public static string? Mismatch(IReadOnlyList<long> expected, IReadOnlyList<int> actual, int features, int states = -1)
    {
        long[] theirs = [.. expected.Where(size => size != 1)];
        long[] ours = [.. actual.Select(size => (long)size).Where(size => size != 1)];
        return IsSame(theirs, ours, [Place(features), Place(states)])
            ? null
            : $"expected the shape [{string.Join(", ", expected)}], found [{string.Join(", ", actual)}]";

        int Place(int axis) => axis < 0 || actual[axis] == 1 ? -1 : actual.Take(axis).Count(size => size != 1);
    }

    private static bool IsSame(ReadOnlySpan<long> theirs, ReadOnlySpan<long> ours, ReadOnlySpan<int> divisible)
    {
        if (theirs.Contains(0) || ours.Contains(0))
        {
            return theirs.SequenceEqual(ours);
        }

        for (int at = 0; !theirs.IsEmpty && !ours.IsEmpty;)
        {
            (int their, int our) = NextGroup(theirs, ours);
            if (their != 1 && !(our == 1 && divisible.Contains(at)))
            {
                return false;
            }

            theirs = theirs[their..];
            ours = ours[our..];
            at += our;
        }

        return theirs.IsEmpty && ours.IsEmpty;
    }

    /// <summary>How many axes of each side have as many elements together, at least one; 0 if there are none.</summary>
    private static (int Their, int Our) NextGroup(ReadOnlySpan<long> theirs, ReadOnlySpan<long> ours)
    {
        (int their, int our) = (1, 1);
        (Int128 left, Int128 right) = (theirs[0], ours[0]);
        while (left != right)
        {
            if (left < right && their < theirs.Length)
            {
                left *= theirs[their++];
            }
            else if (right < left && our < ours.Length)
            {
                right *= ours[our++];
            }
            else
            {
                return (0, 0);
            }
        }

        return (their, our);
    }
}
