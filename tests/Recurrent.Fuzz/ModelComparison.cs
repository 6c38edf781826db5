using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Fuzz;

/// <summary>What a model that was read puts out, by the native library and by the reference: the same bits.</summary>
internal static class ModelComparison
{
    private const int Batch = 2;

    // A model may need more steps than a few: windows, and rows of a fixed number of steps.
    private static readonly int[] Times = [3, 6, 12, 48];

    /// <summary>The reference is slow: a larger model is computed by the native library alone.</summary>
    private const long MostCompared = 400_000;

    /// <summary>A graph may repeat a row as often as it likes: of more than that, nothing is computed.</summary>
    private const long MostElements = 10_000_000;

    /// <returns>Whether the two were compared.</returns>
    public static bool Compare(ModelDefinition definition, Random random)
    {
        using RecurrentModel model = RecurrentModel.Create(definition);
        if (definition.Layers.Any(layer => layer is RepeatLayer { Specification: var repeat }
            && (long)repeat.Steps * repeat.InputSize * Batch > MostElements))
        {
            return false;
        }

        foreach (int time in Times)
        {
            InputBuffer<float>[] inputs = [.. definition.Inputs.Select(input => InputOf(input, time, random))];
            try
            {
                return Compare(definition, model, inputs, time);
            }
            catch (ArgumentException e) when (e.ParamName == "time")
            {
                // So many steps the model does not take.
            }
        }

        return false;
    }

    private static bool Compare(ModelDefinition definition, RecurrentModel model, InputBuffer<float>[] inputs, int time)
    {
        float[][] native = model.Predict(inputs, Batch, time);
        if (model.PackedBytes / sizeof(float) > MostCompared)
        {
            return false;
        }

        float[][] reference = ReferenceModel<float>.Create(definition).Predict(inputs, Batch, time);
        for (int i = 0; i < native.Length; i++)
        {
            Compare(definition.Outputs[i].Name, native[i], reference[i]);
        }

        return true;
    }

    private static void Compare(string name, float[] native, float[] reference)
    {
        for (int i = 0; i < native.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(native[i]) != BitConverter.SingleToInt32Bits(reference[i])
                && !(float.IsNaN(native[i]) && float.IsNaN(reference[i])))
            {
                throw new FuzzFailureException(
                    $"output '{name}', {i}, is {native[i]:R}, and {reference[i]:R} by the reference");
            }
        }
    }

    private static InputBuffer<float> InputOf(ModelInput input, int time, Random random)
    {
        int count = Batch * (input.Kind == ValueKind.Row ? 1 : time);
        return input.Kind == ValueKind.Indices
            ? new InputBuffer<float>(input.Name, (int[])[.. Enumerable.Range(0, count).Select(_ => random.Next(input.Size))])
            : new InputBuffer<float>(
                input.Name,
                (float[])[.. Enumerable.Range(0, count * input.Size).Select(_ => (2 * random.NextSingle()) - 1)]);
    }
}
