using System.Diagnostics;
using Recurrent.Layers;
using Recurrent.Plots;
using Recurrent.Shared;
using Recurrent.Training;

namespace Recurrent.Demo;

/// <summary>Trains an LSTM on the yearly sunspot numbers, as one would in Keras, and forecasts the years after 1946.</summary>
internal static class TrainForecast
{
    private const int Epochs = 100;

    /// <summary>Trains, forecasts, plots and prints.</summary>
    /// <param name="data">The folder of the data.</param>
    /// <param name="plotFolder">The folder for the plots.</param>
    /// <returns>Whether everything is as it should be.</returns>
    public static bool Run(string data, string plotFolder)
    {
        // Windows [237, 10, 1] of the past with the year after each as target, and [62, 10, 1] of the future.
        SunspotTask task = new(data);

        // A new model, layer by layer. Its parameters follow from the seed.
        using TrainableModel<float> model = new Sequential(inputSize: 1, seed: 1)
            .Lstm(20)
            .Dense(1)
            .ToModel(ModelOutput.LastStep);

        model.Compile(new Adam(learningRate: 1e-3, epsilon: 1e-7), new MeanSquaredError(), new MeanAbsoluteError());
        long begin = Stopwatch.GetTimestamp();
        History history = TrainingBar.Show(Console.Out, progress =>
            model.Fit(task.X, task.Y, epochs: Epochs, batchSize: 32, progress: progress));
        TimeSpan taken = Stopwatch.GetElapsedTime(begin);
        IReadOnlyDictionary<string, double> test = model.Evaluate(task.TestX, task.TestY);

        // What has been learnt is a definition like that of any file; a model of it predicts, bit for bit the same.
        float[] predictions = model.Predict(task.TestX);
        using RecurrentModel trained = RecurrentModel.Create(model.ToDefinition());
        float[] again = trained.Predict(task.TestX.Values.Span, task.TestX.Count, task.TestX.Time);
        float[] forecasts = task.Scaler.InverseTransform(predictions);

        string plot = Path.Combine(plotFolder, "sunspots-trained.svg");
        SunspotPlot.Of(
            "Yearly sunspot numbers, forecast one year ahead by a model trained here",
            [.. task.Series.Select(value => (double)value)],
            [.. forecasts.Select(value => (double)value)]).Save(plot);
        string losses = Path.Combine(plotFolder, "sunspots-loss.svg");
        LossPlot.Of(
            "Training on the yearly sunspot numbers", "mean squared error of scaled values", history["loss"], null).Save(losses);
        history.SaveCsv(Path.ChangeExtension(losses, ".csv"));

        bool sameBits = again.AsSpan().SequenceEqual(predictions);
        Console.WriteLine($"""
                model         LSTM(20) + Dense(1), {model.ParameterCount} parameters
                training      {Epochs} epochs of {task.X.Count} windows in {taken.TotalSeconds:F2} s
                loss          {history["loss"][0]:F5} after the first epoch, {history["loss"][^1]:F5} after the last
                MSE           {test["loss"]:F5} of {task.TestX.Count} later years; of persistence {task.PersistenceError:F5}
                trained       {(sameBits ? "the same bits" : "OTHER BITS")} from a model for inference
                plots         {plot}, {losses}
            """);
        return sameBits && test["loss"] < 0.5 * task.PersistenceError;
    }
}
