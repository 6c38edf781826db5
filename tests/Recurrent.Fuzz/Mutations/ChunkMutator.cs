using System.Buffers.Binary;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Damages lengths and contents of the chunks of a WAV file, moves chunks, and leaves them out.</summary>
internal sealed class ChunkMutator : IMutator
{
    private const int FileHeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;

    public bool Knows(string name) => Path.GetExtension(name) == ".wav";

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        List<(int Begin, int Length)> chunks = [];
        for (int at = FileHeaderBytes; at + ChunkHeaderBytes <= bytes.Length;)
        {
            long length = ChunkHeaderBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
            length = Math.Min(bytes.Length - at, length + (length & 1));
            chunks.Add((at, (int)length));
            at += (int)length;
        }

        if (chunks.Count == 0)
        {
            return null;
        }

        (int begin, int count) = chunks[random.Next(chunks.Count)];
        ReadOnlySpan<byte> chunk = bytes.AsSpan(begin, count);
        return random.Next(4) switch
        {
            0 => ByteMutator.WithInteger(bytes, begin + 4, random),
            1 => [.. bytes.AsSpan(0, begin), .. bytes.AsSpan(begin + count)],
            2 => [.. bytes.AsSpan(0, begin), .. chunk, .. bytes.AsSpan(begin)],
            _ => ByteMutator.WithInteger(bytes, begin + random.Next(Math.Min(count, 40)), random),
        };
    }
}
