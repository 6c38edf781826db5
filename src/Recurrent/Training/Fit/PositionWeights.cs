using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// What the positions of a piece of the data weigh: sample weights times class weights, in memory that is used again.
/// </summary>
internal sealed class PositionWeights<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private T[] _weights = [];
    private int _positions;

    /// <summary><c>[positions]</c>; empty if all weigh 1.</summary>
    public ReadOnlySpan<T> Span => _weights.AsSpan(0, _positions);

    /// <summary>Gathers the weights of rows.</summary>
    /// <param name="y">The targets of all data; null for none.</param>
    /// <param name="count">Rows of all data.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="first">The first position of the piece in each row.</param>
    /// <param name="length">Positions of the piece in each row.</param>
    /// <param name="piece">The targets of the piece.</param>
    public void Fill(
        Targets<T>? y, int count, ReadOnlySpan<int> rows, int first, int length, in LossBatch<T> piece)
    {
        _positions = 0;
        if (y is null || (y.Weights.IsEmpty && y.ClassWeights is null))
        {
            return;
        }

        _positions = rows.Length * length;

        if (_weights.Length < _positions)
        {
            _weights = new T[_positions];
        }

        FillSampleWeights(y.Weights.Span, count, rows, first, length);
        if (y.ClassWeights is { } classWeights)
        {
            MultiplyClassWeights(classWeights, piece);
        }
    }

    private void FillSampleWeights(ReadOnlySpan<T> weights, int count, ReadOnlySpan<int> rows, int first, int length)
    {
        if (weights.IsEmpty)
        {
            _weights.AsSpan(0, _positions).Fill(T.One);
            return;
        }

        int stride = weights.Length / count;
        for (int i = 0; i < rows.Length; i++)
        {
            Span<T> here = _weights.AsSpan(i * length, length);
            if (stride == 1)
            {
                // One for a whole sequence, which all its steps have.
                here.Fill(weights[rows[i]]);
            }
            else
            {
                weights.Slice((rows[i] * stride) + first, length).CopyTo(here);
            }
        }
    }

    private void MultiplyClassWeights(IReadOnlyDictionary<int, double> classWeights, in LossBatch<T> piece)
    {
        for (int position = 0; position < _positions; position++)
        {
            if (classWeights.TryGetValue(ClassAt(piece, position), out double weight))
            {
                _weights[position] *= T.CreateTruncating(weight);
            }
        }
    }

    private static int ClassAt(in LossBatch<T> piece, int position)
    {
        if (!piece.Classes.IsEmpty)
        {
            return piece.Classes[position];
        }

        ReadOnlySpan<T> target = piece.TargetAt(position);
        return target.Length == 1 ? int.CreateSaturating(T.Round(target[0])) : Largest.IndexIn(target);
    }
}
