using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Demo;

/// <summary>The error of small forecasters over twenty seeds, so that nobody has to believe a lucky one.</summary>
internal static class Quality
{
    private const int Seeds = 20;
    private const int Units = 20;
    private const int Epochs = 100;
    private const double Goal = 0.0195;

    /// <summary>Trains and prints.</summary>
    /// <param name="data">The folder of the data.</param>
    /// <returns>Whether the LSTM's median is as good as it should be.</returns>
    public static bool Run(string data)
    {
        SunspotTask task = new(data);
        Console.WriteLine(
            $"Yearly sunspots, window {SunspotTask.Window}, {Units} units + Dense(1), Adam 1e-3, batch 32, {Epochs} epochs, "
            + $"seeds 1 to {Seeds}: MSE of the last fifth");
        double lstm = Report(task, "LSTM", layers => layers.Lstm(Units));
        Report(task, "GRU", layers => layers.Gru(Units));
        Report(task, "SimpleRNN", layers => layers.SimpleRnn(Units));
        Console.WriteLine($"persistence {task.PersistenceError:F5}");
        GapQuality.Run(task);
        return lstm <= Goal;
    }

    private static double Report(SunspotTask task, string name, Func<Sequential, Sequential> add)
    {
        double[] errors = new double[Seeds];
        for (int i = 0; i < Seeds; i++)
        {
            ulong seed = (ulong)i + 1;
            using TrainableModel<float> model =
                add(new Sequential(inputSize: 1, seed)).Dense(1).ToModel(ModelOutput.LastStep);
            model.Compile(new Adam(1e-3, epsilon: 1e-7), new MeanSquaredError());
            model.Fit(task.X, task.Y, new FitOptions<float> { Epochs = Epochs, BatchSize = 32, Seed = seed });
            errors[i] = model.Evaluate(task.TestX, task.TestY)["loss"];
        }

        double[] sorted = [.. errors.Order()];
        double median = (sorted[(Seeds / 2) - 1] + sorted[Seeds / 2]) / 2;
        Console.WriteLine($"{name,-10} median {median:F4}, {sorted[0]:F4} to {sorted[^1]:F4}");
        Console.WriteLine($"           {string.Join(' ', errors.Select(error => $"{error:F4}"))}");
        return median;
    }
}
