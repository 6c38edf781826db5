using System.Globalization;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Train;

/// <summary>
/// The forecasts of the held-back part as text: a line for each value that was forecast, with what came and what persistence
/// says.
/// </summary>
internal static class HeldBackFile
{
    /// <summary>The lines.</summary>
    /// <param name="task">The series.</param>
    /// <param name="forecasts">What the written file forecasts, <c>[windows, horizon * features]</c>.</param>
    public static IEnumerable<string> Lines(SeriesTask task, float[] forecasts)
    {
        IReadOnlyList<string> names = task.Table.Names;
        int outputs = forecasts.Length / task.Test.Count;
        yield return "window,ahead,column,actual,forecast,persistence";
        for (int i = 0; i < forecasts.Length; i++)
        {
            int window = i / outputs;
            int column = i % outputs % names.Count;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{window + 1},{(i % outputs / names.Count) + 1},{CsvFile.Quoted(names[column])},{task.Test.Y[i]},{forecasts[i]},"
                + $"{ForecastErrors.Last(task.Test.X, window, column)}");
        }
    }
}
