using System.Globalization;
using System.Text.Json;

namespace Recurrent.Cli.Train;

/// <summary>
/// What a forecaster's file says about itself, beside the model: which columns it takes, how many steps, what is done about
/// missing values, and the dates of the series. Kept in the metadata of ONNX and safetensors files.
/// </summary>
/// <param name="Columns">Names of the columns, or <c>column 2</c> where the series had none.</param>
/// <param name="Window">Steps that a forecast is made from.</param>
/// <param name="Horizon">Steps that it gives at once.</param>
/// <param name="Missing">What is done about missing values.</param>
/// <param name="Fills">By what they are replaced, for each column; empty where the policy needs none.</param>
/// <param name="TimeStep">From a step to the next one, as in P1M (ISO 8601); null where the series had no dates.</param>
internal sealed record ForecasterInfo(
    IReadOnlyList<string> Columns,
    int Window,
    int Horizon,
    MissingPolicy Missing,
    IReadOnlyList<float> Fills,
    string? TimeStep)
{
    private const string Prefix = "forecaster.";

    /// <summary>What a training has to say.</summary>
    public static ForecasterInfo Of(TrainRequest request, SeriesTask task) => new(
        task.Table.Names, request.Window, request.Horizon, request.Missing, task.Fills, task.Table.Time?.Step);

    /// <summary>Reads it from a file's metadata.</summary>
    /// <exception cref="UnusableInputException">It is not there, or contradicts itself.</exception>
    public static ForecasterInfo Read(IReadOnlyDictionary<string, string> metadata, string path)
    {
        try
        {
            string Get(string name) => metadata.TryGetValue(Prefix + name, out string? text)
                ? text
                : throw new UnusableInputException(
                    $"{path}: expected a model that 'recurrent train' wrote; its metadata do not have '{Prefix}{name}'.");
            var info = new ForecasterInfo(
                JsonSerializer.Deserialize(Get("columns"), ForecasterJson.Default.StringArray) ?? [],
                int.Parse(Get("window"), NumberStyles.None, CultureInfo.InvariantCulture),
                int.Parse(Get("horizon"), NumberStyles.None, CultureInfo.InvariantCulture),
                Enum.Parse<MissingPolicy>(Get("missing"), ignoreCase: true),
                JsonSerializer.Deserialize(Get("fills"), ForecasterJson.Default.SingleArray) ?? [],
                metadata.GetValueOrDefault(Prefix + "time_step"));
            bool isWhole = info is { Columns.Count: > 0, Window: > 0, Horizon: > 0 } && Enum.IsDefined(info.Missing)
                && (info.Fills.Count == 0 || info.Fills.Count == info.Columns.Count);
            return isWhole ? info : throw new FormatException("columns, window, horizon and fills do not fit each other");
        }
        catch (Exception e) when (e is FormatException or OverflowException or JsonException or ArgumentException)
        {
            throw new UnusableInputException($"{path}: the metadata of the forecaster are damaged: {e.Message}", e);
        }
    }

    /// <summary>The entries for a file's metadata.</summary>
    public IEnumerable<KeyValuePair<string, string>> Entries()
    {
        yield return new(Prefix + "columns", JsonSerializer.Serialize([.. Columns], ForecasterJson.Default.StringArray));
        yield return new(Prefix + "window", Window.ToString(CultureInfo.InvariantCulture));
        yield return new(Prefix + "horizon", Horizon.ToString(CultureInfo.InvariantCulture));
        yield return new(Prefix + "missing", Missing.ToString().ToLowerInvariant());
        yield return new(Prefix + "fills", JsonSerializer.Serialize([.. Fills], ForecasterJson.Default.SingleArray));
        if (TimeStep is not null)
        {
            yield return new(Prefix + "time_step", TimeStep);
        }
    }

    /// <summary>The columns as the options of a series name them: a number where the series had no names.</summary>
    public IReadOnlyList<string> Selection =>
        [.. Columns.Select(name => name.StartsWith("column ", StringComparison.Ordinal) ? name["column ".Length..] : name)];
}
