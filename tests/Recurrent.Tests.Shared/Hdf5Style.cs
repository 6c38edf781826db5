namespace Recurrent.Tests.Shared;

/// <summary>How an HDF5 file is written.</summary>
internal sealed record Hdf5Style
{
    /// <summary>Superblock 3, headers of version 2 and links in them; otherwise superblock 0 and symbol tables.</summary>
    public bool IsNew { get; init; }

    /// <summary>Texts lie in a heap, as h5py writes them; otherwise they have a fixed length.</summary>
    public bool HasVariableText { get; init; }

    /// <summary>Where the values of a data set lie: 0 in its header, 1 in one piece, 2 in chunks.</summary>
    public int Layout { get; init; } = 1;

    /// <summary>The filters of chunks: 1 deflate, 2 shuffle.</summary>
    public IReadOnlyList<int> Filters { get; init; } = [];

    /// <summary>Bytes of a number: 2, 4 or 8.</summary>
    public int NumberBytes { get; init; } = 4;

    public bool IsBigEndian { get; init; }
}
