using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>The hot path leaves nothing to the garbage collector.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Steps_allocate_nothing()
    {
        using RecurrentModel model = Models.Lstm();
        using Session session = model.OpenSession(2);
        float[] x = [1, 2, 3, 4];
        float[] y = new float[6];
        RequireNone(10_000, () => session.Step(x, y));
    }

    [Fact]
    public void Runs_allocate_nothing()
    {
        using RecurrentModel model = Models.Lstm();
        using Session session = model.OpenSession(2);
        float[] x = new float[20];
        float[] y = new float[30];
        int[] lengths = [5, 3];
        RequireNone(1_000, () => session.Run(x, y, 5));
        RequireNone(1_000, () => session.Run(x, y, 5, lengths, SequenceLayout.BatchMajor));
        RequireNone(1_000, () => session.Run(x, [], 5));
    }

    [Fact]
    public void States_allocate_nothing()
    {
        using RecurrentModel model = Models.Lstm();
        using Session session = model.OpenSession(2);
        float[] states = new float[12];
        float[] cell = new float[6];
        RequireNone(1_000, () =>
        {
            session.SaveState(states);
            session.LoadState(states);
            session.GetState(0, Direction.Forward, StateKind.Cell, cell);
            session.SetState(0, Direction.Forward, StateKind.Cell, cell);
            session.Reset(1, 1);
        });
    }

    private static void RequireNone(int count, Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            action();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
