namespace Recurrent.Plots;

/// <summary>The losses of a training over its epochs; logarithmic where all of them have a logarithm.</summary>
public static class LossPlot
{
    /// <summary>The plot of a training.</summary>
    /// <param name="title">What was trained.</param>
    /// <param name="loss">Name and unit of the loss: <c>mean squared error of scaled values</c>.</param>
    /// <param name="training">The loss of every epoch.</param>
    /// <param name="validation">The loss of the validation part, as many; null without one.</param>
    public static Chart Of(
        string title, string loss, IReadOnlyList<double> training, IReadOnlyList<double>? validation)
    {
        IEnumerable<double> all = training.Concat(validation ?? []).Where(value => !double.IsNaN(value));
        double[] epochs = [.. Enumerable.Range(1, training.Count).Select(epoch => (double)epoch)];
        var chart = new Chart(
            title,
            new PlotAxis("epoch") { IsWhole = true },
            new PlotAxis("loss", loss) { IsLogarithmic = all.All(value => value > 0) });
        chart.Line("training", epochs, training);
        return validation is null ? chart : chart.Line("validation", epochs, validation);
    }
}
