using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests;

/// <summary>A model file with an input and the output that it should give.</summary>
internal sealed record RecordedCase(ImportedModel Model, float[] Input, double[] Output)
{
    /// <summary>Steps of the input.</summary>
    public int Time => Input.Length / Model.Definition.InputSize;

    public static string PathOf(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "golden", .. parts]);

    /// <summary>Reads a model file and the <c>.io.safetensors</c> beside it.</summary>
    public static RecordedCase Load(string folder, string file)
    {
        string path = PathOf(folder, file);
        SafetensorsFile recorded = SafetensorsFile.Open(Path.ChangeExtension(path, ".io.safetensors"));
        return new RecordedCase(ModelFile.Load(path), recorded["x"].ToSingles(), recorded["y.f64"].ToDoubles());
    }

    /// <summary>What the reference computes in double.</summary>
    public double[] Compute()
    {
        double[] computed = new double[Output.Length];
        ReferenceModel<double>.Create(Model.Definition).OpenSession().Run(
            [.. Input.Select(value => (double)value)], computed, Time, SequenceLayout.TimeMajor);
        return computed;
    }

    /// <summary>The largest difference between what is computed and what was recorded.</summary>
    public double LargestDifference(double[] computed) =>
        computed.Zip(Output, (ours, theirs) => Math.Abs(ours - theirs)).Max();
}
