using System.Globalization;
using Recurrent.Cli.Data;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Docs.Tests;

/// <summary>What the documents' snippets are given: series, models, and the files that they name.</summary>
public static class Samples
{
    /// <summary>The yearly sunspot numbers from 1700 to 2008.</summary>
    public static float[] Sunspots() =>
    [
        .. File.ReadLines(Demo("sunspots_yearly_1700_2008.csv"))
            .Select(line => line.Split(',')[^1])
            .Where(text => float.TryParse(text, CultureInfo.InvariantCulture, out _))
            .Select(text => float.Parse(text, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Windows of 10 years of the sunspots and the years that follow them.</summary>
    public static (Sequences<float> X, Targets<float> Y) Windows() =>
        TimeSeries.Windows<float>(Array.ConvertAll(Sunspots(), value => value / 200), window: 10);

    /// <summary>Writes every file that a document names into a folder.</summary>
    /// <param name="folder">The folder.</param>
    public static void WriteFiles(string folder)
    {
        string PathOf(string name) => Path.Combine(folder, name);
        File.Copy(Demo("nam", "BossLSTM-1x16.nam"), PathOf("amplifier.nam"));
        RecurrentFile.Save(ModelFile.Load(PathOf("amplifier.nam")), PathOf("amplifier.recurrent"));
        File.Copy(Demo("nam", "BossLSTM-1x16.io.safetensors"), PathOf("amplifier.io.safetensors"));
        File.Copy(Demo("sunspots_yearly_1700_2008.csv"), PathOf("sunspots.csv"));
        File.Copy(Tree.PathOf("tests", "golden", "torch_files", "activations.pt"), PathOf("tagger.pt"));
        File.Copy(Tree.PathOf("tests", "golden", "cases", "pybridge", "model.pt"), PathOf("model.pt"));
        ModelDefinition forecaster = Forecaster();
        OnnxExport.Save(forecaster, PathOf("forecaster.onnx"));
        PyTorchExport.Save(forecaster, PathOf("forecaster.safetensors"));
        OnnxExport.Save(Graph(), PathOf("graph.onnx"));
        DataFile.Write(PathOf("static.npy"), new DataArray([1, 2], [0.5f, -0.25f]));
        DataFile.Write(PathOf("x.npy"), new DataArray([10, 1], Sunspots()[..10]));
        DataFile.Write(PathOf("x3.npy"), new DataArray([1, 7, 3], [.. Enumerable.Range(0, 21).Select(i => 0.1f * i)]));
        float[] sound = [.. Enumerable.Range(0, 4800).Select(i => 0.3f * MathF.Sin(0.05f * i))];
        DataFile.Write(PathOf("guitar.wav"), new DataArray([sound.Length, 1], sound) { SampleRate = 48_000 });
        IEnumerable<string> prices = Enumerable.Range(0, 400)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{100 + (10 * Math.Sin(0.2 * i)):F3}"));
        File.WriteAllLines(PathOf("series.csv"), ["price", .. prices]);
        File.WriteAllLines(PathOf("last_48.csv"), ["price", .. prices.TakeLast(48)]);
    }

    private static ModelDefinition Forecaster()
    {
        SeededRandom random = new(1);
        return new ModelDefinition(
            [LayerFactory.Lstm(1, 20, random), LayerFactory.Dense(20, 1, random)], ModelOutput.LastStep,
            layout: SequenceLayout.BatchMajor);
    }

    private static ModelDefinition Graph()
    {
        SeededRandom random = new(2);
        return new ModelDefinition(
            [ModelInput.Sequence("x", 3), ModelInput.Row("static", 2)],
            [
                new(LayerFactory.Lstm(3, 8, random), 0),
                new(new LastStepLayer(8), 2),
                new(new ConcatenationLayer(10), 3, 1),
                new(LayerFactory.Dense(10, 1, random), 4),
            ],
            [new("steps", 2), new("mean", 5)],
            layout: SequenceLayout.BatchMajor);
    }

    /// <summary>A file of the demo's data.</summary>
    public static string Demo(params string[] parts) =>
        Tree.PathOf([.. new[] { "src", "Recurrent.Demo", "data" }, .. parts]);
}
