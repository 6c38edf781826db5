using Recurrent.Cli.Data;
using Recurrent.Cli.Forecast;
using Recurrent.Cli.Train;
using Recurrent.Cli.Verify;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Fuzz.Formats;

/// <summary>How files are read: as a user of the library or of the tool does.</summary>
internal static class Readers
{
    public static ModelDefinition Model(string path, Random random)
    {
        ImportOptions options = random.Next(4) switch
        {
            0 => ImportOptions.Default,
            1 => new ImportOptions { Output = ModelOutput.LastStep, Layout = SequenceLayout.BatchMajor },
            _ => new ImportOptions { AssumeDefaults = true },
        };
        return ModelFile.Load(path, options).Definition;
    }

    public static ModelDefinition? Checkpoint(string path, Random random)
    {
        using TrainableModel<float> model = MadeSeeds.NewModel(random.Next(4) == 0 ? new Sgd(0.1) : new Adam(0.01));
        model.Restore(TrainingCheckpoint.Load(path));
        return null;
    }

    public static ModelDefinition? Numbers(string path, Random random)
    {
        if (Path.GetExtension(path) == ".csv" && random.Next(2) == 0)
        {
            DataFile.ReadSeries(path, random.Next(2) == 0 ? [] : ["1"]);
        }
        else
        {
            DataFile.Read(path);
        }

        return null;
    }

    /// <summary>Continues a series with what <c>recurrent train</c> has written.</summary>
    public static ModelDefinition? Forecaster(string path, Random random)
    {
        ImportedModel model = ModelFile.Load(path);
        ForecasterInfo info = ForecasterInfo.Read(model.Metadata, path);
        int features = info.Columns.Count;
        var values = new float[40 * features];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        using var forecast = new SeriesForecast(model, info, path);
        forecast.Continue(new SeriesTable(info.Columns, values, 0, null), steps: 5);
        return model.Definition;
    }

    /// <summary>Computes the cases of a folder and compares them with what they should give.</summary>
    public static ModelDefinition? Verification(string path, Random random)
    {
        string choice = random.Next(2) == 0 ? VerifyPaths.Reference : "scalar";
        VerificationSet set = VerificationSources.Open(path, new ImportOptions { AssumeDefaults = true });
        foreach (IVerificationCase unread in set.Cases)
        {
            ILoadedCase loaded = unread.Load();
            foreach (VerifyPath way in VerifyPaths.Select(choice).Available)
            {
                loaded.Check(way);
            }
        }

        return null;
    }
}
