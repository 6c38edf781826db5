using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Tests.Hostile;

/// <summary>What reading something allocates, and what it may.</summary>
internal static class Allocation
{
    // Pieces of the file, the exception, and what the runtime does on the side.
    private const long Slack = 512 << 10;

    /// <summary>Reads something twice and gives what the second time allocates: the first one makes tables, and code.</summary>
    public static long Of(Action read)
    {
        read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        read();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Asserts that a file is refused, and that no more is allocated than a file of its size may ask for.</summary>
    public static void AssertRefused(long fileBytes, Action read, string reason)
    {
        ModelFormatException? refusal = null;
        long allocated = Of(() => refusal = Assert.Throws<ModelFormatException>(read));

        Assert.Contains(reason, refusal!.Message, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, Limit(fileBytes));
    }

    /// <summary>Asserts that a file is read, and that no more is allocated than a file of its size may ask for.</summary>
    public static void AssertRead(long fileBytes, Action read) => Assert.InRange(Of(read), 0, Limit(fileBytes));

    private static long Limit(long fileBytes) => MemoryBudget.Floor + (MemoryBudget.Multiple * fileBytes) + Slack;
}
