namespace Recurrent.Formats;

/// <summary>What a file does not say. Each option is used by the formats that need it.</summary>
public sealed record ImportOptions
{
    /// <summary>What an import does if nothing is said.</summary>
    public static ImportOptions Default { get; } = new();

    /// <summary>
    /// The major version of Keras, 1 to 3, that a file was written with, where the file does not name it;
    /// <c>hard_sigmoid</c> is <c>0.2 x + 0.5</c> before version 3 and <c>x / 6 + 0.5</c> since. Null to go by what the
    /// file looks like.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not null nor 1 to 3.</exception>
    public int? KerasVersion
    {
        get;
        init => field = value is null or (>= 1 and <= 3)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(KerasVersion), value, $"{nameof(KerasVersion)}: expected 1 to 3 or null, found {value}.");
    }

    /// <summary>
    /// What parameters of activations are in a recurrent node of ONNX that leaves them out: those of the specification if
    /// nothing is said.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public OnnxActivationDefaults OnnxActivationDefaults
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(OnnxActivationDefaults),
                value,
                $"{nameof(OnnxActivationDefaults)}: expected Specification or OnnxRuntime, found {value}.");
    }
}
