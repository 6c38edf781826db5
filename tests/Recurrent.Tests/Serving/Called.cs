using System.Buffers;

namespace Recurrent.Tests.Serving;

/// <summary>Memory that calls back when somebody looks at it, on the thread that does.</summary>
internal class Called(int length, Action action) : MemoryManager<float>
{
    public override Span<float> GetSpan()
    {
        action();
        return new float[length];
    }

    public override Memory<float> Memory => CreateMemory(length);

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
