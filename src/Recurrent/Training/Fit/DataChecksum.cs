using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Recurrent.Training;

/// <summary>A number that tells data apart: a run goes on with the data that it began with.</summary>
internal static class DataChecksum
{
    /// <summary>The first 8 bytes of the SHA-256 of all values and of how many there are.</summary>
    public static long Of<T>(Sequences<T> x, Targets<T> y)
        where T : unmanaged
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, x.Values.Span);
        Add(hash, x.Indices.Span);
        Add(hash, x.Lengths.Span);
        Add(hash, x.Present.Span);
        Add(hash, y.Values.Span);
        Add(hash, y.Classes.Span);
        AddWeights(hash, y);
        return BinaryPrimitives.ReadInt64LittleEndian(hash.GetHashAndReset());
    }

    // Nothing where there are none, so that older checkpoints go on.
    private static void AddWeights<T>(IncrementalHash hash, Targets<T> y)
        where T : unmanaged
    {
        if (!y.Weights.IsEmpty)
        {
            Add(hash, y.Weights.Span);
        }

        if (y.ClassWeights is { } classWeights)
        {
            int[] classes = [.. classWeights.Keys.Order()];
            Add<int>(hash, classes);
            Add<double>(hash, [.. classes.Select(index => classWeights[index])]);
        }
    }

    // A part at a time: a span of bytes cannot be longer than 2^31, one of values can.
    private static void Add<T>(IncrementalHash hash, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        const int Part = 1 << 24;
        for (int first = 0; first < values.Length; first += Part)
        {
            hash.AppendData(MemoryMarshal.AsBytes(values.Slice(first, Math.Min(Part, values.Length - first))));
        }

        int count = values.Length;
        hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in count)));
    }
}
