using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Recurrent.Training;

/// <summary>Numbers that stay in their file, and are read and checked whenever somebody asks for them.</summary>
/// <param name="file">The file.</param>
/// <param name="entry">What the header says of them.</param>
/// <param name="dataBegin">Bytes of the file before the data.</param>
/// <param name="checksum">Their checksum; empty if the file has none.</param>
internal sealed class FileTensor(
    CheckpointSource file, CheckpointEntry entry, long dataBegin, ReadOnlyMemory<byte> checksum)
    : CheckpointTensor(entry.Type, entry.Shape, entry.End - entry.Begin)
{
    public override void Visit(PieceVisitor visit)
    {
        using SafeFileHandle handle = file.Open();
        Visit(handle, visit);
    }

    /// <summary>Gives all bytes of a file that is open.</summary>
    public void Visit(SafeFileHandle handle, PieceVisitor visit)
    {
        using IncrementalHash hash = CheckpointChecksums.Begin();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long at = 0; at < ByteCount;)
            {
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(PieceBytes, ByteCount - at));
                file.Read(handle, dataBegin + entry.Begin + at, piece);
                hash.AppendData(piece);
                visit(piece);
                at += piece.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!checksum.IsEmpty && !checksum.Span.SequenceEqual(hash.GetHashAndReset()))
        {
            throw file.Damaged(entry.Name);
        }
    }
}
