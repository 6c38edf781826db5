using System.Text.Json;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The order of time and batch in an array; its features come last.</summary>
/// <param name="Names">The axes: <c>time</c>, <c>batch</c>, <c>features</c>, each at most once.</param>
internal sealed record CaseAxes(IReadOnlyList<string> Names)
{
    private const string Time = "time";
    private const string Batch = "batch";
    private const string Features = "features";

    /// <summary>Whether there are steps: a row has none.</summary>
    public bool HasTime => Names.Contains(Time);

    /// <summary>Whether a sequence's steps lie together.</summary>
    public bool IsBatchMajor => Names.Contains(Batch) && Names[0] == Batch;

    /// <summary>What a case says of an input; null if it says nothing.</summary>
    /// <param name="axes">The entry of the case.</param>
    /// <param name="input">The input.</param>
    /// <param name="inputs">How many inputs there are.</param>
    /// <exception cref="UnusableInputException">They are no axes.</exception>
    public static CaseAxes? Find(JsonElement? axes, string input, int inputs)
    {
        JsonElement? ofInput = axes switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } when inputs == 1 => axes,
            { ValueKind: JsonValueKind.Object } map => map.TryGetProperty(input, out JsonElement value) ? value : null,
            _ => throw new UnusableInputException(
                $"{CaseFile.Name}: axes: expected one text for one input, or an object with one for each."),
        };
        return ofInput is null ? null : Parse(ofInput.Value);
    }

    /// <summary>The axes of an array of which nobody says anything but what the model is like.</summary>
    /// <param name="input">The input that it is for.</param>
    /// <param name="layout">The model's order of axes.</param>
    /// <param name="rank">Number of its axes.</param>
    public static CaseAxes Of(ModelInput input, SequenceLayout layout, int rank)
    {
        string[] steps = layout == SequenceLayout.BatchMajor ? [Batch, Time] : [Time, Batch];
        return new CaseAxes((input.Kind, rank) switch
        {
            (ValueKind.Row, 1) => [Features],
            (ValueKind.Row, _) => [Batch, Features],
            (_, 1) => [Time],
            (ValueKind.Indices, 2) => steps,
            (_, 2) => [Time, Features],
            _ => [.. steps, Features],
        });
    }

    /// <summary>Sizes of time, batch and features in an array; 1 for an axis that it does not have.</summary>
    /// <exception cref="UnusableInputException">It has another number of axes.</exception>
    public (int Time, int Batch, int Features) SizesOf(IReadOnlyList<int> shape, string input)
    {
        if (shape.Count != Names.Count)
        {
            throw new UnusableInputException(
                $"input '{input}': expected the axes {this}, found the shape [{string.Join(", ", shape)}].");
        }

        return (SizeOf(Time), SizeOf(Batch), SizeOf(Features));

        int SizeOf(string name) => Names.ToList().IndexOf(name) is >= 0 and int axis ? shape[axis] : 1;
    }

    public override string ToString() => string.Join(", ", Names);

    private static CaseAxes Parse(JsonElement text)
    {
        string[] names = text.ValueKind == JsonValueKind.String
            ? JsonStrings.Of(text, $"{CaseFile.Name}: axes").Split(',', StringSplitOptions.TrimEntries)
            : [];
        bool isKnown = names.All(name => name is Time or Batch or Features) && names.Distinct().Count() == names.Length;
        return isKnown && names.Length > 0 && names.AsSpan(..^1).IndexOf(Features) < 0
            ? new CaseAxes(names)
            : throw new UnusableInputException(
                $"{CaseFile.Name}: axes: expected some of {Time}, {Batch} and {Features}, each at most once and {Features} "
                + $"last; found '{(text.ValueKind == JsonValueKind.String ? string.Join(", ", names) : Describe(text))}'.");
    }

    // Arrays and objects may hold what cannot be decoded.
    private static string Describe(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.ValueKind.ToString();
}
