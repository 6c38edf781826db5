using System.Globalization;
using System.Text.Json;
using Recurrent.Formats.Json;

namespace Recurrent.Formats.Captures;

/// <summary>What a capture says about itself: its sample rate, and everything that is neither layer nor weight.</summary>
internal static class CaptureText
{
    private const int MaxEntries = 256;
    private const int MaxNameLength = 256;

    private static readonly string[] SampleRateNames = ["sample_rate", "samplerate"];

    /// <summary>The model with the sample rate and the metadata of its file.</summary>
    /// <param name="root">The document.</param>
    /// <param name="model">The model.</param>
    /// <param name="consumed">Properties of the top level that the model was made from.</param>
    public static ImportedModel Describe(JsonValue root, ImportedModel model, params string[] consumed)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, JsonValue value) in root.Properties().Where(entry => !consumed.Contains(entry.Name)))
        {
            // What lies in an object called metadata is what the others are that lie on the top level.
            Collect(name == "metadata" ? "" : name, value, metadata);
        }

        return model with { SampleRate = FindSampleRate(root) ?? model.SampleRate, Metadata = metadata };
    }

    /// <summary>The sample rate, as a number or as a text that holds one; null if the file does not say.</summary>
    public static int? FindSampleRate(JsonValue root)
    {
        JsonValue?[] places = root.Find("metadata") is { IsObject: true } metadata ? [metadata, root] : [root];
        foreach (JsonValue? place in places)
        {
            foreach (string name in SampleRateNames)
            {
                if (place!.Value.Find(name) is { } value)
                {
                    return ReadRate(value);
                }
            }
        }

        return null;
    }

    private static int ReadRate(JsonValue value)
    {
        double rate = value.IsNumber ? value.Number()
            : value.IsText && double.TryParse(
                value.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
            : double.NaN;
        return rate is >= 1 and <= FileMetadata.MostSampleRate && rate == Math.Floor(rate)
            ? (int)rate
            : throw value.Unexpected("a sample rate in hertz");
    }

    private static void Collect(string name, JsonValue value, Dictionary<string, string> metadata)
    {
        if (name.Length > MaxNameLength)
        {
            return;
        }

        switch (value.Kind)
        {
            case JsonValueKind.Object:
                foreach ((string inner, JsonValue item) in value.Properties())
                {
                    Collect(name.Length == 0 ? inner : $"{name}.{inner}", item, metadata);
                }

                break;
            case JsonValueKind.String when metadata.Count < MaxEntries:
                metadata.TryAdd(name, value.Text());
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False when metadata.Count < MaxEntries:
                metadata.TryAdd(name, value.Raw());
                break;
            default:
                // Lists, such as the losses of a training run, say nothing about a model in a line.
                break;
        }
    }
}
