using Recurrent.Layers;

namespace Recurrent.Peers;

/// <summary>The layers of a task.</summary>
internal static class TaskLayers
{
    public static Layer[] CreateLayers(this BenchTask task)
    {
        var layers = new Layer[task.Layers];
        int next = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            RecurrentSpecification specification = task.Specify(i == 0 ? task.Input : task.Output);
            var directions = new CellWeights[task.Directions];
            for (int direction = 0; direction < directions.Length; direction++)
            {
                int rows = specification.GateCount * task.Hidden;
                directions[direction] = new CellWeights(
                    Take(rows * specification.InputSize), Take(rows * task.Hidden), Take(rows), Take(rows));
            }

            layers[i] = new RecurrentLayer(specification, directions);
        }

        return layers;

        ReadOnlySpan<float> Take(int count)
        {
            next += count;
            return task.Data.AsSpan(next - count, count);
        }
    }

    private static RecurrentSpecification Specify(this BenchTask task, int input)
    {
        Direction direction = task.Directions == 2 ? Direction.Bidirectional : Direction.Forward;
        return task.Cell switch
        {
            "lstm" => new LstmSpecification { InputSize = input, HiddenSize = task.Hidden, Direction = direction },
            "gru" => new GruSpecification { InputSize = input, HiddenSize = task.Hidden, Direction = direction },
            "gru_before" => new GruSpecification
            {
                InputSize = input,
                HiddenSize = task.Hidden,
                Direction = direction,
                ResetAfter = false,
            },
            _ => throw new NotSupportedException($"no cell is called {task.Cell}"),
        };
    }
}
