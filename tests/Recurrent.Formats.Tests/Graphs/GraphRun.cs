using System.Runtime.InteropServices;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests.Graphs;

/// <summary>Inputs of a model by their names, and what the reference makes of them.</summary>
internal static class GraphRun
{
    public const int Time = 4;
    public const int Batch = 3;

    /// <summary>The same numbers for an input of a name and size, whatever the model's order of axes is.</summary>
    public static InputBuffer<float> InputOf(ModelInput input)
    {
        Random random = new(input.Size);
        return input.Kind switch
        {
            ValueKind.Indices => new(input.Name, (int[])[.. Enumerable.Range(0, Time * Batch).Select(_ => random.Next(input.Size))]),
            ValueKind.Row => new(input.Name, GraphModels.Values(Batch * input.Size, random)),
            _ => new(input.Name, GraphModels.Values(Time * Batch * input.Size, random)),
        };
    }

    /// <summary>The outputs in bits, by name.</summary>
    public static Dictionary<string, int[]> Compute(ModelDefinition definition)
    {
        float[][] outputs = ReferenceModel<float>.Create(definition)
            .Predict([.. definition.Inputs.Select(InputOf)], Batch, Time);
        return definition.Outputs.Select((output, index) => (output.Name, Values: outputs[index])).ToDictionary(
            output => output.Name, output => MemoryMarshal.Cast<float, int>(output.Values).ToArray());
    }
}
