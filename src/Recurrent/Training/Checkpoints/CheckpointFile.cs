using System.Buffers.Binary;
using System.Security.Cryptography;
using Recurrent.Files;

namespace Recurrent.Training;

/// <summary>
/// Writes the layout of safetensors: the length of a JSON header in 8 bytes, the header, the tensors; the checksums last.
/// Little-endian.
/// </summary>
internal static class CheckpointFile
{
    /// <summary>Bytes of the header's length.</summary>
    public const int LengthBytes = sizeof(ulong);

    /// <exception cref="InvalidOperationException">The texts and names are more than a header may have.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, string> texts, IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        // Widest first, as safetensors itself does, so that every tensor is aligned.
        KeyValuePair<string, CheckpointTensor>[] ordered =
        [
            .. tensors.OrderByDescending(tensor => CheckpointTensor.SizeOf(tensor.Value.Type))
                .ThenBy(tensor => tensor.Key, StringComparer.Ordinal),
        ];
        byte[] beforeData = BeforeData(texts, ordered);
        CheckpointChecksums checksums = new(ordered.Length);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(beforeData);
            using IncrementalHash hash = CheckpointChecksums.Begin();
            for (int i = 0; i < ordered.Length; i++)
            {
                ordered[i].Value.Visit(piece =>
                {
                    hash.AppendData(piece);
                    stream.Write(piece);
                });
                checksums.Set(i, hash);
            }

            checksums.Complete(beforeData);
            stream.Write(checksums.Bytes);
        });
    }

    private static byte[] BeforeData(
        IReadOnlyDictionary<string, string> texts, KeyValuePair<string, CheckpointTensor>[] tensors)
    {
        List<CheckpointEntry> entries = [];
        long offset = 0;
        foreach ((string name, CheckpointTensor tensor) in tensors)
        {
            entries.Add(new CheckpointEntry(name, tensor.Type, tensor.Shape, offset, offset + tensor.ByteCount));
            offset += tensor.ByteCount;
        }

        entries.Add(CheckpointChecksums.Entry(tensors.Length, offset));
        ReadOnlyMemory<byte> header = new CheckpointHeader(texts, entries).Format(LengthBytes);
        if (header.Length > CheckpointHeader.MaxBytes)
        {
            throw new InvalidOperationException(
                $"The texts and names of the checkpoint need {header.Length} bytes, expected at most "
                + $"{CheckpointHeader.MaxBytes}.");
        }

        var bytes = new byte[LengthBytes + header.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        header.CopyTo(bytes.AsMemory(LengthBytes));
        return bytes;
    }
}
