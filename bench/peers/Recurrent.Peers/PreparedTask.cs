namespace Recurrent.Peers;

/// <summary>A task that is ready: what is timed is one <see cref="Call"/>.</summary>
internal abstract class PreparedTask : IDisposable
{
    public static PreparedTask Prepare(BenchTask task, GemmProvider provider) => task switch
    {
        { Sequences: > 0 } => new EpochTask(task, provider),
        { Workload: "train" } => new GradientTask(task, provider),
        _ => new InferenceTask(task, provider),
    };

    public abstract void Call();

    /// <summary>What is compared between systems; bench/README.md says what that is.</summary>
    public abstract float[] Ends();

    public abstract void Dispose();
}
