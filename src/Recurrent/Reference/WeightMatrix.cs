using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>A matrix as it is packed, and its products. Of floats every output is the canonical chain.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal class WeightMatrix<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly T[] _values;
    private readonly int _columns;

    protected WeightMatrix(T[] values, int columns)
    {
        _values = values;
        _columns = columns;
    }

    /// <summary>Whether the layer has no such matrix.</summary>
    public bool IsEmpty => _values.Length == 0;

    /// <summary>Packs a matrix of a layer: flushes it, and rounds it to its format.</summary>
    /// <param name="parameters">The layer's parameters.</param>
    /// <param name="role">Which matrix.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="direction">Of which direction.</param>
    public static WeightMatrix<T> Pack<TArithmetic>(
        LayerParameters<T> parameters, ParameterRole role, int columns, Direction direction = Direction.Forward)
        where TArithmetic : IArithmetic<T>
    {
        T[] values = parameters.Packed<TArithmetic>(role, direction);
        WeightFormat format = parameters.Formats.Of(role);
        if (values.Length == 0 || format == WeightFormat.Float32)
        {
            return new WeightMatrix<T>(values, columns);
        }

        // Only weights of layers have another format, and those are floats.
        float[] weights = Array.ConvertAll(values, float.CreateChecked);
        int rows = weights.Length / columns;
        string name = WeightRounding.NameOf(parameters.Name, direction, role);
        return format == WeightFormat.BFloat16
            ? new WeightMatrix<T>(
                Array.ConvertAll(WeightRounding.Round(weights, rows, columns, format, name), T.CreateChecked), columns)
            : new QuantizedMatrix<T>(Int8Matrix.Pack(weights, rows, columns, name), format);
    }

    /// <summary>The values of a row.</summary>
    public ReadOnlySpan<T> Row(int row) => Product.Row(_values, row, _columns);

    /// <summary><c>start</c> and the product of a row with as many values.</summary>
    public virtual T Chain(T start, int row, ReadOnlySpan<T> x) => Product.Chain(start, Row(row), x);
}
