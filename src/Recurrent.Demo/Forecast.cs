using System.Runtime.InteropServices;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Demo;

/// <summary>
/// Forecasts the yearly sunspot numbers of 1947 to 2008 with an LSTM that was trained in PyTorch: every year from the
/// ten before it, all at once and one step at a time.
/// </summary>
internal static class Forecast
{
    /// <summary>Forecasts, plots and prints.</summary>
    /// <param name="data">The folder of the data.</param>
    /// <param name="plotFolder">The folder for the plot.</param>
    /// <returns>Whether everything is as it should be.</returns>
    public static bool Run(string data, string plotFolder)
    {
        // PyTorch's names and nothing else: what the model outputs and the order of its axes are in the code that made it.
        // The modules are named because the file holds test data too.
        string path = Path.Combine(data, "sunspots_yearly_lstm20.safetensors");
        ImportedModel imported = ModelFile.Load(path, new ImportOptions
        {
            Modules = ["lstm", "dense"],
            Output = ModelOutput.EveryStep,
            Layout = SequenceLayout.BatchMajor,
        });

        // A model is its layers with packed weights: immutable, for any thread.
        using RecurrentModel model = RecurrentModel.Create(imported.Definition);

        // The test windows [62, 10, 1], their targets and PyTorch's predictions [62, 1].
        using SafetensorsFile file = SafetensorsFile.Open(path);
        float[] windows = file["test.windows"].ToSingles();
        float[] targets = file["test.targets"].ToSingles();
        float[] pyTorch = file["test.predictions"].ToSingles();
        int years = windows.Length / targets.Length;

        // Windows have nothing to do with each other: the model predicts from any thread, and nothing is carried on.
        float[] outputs = model.Predict(windows, batch: targets.Length, time: years);

        // A session is a stream: it carries its states on from step to step, and belongs to one caller.
        using Session session = model.OpenSession();
        float[] streamed = new float[windows.Length];
        for (int year = 0; year < windows.Length; year++)
        {
            if (year % years == 0)
            {
                session.Reset();
            }

            session.Step(windows.AsSpan(year, 1), streamed.AsSpan(year, 1));
        }

        // The managed reference computes the same bits without native code.
        float[] expected = ReferenceModel<float>.Create(imported.Definition)
            .Predict(windows, targets.Length, years);
        bool sameBits = SameBits(outputs, expected);
        bool sameStreamed = SameBits(outputs, streamed);

        // The output after a window's last year is the forecast of the next one. Persistence forecasts no change.
        float[] forecasts = LastOfEach(outputs, years);
        double error = MeanSquaredError(forecasts, targets);
        double persistenceError = MeanSquaredError(LastOfEach(windows, years), targets);
        double largestDifference = forecasts.Zip(pyTorch, (ours, theirs) => Math.Abs((double)ours - theirs)).Max();
        StepLatency latency = StepLatency.Measure(session, windows);
        string plot = Plot(data, plotFolder, forecasts, double.Parse(file.Metadata["scale_max"]));

        Console.WriteLine($"""
                model         LSTM(20) + Dense(1), {model.InstructionSet}, {model.PackedBytes} bytes of packed weights
                forecasts     {targets.Length} windows of {years} years, predicted in one call
                MSE           {error:F5}; of persistence {persistenceError:F5}
                PyTorch       largest difference from its recorded predictions {largestDifference:0.0e-00} (at most 1e-06)
                stream        {(sameStreamed ? "the same bits" : "OTHER BITS")} step by step
                reference     {(sameBits ? "the same bits" : "OTHER BITS")} in all {outputs.Length} outputs
                latency       {latency}
                allocation    {latency.AllocatedBytesPerStep} managed bytes a step
                plot          {plot}
            """);
        return largestDifference <= 1e-6 && sameBits && sameStreamed && latency.AllocatedBytesPerStep == 0;
    }

    private static string Plot(string data, string folder, float[] forecasts, double scale)
    {
        IEnumerable<string> lines = File.ReadLines(Path.Combine(data, "sunspots_yearly_1700_2008.csv"));
        double[] sunspots = [.. lines.Skip(1).Select(double.Parse)];
        string path = Path.Combine(folder, "sunspots.svg");
        Directory.CreateDirectory(folder);
        SunspotPlot.Of(
            "Yearly sunspot numbers, forecast one year ahead", sunspots, [.. forecasts.Select(value => value * scale)]).Save(path);
        return path;
    }

    private static bool SameBits(float[] one, float[] other) =>
        MemoryMarshal.AsBytes<float>(one).SequenceEqual(MemoryMarshal.AsBytes<float>(other));

    private static float[] LastOfEach(float[] values, int years) =>
        [.. values.Where((_, i) => i % years == years - 1)];

    private static double MeanSquaredError(float[] values, float[] targets) =>
        values.Zip(targets, (value, target) => Math.Pow((double)value - target, 2)).Average();
}
