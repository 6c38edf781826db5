using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>Trained initial states, as parameters beside a recurrent module hold them.</summary>
internal static class InitialStateReader
{
    /// <summary>The layers with the states that they start from.</summary>
    public static IReadOnlyList<RecurrentLayer> Apply(
        ITensorSource source, InitialStateNames names, IReadOnlyList<RecurrentLayer> layers)
    {
        int directions = layers.Sum(layer => layer.Specification.DirectionCount);
        RecurrentSpecification first = layers[0].Specification;
        if (names.Cell is not null && !first.HasCellState)
        {
            throw new ModelFormatException($"tensor '{names.Cell}': only an nn.LSTM has cell states.");
        }

        float[] hidden = Read(source, names.Hidden, directions, first.StateSize);
        float[] cell = names.Cell is null ? [] : Read(source, names.Cell, directions, first.HiddenSize);
        var result = new List<RecurrentLayer>();
        int index = 0;
        foreach (RecurrentLayer layer in layers)
        {
            RecurrentSpecification specification = layer.Specification;
            CellWeights[] weights =
            [
                .. new[] { layer.Forward, layer.Reverse }.OfType<CellWeights>().Select(direction =>
                    direction.WithInitialState(Row(hidden, directions, index), Row(cell, directions, index++))),
            ];
            result.Add(new RecurrentLayer(specification, weights));
        }

        return result;
    }

    private static ReadOnlySpan<float> Row(float[] values, int rows, int row) =>
        values.AsSpan(row * (values.Length / rows), values.Length / rows);

    private static float[] Read(ITensorSource source, string name, int directions, int size)
    {
        Tensor tensor = source.Require(name);
        long[] given = [.. tensor.Shape.Where(axis => axis != 1)];
        long[] expected = [.. new long[] { directions, size }.Where(axis => axis != 1)];
        return given.SequenceEqual(expected)
            ? tensor.ToSingles()
            : throw ModuleParameters.WrongShape(tensor, $"[{directions}, {size}], with any axes of size 1");
    }
}
