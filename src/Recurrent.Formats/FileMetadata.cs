using System.Globalization;

namespace Recurrent.Formats;

/// <summary>What is written into the metadata of a file beside its model, and found there again.</summary>
internal static class FileMetadata
{
    /// <summary>The name of the sample rate, as audio captures have it.</summary>
    public const string SampleRateName = "sample_rate";

    /// <summary>The highest sample rate that a file may say.</summary>
    public const int MostSampleRate = 10_000_000;

    /// <summary>The sample rate; null where a file does not say it, or says something else by that name.</summary>
    public static int? SampleRateOf(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(SampleRateName, out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate) && rate is >= 1 and <= MostSampleRate
            ? rate
            : null;

    /// <summary>What a caller adds to a file.</summary>
    /// <param name="metadata">The caller's; null for nothing.</param>
    /// <param name="isOurs">Whether a name is of those that the export writes itself.</param>
    /// <exception cref="ArgumentException">A name is.</exception>
    public static IReadOnlyDictionary<string, string> Check(
        IReadOnlyDictionary<string, string>? metadata, Func<string, bool> isOurs)
    {
        string? taken = metadata?.Keys.FirstOrDefault(isOurs);
        return taken is null
            ? metadata ?? new Dictionary<string, string>()
            : throw new ArgumentException($"expected names that the export does not write itself, found '{taken}'.", nameof(metadata));
    }
}
