using System.Security.Cryptography;

namespace Recurrent.Training;

/// <summary>
/// The last tensor of a checkpoint, <c>[tensors + 2, 32]</c> bytes: a SHA-256 of each other tensor in their order, one of
/// everything before the data, and one of all these. What is damaged can so be told by its name.
/// </summary>
internal sealed class CheckpointChecksums
{
    /// <summary>The name of the tensor.</summary>
    public const string Name = "checksums";

    /// <summary>The type of its elements.</summary>
    public const string Type = "U8";

    private const int Size = SHA256.HashSizeInBytes;

    private readonly byte[] _rows;
    private readonly int _tensors;

    /// <param name="tensors">Tensors beside this one.</param>
    public CheckpointChecksums(int tensors)
    {
        _tensors = tensors;
        _rows = new byte[RowCount(tensors) * Size];
    }

    /// <summary>All of them, to be written or read.</summary>
    public Span<byte> Bytes => _rows;

    /// <summary>What the header says of it.</summary>
    public static CheckpointEntry Entry(int tensors, long begin) =>
        new(Name, Type, [RowCount(tensors), Size], begin, begin + ((long)RowCount(tensors) * Size));

    /// <summary>Begins the checksum of a tensor.</summary>
    public static IncrementalHash Begin() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The checksum of a tensor.</summary>
    public ReadOnlyMemory<byte> Of(int tensor) => _rows.AsMemory(tensor * Size, Size);

    /// <summary>Sets the checksum of a tensor.</summary>
    public void Set(int tensor, IncrementalHash hash) => hash.GetHashAndReset(_rows.AsSpan(tensor * Size, Size));

    /// <summary>Sets the last two, when those of all tensors are there.</summary>
    public void Complete(ReadOnlySpan<byte> beforeData)
    {
        SHA256.HashData(beforeData, _rows.AsSpan(_tensors * Size, Size));
        SHA256.HashData(_rows.AsSpan(0, (_tensors + 1) * Size), _rows.AsSpan((_tensors + 1) * Size, Size));
    }

    /// <summary>Whether what is before the data is what was written.</summary>
    public bool IsOfHeader(ReadOnlySpan<byte> beforeData) =>
        SHA256.HashData(beforeData).AsSpan().SequenceEqual(_rows.AsSpan(_tensors * Size, Size));

    /// <summary>Whether the checksums are what was written.</summary>
    public bool IsWhole() =>
        SHA256.HashData(_rows.AsSpan(0, (_tensors + 1) * Size)).AsSpan()
            .SequenceEqual(_rows.AsSpan((_tensors + 1) * Size, Size));

    private static int RowCount(int tensors) => tensors + 2;
}
