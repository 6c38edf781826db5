using System.Runtime.InteropServices;

namespace Recurrent.Training;

/// <summary>A number that tells data apart: a run goes on with the data that it began with.</summary>
internal static class DataChecksum
{
    private const ulong Offset = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    public static long Of<T>(Sequences<T> x, Targets<T> y)
        where T : unmanaged
    {
        ulong sum = Add(Offset, x.Values.Span);
        sum = Add(sum, x.Indices.Span);
        sum = Add(sum, x.Lengths.Span);
        sum = Add(sum, x.Present.Span);
        sum = Add(sum, y.Values.Span);
        return (long)Add(sum, y.Classes.Span);
    }

    /// <summary>FNV-1a over words of 8 bytes, with the high half folded in, as the product moves bits up alone.</summary>
    private static ulong Add<T>(ulong sum, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            sum = Next(sum, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            sum = Next(sum, rest);
        }

        return Next(sum, (ulong)bytes.Length);
    }

    private static ulong Next(ulong sum, ulong word)
    {
        sum = (sum ^ word) * Prime;
        return sum ^ (sum >> 32);
    }
}
