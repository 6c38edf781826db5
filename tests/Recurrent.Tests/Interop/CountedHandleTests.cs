using System.Runtime.CompilerServices;
using Recurrent.Interop;

namespace Recurrent.Tests.Interop;

/// <summary>A native object is freed once, after its last use or when abandoned, and counted until then.</summary>
public sealed class CountedHandleTests
{
    [Fact]
    public void Disposing_frees_the_object_once()
    {
        DisposedObject handle = new(17);
        Assert.Equal(1, DisposedObject.LiveCount);

        handle.Dispose();
        handle.Dispose();

        Assert.Equal([17], DisposedObject.Destroyed);
        Assert.Equal(0, DisposedObject.LiveCount);
    }

    [Fact]
    public void An_object_that_is_in_use_outlives_its_disposal()
    {
        UsedObject handle = new(18);
        bool isHeld = false;
        handle.DangerousAddRef(ref isHeld);

        handle.Dispose();
        Assert.Equal(1, UsedObject.LiveCount);

        handle.DangerousRelease();
        Assert.Equal(0, UsedObject.LiveCount);
    }

    [Fact]
    public void An_abandoned_object_is_freed_by_the_garbage_collector()
    {
        Abandon();

        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, AbandonedObject.LiveCount);
        Assert.Equal([19], AbandonedObject.Destroyed);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Abandon() => _ = new AbandonedObject(19);
    }

    [Fact]
    public void A_handle_that_owns_nothing_frees_nothing()
    {
        EmptyObject handle = new();
        Assert.True(handle.IsInvalid);

        handle.Dispose();

        Assert.Empty(EmptyObject.Destroyed);
        Assert.Equal(0, EmptyObject.LiveCount);
    }

    [Fact]
    public void Types_are_counted_apart()
    {
        using CountedObject counted = new(20);

        Assert.Equal(1, CountedObject.LiveCount);
        Assert.Equal(0, OtherObject.LiveCount);
    }

    /// <summary>A handle that remembers what it freed; one type for each test, since tests run side by side.</summary>
    private abstract class TestHandle<TSelf> : CountedHandle<TSelf>
        where TSelf : CountedHandle<TSelf>
    {
        public static List<nint> Destroyed { get; } = [];

        private protected override void Destroy(nint native) => Destroyed.Add(native);
    }

    private sealed class DisposedObject : TestHandle<DisposedObject>
    {
        public DisposedObject(nint native) => Own(native);
    }

    private sealed class UsedObject : TestHandle<UsedObject>
    {
        public UsedObject(nint native) => Own(native);
    }

    private sealed class AbandonedObject : TestHandle<AbandonedObject>
    {
        public AbandonedObject(nint native) => Own(native);
    }

    private sealed class EmptyObject : TestHandle<EmptyObject>;

    private sealed class CountedObject : TestHandle<CountedObject>
    {
        public CountedObject(nint native) => Own(native);
    }

    private sealed class OtherObject : TestHandle<OtherObject>;
}
