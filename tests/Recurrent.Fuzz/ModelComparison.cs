using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Fuzz;

/// <summary>What a model that was read puts out, by the native library and by the reference: the same bits.</summary>
internal static class ModelComparison
{
    private const int Batch = 2;
    private const int Time = 3;

    /// <summary>The reference is slow: a larger model is computed by the native library alone.</summary>
    private const long MostCompared = 400_000;

    /// <returns>Whether the two were compared.</returns>
    public static bool Compare(ModelDefinition definition, Random random)
    {
        using RecurrentModel model = RecurrentModel.Create(definition);
        float[] native = new float[OutputCount(definition)];
        float[] x = [.. Enumerable.Range(0, Batch * Time * definition.InputSize).Select(_ => (2 * random.NextSingle()) - 1)];
        int[] indices = definition.VocabularySize == 0
            ? []
            : [.. Enumerable.Range(0, Batch * Time).Select(_ => random.Next(definition.VocabularySize))];
        using (Session session = model.OpenSession(Batch))
        {
            if (definition.VocabularySize > 0)
            {
                session.RunIndices(indices, native, Time);
            }
            else
            {
                session.Run(x, native, Time);
            }
        }

        if (model.PackedBytes / sizeof(float) > MostCompared)
        {
            return false;
        }

        float[] reference = new float[native.Length];
        ReferenceSession<float> other = ReferenceModel<float>.Create(definition).OpenSession(Batch);
        if (definition.VocabularySize > 0)
        {
            other.RunIndices(indices, reference, Time);
        }
        else
        {
            other.Run(x, reference, Time);
        }

        for (int i = 0; i < native.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(native[i]) != BitConverter.SingleToInt32Bits(reference[i])
                && !(float.IsNaN(native[i]) && float.IsNaN(reference[i])))
            {
                throw new FuzzFailureException($"output {i} is {native[i]:R}, and {reference[i]:R} by the reference");
            }
        }

        return true;
    }

    private static int OutputCount(ModelDefinition definition) =>
        Batch * definition.OutputSize * (definition.Output == ModelOutput.EveryStep ? Time : 1);
}
