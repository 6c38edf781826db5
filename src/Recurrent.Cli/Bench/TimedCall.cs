namespace Recurrent.Cli.Bench;

/// <summary>What is timed.</summary>
internal abstract class TimedCall
{
    public abstract void Call();
}
