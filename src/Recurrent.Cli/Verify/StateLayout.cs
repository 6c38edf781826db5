using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>Where each state is in a row of all of them, as sessions save it.</summary>
internal sealed class StateLayout
{
    private readonly Dictionary<StateAddress, (int Offset, int Size)> _places = [];
    private readonly int _rowSize;

    public StateLayout(ModelDefinition model)
    {
        for (int layer = 0; layer < model.Layers.Count; layer++)
        {
            if (model.Layers[layer].Specification is ConvolutionSpecification { IsCausal: true, Reach: > 0 } convolution)
            {
                int size = convolution.Reach * convolution.InputSize;
                _places.Add(new StateAddress(layer, Direction.Forward, StateKind.History), (_rowSize, size));
                _rowSize += size;
            }

            if (model.Layers[layer].Specification is not RecurrentSpecification specification)
            {
                continue;
            }

            foreach (Direction direction in DirectionsOf(specification))
            {
                _places.Add(new StateAddress(layer, direction, StateKind.Hidden), (_rowSize, specification.StateSize));
                _rowSize += specification.StateSize;
                if (specification.HasCellState)
                {
                    _places.Add(new StateAddress(layer, direction, StateKind.Cell), (_rowSize, specification.HiddenSize));
                    _rowSize += specification.HiddenSize;
                }
            }
        }
    }

    /// <summary>Brings states, each <c>[batch, size]</c>, together to <c>[batch, StateSize]</c>; 0 where there is none.</summary>
    public float[] Join(IReadOnlyList<(StateAddress State, ReadOnlyMemory<float> Values)> states, int batch)
    {
        var joined = new float[batch * _rowSize];
        foreach ((StateAddress state, ReadOnlyMemory<float> values) in states)
        {
            (int offset, int size) = _places[state];
            for (int row = 0; row < batch; row++)
            {
                values.Span.Slice(row * size, size).CopyTo(joined.AsSpan((row * _rowSize) + offset));
            }
        }

        return joined;
    }

    /// <summary>One state of <c>[batch, StateSize]</c>, as <c>[batch, size]</c>.</summary>
    public double[] Take(ReadOnlySpan<double> joined, StateAddress state)
    {
        (int offset, int size) = _places[state];
        int batch = joined.Length / _rowSize;
        var values = new double[batch * size];
        for (int row = 0; row < batch; row++)
        {
            joined.Slice((row * _rowSize) + offset, size).CopyTo(values.AsSpan(row * size));
        }

        return values;
    }

    private static Direction[] DirectionsOf(RecurrentSpecification specification) => specification.Direction switch
    {
        Direction.Bidirectional => [Direction.Forward, Direction.Reverse],
        Direction direction => [direction],
    };
}
