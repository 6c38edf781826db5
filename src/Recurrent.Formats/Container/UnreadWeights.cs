using System.Buffers;

namespace Recurrent.Formats.Container;

/// <summary>So many weights that have been left in their file: layers can be made of them, but not computed.</summary>
internal sealed class UnreadWeights : MemoryManager<float>
{
    private UnreadWeights()
    {
    }

    public static ReadOnlyMemory<float> Of(int count) => new UnreadWeights().CreateMemory(count);

    public override Span<float> GetSpan() => throw Unread();

    public override MemoryHandle Pin(int elementIndex = 0) => throw Unread();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }

    private static InvalidOperationException Unread() => new("The weights are in their file.");
}
