namespace Recurrent.Peers;

/// <summary>A task that is ready: what is timed is one <see cref="Call"/>.</summary>
internal abstract class PreparedTask : IDisposable
{
    /// <summary>The way to compute it that was found to be fastest, where the system has several.</summary>
    public virtual string? Setting => null;

    /// <summary>One step, sequence, training step or epoch.</summary>
    public abstract void Call();

    /// <summary>What is compared between systems; bench/README.md says what that is.</summary>
    /// <returns>The values.</returns>
    public abstract float[] Ends();

    /// <inheritdoc/>
    public abstract void Dispose();
}
