using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Runs a model as the graph it came from would be run: inputs and outputs by name, in the graph's order.</summary>
internal static class OnnxRun
{
    /// <summary>The outputs, flat, in the graph's order of axes.</summary>
    public static Dictionary<string, double[]> Compute(
        OnnxBinding binding, IReadOnlyDictionary<string, (int[] Shape, double[] Values)> given)
    {
        OnnxInput main = binding.Inputs.Single(input => input.Role is OnnxInputRole.Sequence or OnnxInputRole.Indices);
        int[] shape = given[main.Name].Shape;
        int time = Length(main, OnnxAxis.Time, shape);
        int batch = Length(main, OnnxAxis.Batch, shape);
        OnnxInput? lengths = binding.Inputs.SingleOrDefault(input => input.Role == OnnxInputRole.Lengths);
        LayerByLayer run = new(
            binding.Model.Definition,
            time,
            batch,
            lengths is null ? null : [.. given[lengths.Name].Values.Select(value => (int)value)]);
        foreach (OnnxInput states in binding.Inputs.Where(input => input.States.Count > 0))
        {
            StateKind kind = states.Role == OnnxInputRole.InitialHidden ? StateKind.Hidden : StateKind.Cell;
            double[] values = states.ToSession<double>(given[states.Name].Values, 1, batch);
            int size = values.Length / states.States.Count;
            foreach ((OnnxState state, int i) in states.States.Select((state, i) => (state, i)))
            {
                run.SetState(state.Layer, state.Direction, kind, values[(i * size)..((i + 1) * size)]);
            }
        }

        // Layer by layer everything is time-major; a session of the model has the model's order.
        bool isBatchMajor = binding.Model.Definition.Layout == SequenceLayout.BatchMajor;
        double[] input = main.ToSession<double>(given[main.Name].Values, time, batch);
        double[] output = run.Run(isBatchMajor ? Transposed(input, batch, time) : input);
        bool isSequence = binding.Model.Definition.Output == ModelOutput.EveryStep;
        double[] sequence = isBatchMajor && isSequence ? Transposed(output, time, batch) : output;
        return binding.Outputs.ToDictionary(
            item => item.Name,
            item => item.States.Count == 0
                ? item.Role == OnnxOutputRole.Sequence
                    ? item.FromSession<double>(sequence, time, batch)
                    : item.FromSession<double>(output, 1, batch)
                : item.FromSession<double>(
                    [.. item.States.SelectMany(state => run.GetState(
                        state.Layer,
                        state.Direction,
                        item.Role == OnnxOutputRole.FinalHidden ? StateKind.Hidden : StateKind.Cell))],
                    1,
                    batch));
    }

    /// <summary>Fails unless values are as expected, within a part of the largest.</summary>
    public static void AssertClose(IEnumerable<float> expected, double[] found, double tolerance, string name)
    {
        float[] values = [.. expected];
        Assert.Equal(values.Length, found.Length);
        double largest = values.Select(value => Math.Abs((double)value)).DefaultIfEmpty(0).Max();
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(
                Math.Abs(values[i] - found[i]) <= tolerance * largest,
                $"{name}[{i}]: expected {values[i]}, found {found[i]}");
        }
    }

    /// <summary>Exchanges the first two axes.</summary>
    private static double[] Transposed(double[] values, int rows, int columns)
    {
        int features = values.Length / (rows * columns);
        return
        [
            .. from column in Enumerable.Range(0, columns)
               from row in Enumerable.Range(0, rows)
               from value in values.AsSpan(((row * columns) + column) * features, features).ToArray()
               select value,
        ];
    }

    private static int Length(OnnxInput input, OnnxAxis axis, int[] shape)
    {
        int index = input.Axes.ToList().IndexOf(axis);
        return index < 0 ? 1 : shape[index];
    }
}
