using System.Globalization;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Docs.Tests.Pages;

/// <summary>The errors in docs/weights.md are those of the demo's models; they are the same on every machine.</summary>
public sealed class WeightErrorTests
{
    private const int Years = 10;

    [Theory]
    [InlineData(WeightFormat.BFloat16)]
    [InlineData(WeightFormat.Int8)]
    [InlineData(WeightFormat.Int8With8BitInputs)]
    public void The_row_of_a_format_is_what_is_measured(WeightFormat format)
    {
        using SafetensorsFile recording = SafetensorsFile.Open(Samples.Demo("nam", "BossLSTM-1x16.io.safetensors"));
        float[] guitar = recording["x"].ToSingles();
        ModelDefinition capture = ModelFile.Load(Samples.Demo("nam", "BossLSTM-1x16.nam")).Definition;
        string sound = ErrorOf(Run(capture, guitar, WeightFormat.Float32), Run(capture, guitar, format));

        (ModelDefinition forecaster, float[] windows, float[] targets) = Forecaster();
        float[] forecasts = Predict(forecaster, windows, targets, format);
        string years = ErrorOf(Predict(forecaster, windows, targets, WeightFormat.Float32), forecasts);
        Assert.Equal([sound, years, SquaredError(forecasts, targets)], Row(format));
    }

    [Fact]
    public void The_row_of_floats_has_the_error_of_the_forecasts()
    {
        (ModelDefinition forecaster, float[] windows, float[] targets) = Forecaster();
        Assert.Equal(
            SquaredError(Predict(forecaster, windows, targets, WeightFormat.Float32), targets), Row(WeightFormat.Float32)[^1]);
    }

    private static string[] Row(WeightFormat format)
    {
        string line = File.ReadLines(Tree.PathOf("docs", "weights.md")).Last(line => line.StartsWith($"| `{format}` |", StringComparison.Ordinal));
        return [.. line.Split('|', StringSplitOptions.TrimEntries)[2..^1]];
    }

    private static (ModelDefinition Model, float[] Windows, float[] Targets) Forecaster()
    {
        string path = Samples.Demo("sunspots_yearly_lstm20.safetensors");
        ImportedModel model = ModelFile.Load(path, new ImportOptions
        {
            Modules = ["lstm", "dense"],
            Output = ModelOutput.LastStep,
            Layout = SequenceLayout.BatchMajor,
        });
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return (model.Definition, file["test.windows"].ToSingles(), file["test.targets"].ToSingles());
    }

    private static float[] Run(ModelDefinition definition, float[] x, WeightFormat format)
    {
        using RecurrentModel model = RecurrentModel.Create(definition, new ModelOptions { Weights = format });
        using Session session = model.OpenSession();
        var y = new float[x.Length];
        session.Run(x, y, x.Length);
        return y;
    }

    private static float[] Predict(ModelDefinition definition, float[] windows, float[] targets, WeightFormat format)
    {
        using RecurrentModel model = RecurrentModel.Create(definition, new ModelOptions { Weights = format });
        return model.Predict(windows, targets.Length, Years);
    }

    /// <summary>Signal to noise, and the largest difference in two digits, as the table has them.</summary>
    private static string ErrorOf(float[] expected, float[] found)
    {
        double signal = expected.Sum(value => (double)value * value);
        double[] errors = [.. expected.Zip(found, (a, b) => Math.Abs((double)a - b))];
        double noise = errors.Sum(error => error * error);
        double largest = errors.Max();
        string twoDigits = largest.ToString($"F{1 - (int)Math.Floor(Math.Log10(largest))}", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{10 * Math.Log10(signal / noise):F1} dB, {twoDigits}");
    }

    private static string SquaredError(float[] forecasts, float[] targets) =>
        forecasts.Zip(targets, (a, b) => ((double)a - b) * ((double)a - b)).Average().ToString("F5", CultureInfo.InvariantCulture);
}
