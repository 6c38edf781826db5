namespace Recurrent.Cli.Bench;

/// <summary>What the cost model says about a workload: every way to divide a call between threads.</summary>
/// <param name="Workload">The call.</param>
/// <param name="InstructionSet">The kernels that it is for.</param>
/// <param name="Threads">Threads of the session.</param>
/// <param name="Ways">The ways with their predicted times, first that of one thread alone; one is chosen.</param>
internal sealed record ThreadPlan(
    Workload Workload, InstructionSet InstructionSet, int Threads, IReadOnlyList<PlanCandidate> Ways)
{
    // Streams from small to large, batches, sequences, and what only stacks and two directions can divide.
    private static readonly (int Hidden, int Layers, bool Bidirectional, int Batch, int Time)[] TypicalSizes =
    [
        (20, 1, false, 1, 1), (64, 1, false, 1, 1), (128, 1, false, 1, 1), (256, 1, false, 1, 1),
        (512, 1, false, 1, 1), (1024, 1, false, 1, 1), (256, 1, false, 32, 1),
        (64, 1, false, 1, 100), (128, 1, false, 1, 100), (256, 1, false, 1, 100), (512, 1, false, 1, 100),
        (64, 1, false, 32, 50), (256, 1, false, 32, 50),
        (256, 2, false, 1, 100), (256, 1, true, 1, 100), (256, 2, true, 16, 50),
    ];

    /// <summary>The one that a session takes.</summary>
    public PlanCandidate Chosen => Ways.Single(way => way.IsChosen);

    /// <summary>One thread alone.</summary>
    public PlanCandidate Alone => Ways[0];

    /// <summary>The fastest with more than one thread; null where there is none.</summary>
    public PlanCandidate? BestTogether => Ways.Skip(1).MinBy(way => way.PredictedMicroseconds);

    /// <summary>The plan of the network and the call that were asked for.</summary>
    public static ThreadPlan Of(BenchRequest request)
    {
        InstructionSet isa = request.InstructionSet ?? Machine.InstructionSet;
        Candidate.RequireAvailable(isa, Machine.InstructionSets);
        int threads = request.Threads ?? Math.Min(Machine.Processors, Candidate.MostThreads);
        Workload workload = Workloads.Of(request);
        using RecurrentModel model = RecurrentModel.Create(workload.Model, workload.Formats with { InstructionSet = isa });
        using Session session = model.OpenSession(new SessionOptions { Batch = workload.Batch, Threads = threads });
        return new ThreadPlan(workload, isa, threads, session.Explain(workload.Time));
    }

    /// <summary>The plans of typical sizes.</summary>
    /// <param name="request">Cell, instruction set and threads; its sizes are not looked at.</param>
    public static IReadOnlyList<ThreadPlan> Typical(BenchRequest request) =>
    [
        .. TypicalSizes.Select(size => Of(request with
        {
            Hidden = size.Hidden,
            Layers = size.Layers,
            Bidirectional = size.Bidirectional,
            Batch = size.Batch,
            Time = size.Time,
        })),
    ];

    /// <summary>As in <c>units, 2 threads</c>, or <c>alone</c>.</summary>
    public static string Describe(PlanCandidate way) =>
        way.Threads == 1 ? "alone" : $"{NameOf(way.Strategy)}, {way.Threads} threads";

    public static string NameOf(ThreadingStrategy strategy) => strategy.ToString().ToLowerInvariant();
}
