using Recurrent.Cli.Data;
using Recurrent.Cli.Train;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Fuzz.Formats;

/// <summary>Files that this library writes, and of which the tree holds none.</summary>
internal static class MadeSeeds
{
    /// <summary>State dicts as safetensors, of the models of checkpoints.</summary>
    public static IEnumerable<SeedFile> StateDicts(string folder, IEnumerable<SeedFile> checkpoints)
    {
        string path = Path.Combine(folder, "seed");
        foreach (SeedFile checkpoint in checkpoints)
        {
            bool isModel = true;
            try
            {
                File.WriteAllBytes(path, checkpoint.Files[checkpoint.Main]);
                PyTorchExport.Save(ModelFile.Load(path, new ImportOptions { AssumeDefaults = true }).Definition, path);
            }
            catch (Exception e) when (e is ModelFormatException or NotSupportedException)
            {
                isModel = false;
            }

            if (isModel)
            {
                yield return SeedFile.Of($"{checkpoint.Name}, exported", "file.safetensors", File.ReadAllBytes(path));
            }
        }

        File.Delete(path);
    }

    /// <summary>Files of this library, of the models of checkpoints, with weights in every format.</summary>
    public static IEnumerable<SeedFile> Containers(string folder, IEnumerable<SeedFile> checkpoints)
    {
        string path = Path.Combine(folder, "seed");
        WeightFormat[] formats = Enum.GetValues<WeightFormat>();
        int count = 0;
        foreach (SeedFile checkpoint in checkpoints)
        {
            bool isModel = true;
            try
            {
                File.WriteAllBytes(path, checkpoint.Files[checkpoint.Main]);
                ImportedModel model = ModelFile.Load(path, new ImportOptions { AssumeDefaults = true });
                RecurrentFile.Save(
                    model with { Options = new ModelOptions { Weights = formats[count++ % formats.Length] }, SampleRate = 48_000 },
                    path);
                if (count % 2 == 0)
                {
                    RecurrentFile.Pack(path, path);
                }
            }
            catch (Exception e) when (e is ModelFormatException or ArgumentException)
            {
                isModel = false;
            }

            if (isModel)
            {
                yield return SeedFile.Of($"{checkpoint.Name}, written", "file.recurrent", File.ReadAllBytes(path));
            }
        }

        File.Delete(path);
    }

    /// <summary>Checkpoints of a training, before the first update and after it.</summary>
    public static IEnumerable<SeedFile> Checkpoints(string folder)
    {
        string path = Path.Combine(folder, "seed");
        for (int updates = 0; updates < 2; updates++)
        {
            using TrainableModel<float> model = NewModel(new Adam(0.01));
            (Sequences<float> x, Targets<float> y) = TimeSeries.Windows<float>(Wave(26), window: 5);
            for (int i = 0; i < updates; i++)
            {
                model.TrainOnBatch(x, y);
            }

            model.Capture().Save(path);
            yield return SeedFile.Of($"after {updates} updates", "file.safetensors", File.ReadAllBytes(path));
        }

        File.Delete(path);
    }

    /// <summary>The model that checkpoints are restored to.</summary>
    public static TrainableModel<float> NewModel(Optimizer optimizer)
    {
        ModelDefinition definition = new Sequential(1, 1).SimpleRnn(3).Dense(1).ToDefinition(ModelOutput.LastStep);
        TrainableModel<float> model = TrainableModel.Create(definition);
        model.Compile(optimizer, new MeanSquaredError());
        return model;
    }

    /// <summary>What <c>recurrent train</c> writes.</summary>
    public static IEnumerable<SeedFile> Forecasters(string folder)
    {
        ModelDefinition model = new Sequential(2, 1).Lstm(3).Dense(4).ToDefinition(ModelOutput.LastStep);
        var info = new ForecasterInfo(["a", "column 2"], Window: 5, Horizon: 2, MissingPolicy.Mean, [0.5f, 1], "P1M");
        string path = Path.Combine(folder, "seed");
        OnnxExport.Save(model, path, new Dictionary<string, string>(info.Entries()));
        yield return SeedFile.Of("forecaster", "file.onnx", File.ReadAllBytes(path));
        SafetensorsWriter writer = PyTorchExport.ToWriter(model);
        foreach ((string name, string text) in info.Entries())
        {
            writer.Metadata[name] = text;
        }

        writer.Save(path);
        yield return SeedFile.Of("forecaster", "file.safetensors", File.ReadAllBytes(path));
        File.Delete(path);
    }

    /// <summary>Numbers as .npy, .csv and .wav.</summary>
    public static IEnumerable<SeedFile> Numbers(string folder)
    {
        DataArray[] arrays =
        [
            new([12, 2, 3], Wave(72)), new([30, 2], Wave(60)), new([40, 1], Wave(40)) { SampleRate = 48000 },
        ];
        foreach (string extension in (string[])[".npy", ".csv", ".wav"])
        {
            foreach (DataArray array in arrays.Where(array => extension == ".npy" || array.Shape.Count == 2))
            {
                bool fits = extension != ".wav" || array.SampleRate is not null;
                string path = Path.Combine(folder, "seed" + extension);
                for (int pcm = 0; fits && pcm < (extension == ".wav" ? 2 : 1); pcm++)
                {
                    DataFile.Write(path, array, asPcm: pcm == 1);
                    yield return SeedFile.Of($"{array.Describe()}{extension}", "file" + extension, File.ReadAllBytes(path));
                    File.Delete(path);
                }
            }
        }
    }

    private static float[] Wave(int steps) => [.. Enumerable.Range(0, steps).Select(i => MathF.Sin(i * 0.7f) * 0.5f)];
}
