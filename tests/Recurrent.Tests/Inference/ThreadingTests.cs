using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

public sealed class ThreadingTests
{
    [Fact]
    public void A_session_without_threads_computes_alone()
    {
        using RecurrentModel model = Lstm(256);
        using Session session = model.OpenSession();
        PlanCandidate only = Assert.Single(session.Explain(100));
        Assert.Equal(ThreadingStrategy.Alone, only.Strategy);
        Assert.Equal(1, only.Threads);
        Assert.True(only.IsChosen);
        Assert.True(only.PredictedMicroseconds > 0);
    }

    [Theory]
    [InlineData(16, ThreadingStrategy.Alone)]
    [InlineData(512, ThreadingStrategy.Units)]
    public void A_step_is_divided_where_that_pays(int hiddenSize, ThreadingStrategy expected)
    {
        if (Machine.InstructionSet == InstructionSet.Scalar)
        {
            Assert.Skip("Scalar code is so slow that dividing it always pays.");
        }

        using RecurrentModel model = Lstm(hiddenSize);
        using Session session = model.OpenSession(new SessionOptions { Threads = 2 });
        IReadOnlyList<PlanCandidate> ways = session.Explain(1);
        Assert.Equal(ThreadingStrategy.Alone, ways[0].Strategy);
        Assert.Equal(expected, Assert.Single(ways, way => way.IsChosen).Strategy);
    }

    [Fact]
    public void Explaining_refuses_what_is_no_run()
    {
        using RecurrentModel model = Models.Lstm();
        Session session = model.OpenSession();
        Assert.Throws<ArgumentOutOfRangeException>("time", () => session.Explain(0));
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Explain(1));
    }

    [Fact]
    public void More_pinned_threads_than_processors_are_refused()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount >= 256)
        {
            Assert.Skip("Needs a system that pins threads, and fewer processors than a session may have threads.");
        }

        using RecurrentModel model = Models.Lstm();
        SessionOptions options = new() { Threads = Environment.ProcessorCount + 1, PinThreads = true };
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.OpenSession(options));
        Assert.Contains("a processor for each of", error.Message, StringComparison.Ordinal);
    }

    private static RecurrentModel Lstm(int size) =>
        RecurrentModel.Create(
            new LayerCase { Cell = CellKind.Lstm, Size = size }.Create(size, new RandomFloats(1)));
}
