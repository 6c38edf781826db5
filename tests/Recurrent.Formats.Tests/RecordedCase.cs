using System.Globalization;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests;

/// <summary>A model file with an input and the output that it should give.</summary>
internal sealed record RecordedCase(ImportedModel Model, float[] Input, double[] Output)
{
    private IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    private ModelDefinition Definition => Model.Definition;

    private int Time => Input.Length / Definition.InputSize;

    /// <summary>Reads a model file and the <c>.io.safetensors</c> beside it.</summary>
    public static RecordedCase Load(string folder, string file)
    {
        string path = GoldenFiles.PathOf(folder, file);
        SafetensorsFile recorded = SafetensorsFile.Open(Path.ChangeExtension(path, ".io.safetensors"));
        return new RecordedCase(ModelFile.Load(path), recorded["x"].ToSingles(), recorded["y.f64"].ToDoubles())
        {
            Metadata = recorded.Metadata,
        };
    }

    /// <summary>How large a difference the recording allows.</summary>
    public double Allowed(string name) => double.Parse(Metadata[name], CultureInfo.InvariantCulture);

    /// <summary>The same, where a recording need not say it.</summary>
    public double Allowed(string name, double otherwise) => Metadata.ContainsKey(name) ? Allowed(name) : otherwise;

    /// <summary>What the reference computes in double.</summary>
    public double[] ComputeReference()
    {
        double[] y = new double[Output.Length];
        ReferenceSession<double> session = ReferenceModel<double>.Create(Definition).OpenSession();
        if (Definition.VocabularySize > 0)
        {
            session.RunIndices(Indices(), y, Time);
        }
        else
        {
            session.Run([.. Input.Select(value => (double)value)], y, Time);
        }

        return y;
    }

    /// <summary>What the native library computes.</summary>
    public double[] ComputeNative()
    {
        float[] y = new float[Output.Length];
        using RecurrentModel model = RecurrentModel.Create(Definition);
        using Session session = model.OpenSession();
        if (Definition.VocabularySize > 0)
        {
            session.RunIndices(Indices(), y, Time);
        }
        else
        {
            session.Run(Input, y, Time);
        }

        return [.. y.Select(value => (double)value)];
    }

    /// <summary>The largest difference between what is computed and what was recorded.</summary>
    public double LargestDifference(double[] computed)
    {
        Assert.DoesNotContain(double.NaN, computed);
        return computed.Zip(Output, (ours, theirs) => Math.Abs(ours - theirs)).Max();
    }

    private int[] Indices() => [.. Input.Select(value => (int)value)];
}
