using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests;

/// <summary>The trained model of the demo, from its file to PyTorch's own predictions.</summary>
public sealed class SunspotsTests
{
    [Fact]
    public void Forecasts_of_the_trained_model_are_those_of_PyTorch()
    {
        SafetensorsFile file = SafetensorsFile.Open(
            Path.Combine(AppContext.BaseDirectory, "data", "sunspots_yearly_lstm20.safetensors"));
        float[] windows = file["test.windows"].ToSingles();
        float[] predictions = file["test.predictions"].ToSingles();
        int years = windows.Length / predictions.Length;
        Layer[] layers = [.. PyTorchModules.Lstm(file, "lstm"), PyTorchModules.Linear(file, "dense")];

        float[] outputs = ReferenceModel<float>.Create(layers)
            .Predict(windows, predictions.Length, years, SequenceLayout.BatchMajor);

        for (int i = 0; i < predictions.Length; i++)
        {
            Assert.Equal(predictions[i], outputs[((i + 1) * years) - 1], 1e-6f);
        }
    }
}
