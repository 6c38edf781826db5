using System.Runtime.CompilerServices;
using Recurrent.Interop;
using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>What lives how long, and what remains.</summary>
[Collection(nameof(Alone))]
public sealed class LifetimeTests
{
    private static readonly int[] Lengths16 = [.. Enumerable.Repeat(1000, 16)];

    [Fact]
    public void A_session_outlives_its_model()
    {
        float[] expected = new float[3];
        float[] actual = new float[3];
        using RecurrentModel kept = Models.Lstm();
        using Session of = kept.OpenSession();
        of.Step([1, 2], expected);

        RecurrentModel model = Models.Lstm();
        using Session session = model.OpenSession();
        model.Dispose();
        session.Step([1, 2], actual);
        Assert.Equal(expected, actual);
        Assert.Throws<ObjectDisposedException>(() => model.OpenSession());
        Assert.Equal(2, model.InputSize);
    }

    [Fact]
    public void Everything_is_refused_after_dispose()
    {
        using RecurrentModel model = Models.Lstm();
        Session session = model.OpenSession();
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Step(new float[2], new float[3]));
        Assert.Throws<ObjectDisposedException>(() => session.Step(new float[1], new float[1]));
        Assert.Throws<ObjectDisposedException>(() => session.Run(new float[2], new float[3], 1));
        Assert.Throws<ObjectDisposedException>(() => session.Run([], [], 0));
        Assert.Throws<ObjectDisposedException>(() => session.Run(new float[2], new float[3], 1, [1]));
        Assert.Throws<ObjectDisposedException>(() => session.Reset());
        Assert.Throws<ObjectDisposedException>(() => session.SaveState(new float[6]));
        Assert.Throws<ObjectDisposedException>(() => session.LoadState(new float[6]));
        Assert.Throws<ObjectDisposedException>(
            () => session.GetState(0, Direction.Forward, StateKind.Hidden, new float[3]));
        Assert.Throws<ObjectDisposedException>(
            () => session.SetState(0, Direction.Forward, StateKind.Hidden, new float[3]));
        Assert.Equal(1, session.Batch);
    }

    [Fact]
    public void Disposed_objects_are_freed()
    {
        Settle();
        (int models, int sessions) = (ModelHandle.LiveCount, SessionHandle.LiveCount);
        RecurrentModel model = Models.Lstm();
        Session[] open = [.. Enumerable.Range(0, 10).Select(_ => model.OpenSession(3))];
        Assert.Equal(models + 1, ModelHandle.LiveCount);
        Assert.Equal(sessions + 10, SessionHandle.LiveCount);
        Array.ForEach(open, session => session.Dispose());
        model.Dispose();
        Assert.Equal(models, ModelHandle.LiveCount);
        Assert.Equal(sessions, SessionHandle.LiveCount);
    }

    [Fact]
    public void Abandoned_objects_are_freed()
    {
        Settle();
        (int models, int sessions) = (ModelHandle.LiveCount, SessionHandle.LiveCount);
        Abandon();
        Settle();
        Assert.Equal(models, ModelHandle.LiveCount);
        Assert.Equal(sessions, SessionHandle.LiveCount);
    }

    [Fact]
    public unsafe void What_the_library_refuses_leaves_nothing()
    {
        Settle();
        using RecurrentModel accepted = Models.Lstm();
        (int models, int sessions) = (ModelHandle.LiveCount, SessionHandle.LiveCount);
        Assert.Throws<ArgumentException>("desc", () => ModelHandle.Create(null));
        ModelDefinition definition =
            new([new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(2, new RandomFloats(1))]);
        using (ModelDescription description = new(definition.Graph, new ModelOptions()))
        using (ModelHandle model = description.Create())
        {
            Assert.Equal(models + 1, ModelHandle.LiveCount);
            Assert.Throws<ArgumentException>("threads", () =>
            {
                NativeSessionDesc none = new() { Threads = -1, Batch = 1 };
                SessionHandle.Create(model, &none);
            });
        }

        Assert.Equal(sessions, SessionHandle.LiveCount);
        Assert.Equal(models, ModelHandle.LiveCount);
    }

    [Fact]
    public void The_garbage_collector_knows_what_abandoned_sessions_hold()
    {
        const int Count = 5000;
        Settle();
        int before = SessionHandle.LiveCount;
        using RecurrentModel model = Models.Slow();
        for (int i = 0; i < Count; i++)
        {
            // 128 KiB of states each; the managed objects alone are too small to start a collection.
            model.OpenSession(64);
        }

        Assert.True(SessionHandle.LiveCount - before < Count, "Not one of the abandoned sessions has been freed.");
    }

    [Fact]
    public void The_garbage_collector_knows_what_predictions_of_abandoned_models_hold()
    {
        const int Count = 300;
        Settle();
        int before = ModelHandle.LiveCount;
        float[] x = new float[16 * 1000 * 2];
        float[] y = new float[16 * 1000 * 6];
        for (int i = 0; i < Count; i++)
        {
            // Scratch memory of a megabyte or more each, and hardly any weights.
            Models.Lstm(Direction.Bidirectional).Predict(x, 16, 1000, Lengths16, y);
        }

        Assert.True(ModelHandle.LiveCount - before < Count, "Not one of the abandoned models has been freed.");
    }

    [Fact]
    public void What_a_model_keeps_for_predictions_is_freed_with_it()
    {
        Settle();
        (int models, int sessions) = (ModelHandle.LiveCount, SessionHandle.LiveCount);
        using (RecurrentModel model = Models.Lstm())
        {
            model.Predict([1, 2], 1, 1);
            model.Predict([1, 2, 3, 4], 2, 1);
            Assert.Equal(sessions + 1, SessionHandle.LiveCount);
        }

        Assert.Equal((models, sessions), (ModelHandle.LiveCount, SessionHandle.LiveCount));
        AbandonPredictor();
        Settle();
        Assert.Equal((models, sessions), (ModelHandle.LiveCount, SessionHandle.LiveCount));
    }

    [Fact]
    public void A_thousand_sessions_share_one_copy_of_the_weights()
    {
        using RecurrentModel model = Models.Slow();
        Assert.True(model.PackedBytes >= 4L * 256 * 512 * sizeof(float));
        using Session first = model.OpenSession();
        long before = Environment.WorkingSet;
        Session[] sessions = [.. Enumerable.Range(0, 1000).Select(_ => model.OpenSession())];
        long grown = Environment.WorkingSet - before;
        Array.ForEach(sessions, session => session.Dispose());

        // Copies would be 2 GiB.
        Assert.True(grown < 64 << 20, $"{grown} bytes for 1000 sessions");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AbandonPredictor() => Models.Lstm().Predict([1, 2], 1, 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon()
    {
        RecurrentModel model = Models.Lstm();
        for (int i = 0; i < 5; i++)
        {
            model.OpenSession(new SessionOptions { Threads = 2 }).Step(new float[2], new float[3]);
        }
    }

    private static void Settle()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
