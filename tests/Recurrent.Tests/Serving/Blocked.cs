namespace Recurrent.Tests.Serving;

/// <summary>Memory that stops who looks at it until it is opened: a worker that is kept busy.</summary>
internal sealed class Blocked : Called
{
    private readonly ManualResetEventSlim _reached;
    private readonly ManualResetEventSlim _opened;

    public Blocked(int length)
        : this(length, new ManualResetEventSlim(), new ManualResetEventSlim())
    {
    }

    private Blocked(int length, ManualResetEventSlim reached, ManualResetEventSlim opened)
        : base(length, () =>
        {
            reached.Set();
            opened.Wait();
        })
    {
        _reached = reached;
        _opened = opened;
    }

    public void WaitUntilReached() => _reached.Wait(TestContext.Current.CancellationToken);

    public void Open() => _opened.Set();

    // A test that has failed leaves nobody waiting.
    protected override void Dispose(bool disposing)
    {
        _opened.Set();
        base.Dispose(disposing);
    }
}
