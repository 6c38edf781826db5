using System.Numerics;

namespace Recurrent.Reference;

/// <summary>The canonical product: every output is one chain of fused multiply-adds in index order.</summary>
internal static class Product
{
    /// <summary><c>start + weights · values</c>, added term by term from the first to the last.</summary>
    public static T Chain<T>(T start, ReadOnlySpan<T> weights, ReadOnlySpan<T> values)
        where T : IFloatingPointIeee754<T>
    {
        T sum = start;
        for (int k = 0; k < values.Length; k++)
        {
            sum = T.FusedMultiplyAdd(weights[k], values[k], sum);
        }

        return sum;
    }

    /// <summary><c>sums += factor * values</c>, for gradients, which are in double.</summary>
    public static void Gather<T>(double factor, ReadOnlySpan<T> values, Span<double> sums)
        where T : IFloatingPointIeee754<T>
    {
        for (int k = 0; k < values.Length; k++)
        {
            sums[k] = double.FusedMultiplyAdd(factor, double.CreateChecked(values[k]), sums[k]);
        }
    }

    /// <summary>Row <paramref name="row"/> of a matrix whose rows are <paramref name="columns"/> long.</summary>
    public static ReadOnlySpan<T> Row<T>(T[] matrix, int row, int columns) =>
        matrix.AsSpan(row * columns, columns);

    /// <inheritdoc cref="Row{T}(T[], int, int)"/>
    public static Span<T> Row<T>(Memory<T> matrix, int row, int columns) =>
        matrix.Span.Slice(row * columns, columns);
}
