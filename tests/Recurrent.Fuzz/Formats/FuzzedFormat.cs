using Recurrent.Fuzz.Mutations;
using Recurrent.Layers;

namespace Recurrent.Fuzz.Formats;

/// <summary>A format of files: what is damaged, how, how it is read, and what is documented of that.</summary>
internal sealed record FuzzedFormat
{
    public required string Name { get; init; }

    public required IReadOnlyList<SeedFile> Seeds { get; init; }

    /// <summary>What knows the format; bytes are damaged as well.</summary>
    public required IReadOnlyList<IMutator> Mutators { get; init; }

    /// <summary>Opens a path; gives a model if it holds one.</summary>
    public required Func<string, Random, ModelDefinition?> Read { get; init; }

    /// <summary>Whether an exception is the documented way to refuse a file.</summary>
    public required Func<Exception, bool> Refuses { get; init; }

    /// <summary>What may be allocated for a file of no size.</summary>
    public long FreeBytes { get; init; } = 4 << 20;

    /// <summary>What may be allocated for each of its bytes.</summary>
    public int BytesPerByte { get; init; } = 64;

    public long MostAllocated(long bytes) => FreeBytes + (BytesPerByte * bytes);
}
