using Recurrent.Layers;

namespace Recurrent.Benchmarks;

/// <summary>Cells that the benchmarks run.</summary>
public enum Cell
{
    SimpleRnn,
    Lstm,
    Gru,
    GruResetBefore,
}

/// <summary>Layers with random weights that leave activations in their middle range.</summary>
internal static class Models
{
    public static RecurrentLayer Layer(Cell cell, int input, int hidden)
    {
        RecurrentSpecification specification = cell switch
        {
            Cell.SimpleRnn => new SimpleRnnSpecification { InputSize = input, HiddenSize = hidden },
            Cell.Lstm => new LstmSpecification { InputSize = input, HiddenSize = hidden },
            Cell.Gru => new GruSpecification { InputSize = input, HiddenSize = hidden },
            Cell.GruResetBefore => new GruSpecification { InputSize = input, HiddenSize = hidden, ResetAfter = false },
            _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, "expected a cell"),
        };
        int rows = specification.GateCount * hidden;
        float scale = 1 / MathF.Sqrt(input + hidden);
        return new RecurrentLayer(
            specification,
            new CellWeights(
                Values(rows * input, scale), Values(rows * hidden, scale), Values(rows, scale), Values(rows, scale)));
    }

    public static float[] Values(int count, float scale = 1)
    {
        Random random = new(count);
        var values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = scale * ((2 * random.NextSingle()) - 1);
        }

        return values;
    }
}
