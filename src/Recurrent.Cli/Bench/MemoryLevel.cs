namespace Recurrent.Cli.Bench;

/// <summary>A level of the memory hierarchy.</summary>
/// <param name="Name"><c>L1</c>, <c>L2</c>, <c>L3</c> or <c>memory</c>.</param>
/// <param name="Holds">Bytes that it holds for all threads together.</param>
/// <param name="ProbeBytes">Size of one thread's buffer that this level holds and no nearer one does.</param>
internal sealed record MemoryLevel(string Name, double Holds, long ProbeBytes)
{
    private const long Page = 4096;

    /// <summary>The levels of this machine that are known, from the nearest; private caches count once a thread.</summary>
    public static IReadOnlyList<MemoryLevel> For(int threads) =>
        For(threads, Machine.L1DataBytes, Machine.L2Bytes, Machine.L3Bytes);

    public static IReadOnlyList<MemoryLevel> For(int threads, long l1, long l2, long l3)
    {
        long last = Math.Max(Math.Max(l3, l2), 16L << 20);
        MemoryLevel[] levels =
        [
            new("L1", (double)threads * l1, l1 / 2),
            new("L2", (double)threads * l2, l2 / 2),
            new("L3", l3, Math.Min(4 * l2, l3 / 2 / threads)),
            new("memory", double.PositiveInfinity, Math.Min(4 * last, 1L << 30) / threads),
        ];
        return [.. levels.Where(level => level.ProbeBytes >= Page)
            .Select(level => level with { ProbeBytes = level.ProbeBytes / Page * Page })];
    }
}
