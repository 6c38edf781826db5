namespace Recurrent.Formats;

/// <summary>
/// What a model file says of its packed weights, which <see cref="RecurrentFile.Pack"/> has put there. C and C++ programs load
/// the file without packing where they would be packed in the same way.
/// </summary>
public sealed record PackedWeights
{
    /// <summary>The version of the order in which they lie. Of one that is not known the rest is not known either.</summary>
    public required long Version { get; init; }

    /// <summary>The instruction set that they are for; null if it is not known.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Whether they are those of the file's model and weights; if they are not, nobody uses them.</summary>
    public bool IsOfModel { get; init; }

    /// <summary>Their bytes in the file.</summary>
    public required long Bytes { get; init; }
}
