namespace Recurrent.Formats;

/// <summary>What a file does not say. Each option is used by the formats that need it.</summary>
public sealed record ImportOptions
{
    /// <summary>What an import does if nothing is said.</summary>
    public static ImportOptions Default { get; } = new();
}
