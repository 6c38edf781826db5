using System.Numerics;

namespace Recurrent.Training;

internal static class Largest
{
    /// <summary>Where the largest value is, the first of equal ones.</summary>
    public static int IndexIn<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            largest = values[i] > values[largest] ? i : largest;
        }

        return largest;
    }
}
