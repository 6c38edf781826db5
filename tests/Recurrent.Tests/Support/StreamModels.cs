using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>What tests of pools and servers step: an LSTM and a GRU behind it.</summary>
internal static class StreamModels
{
    /// <summary>Features of a step.</summary>
    public const int Input = 5;

    public static RecurrentModel Create(int seed, WeightFormat format = WeightFormat.Float32, int units = 20) =>
        RecurrentModel.Create(
            [
                new LayerCase { Cell = CellKind.Lstm, Size = units }.Create(Input, new RandomFloats(seed)),
                new LayerCase { Cell = CellKind.Gru, Size = 9 }.Create(units, new RandomFloats(seed + 100)),
            ],
            new ModelOptions { Weights = format });

    public static float[] Values(Random random, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (2 * random.NextSingle()) - 1;
        }

        return values;
    }
}
