namespace Recurrent.Formats.Keras;

/// <summary>The major version of Keras that wrote a file, where two versions mean different things by one word.</summary>
/// <param name="Major">The version: 1, 2 or 3.</param>
/// <param name="IsKnown">Whether the file or the caller says it; otherwise it is a guess.</param>
/// <param name="Minor">The number behind the first point; 0 if nobody says it.</param>
internal readonly record struct KerasVersion(int Major, bool IsKnown, int Minor = 0)
{
    /// <summary>Since when recurrent layers and wrappers hand no mask on: 3.16.</summary>
    private const int MaskMinor = 16;

    private const int Oldest = 1;
    private const int Newest = 3;

    /// <summary>Whether a mask ends at a recurrent layer, at <c>Bidirectional</c> and at <c>TimeDistributed</c>.</summary>
    public bool EndsMasks => Major == Newest && Minor >= MaskMinor;

    /// <summary>The version that a text like <c>2.15.0</c> names.</summary>
    public static KerasVersion Parse(string text)
    {
        // TensorFlow.js has versions of its own; its words mean what those of Keras 2 do.
        if (text.StartsWith("tfjs-layers ", StringComparison.Ordinal))
        {
            return new KerasVersion(2, IsKnown: true);
        }

        string[] parts = text.Split('.');
        _ = int.TryParse(parts.ElementAtOrDefault(1), out int minor);
        return int.TryParse(parts[0], out int major) && major is >= Oldest and <= Newest
            ? new KerasVersion(major, IsKnown: true, minor)
            : throw new ModelFormatException(
                $"keras_version: expected {Oldest} to {Newest} before the first point, found '{text}'.");
    }

    /// <summary>The version that the caller names, or a guess.</summary>
    public static KerasVersion From(ImportOptions options, int guess) =>
        options.KerasVersion is { } major ? new KerasVersion(major, IsKnown: true) : new KerasVersion(guess, IsKnown: false);
}
