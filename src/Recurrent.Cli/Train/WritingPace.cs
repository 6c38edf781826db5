namespace Recurrent.Cli.Train;

/// <summary>
/// How often something is written that is not worth much time: so seldom that writing takes at most a twentieth of it. What
/// an interruption loses is then seconds for a small model, and a few writes' worth for a large one.
/// </summary>
/// <param name="clock">Tests bring their own.</param>
internal sealed class WritingPace(TimeProvider clock)
{
    private const int Share = 20;

    private long _end;
    private TimeSpan? _taken;

    /// <summary>Whether it is time again; at first it is.</summary>
    public bool IsDue => _taken is not { } taken || clock.GetElapsedTime(_end) >= (Share - 1) * taken;

    /// <summary>Writes.</summary>
    public void Write(Action write)
    {
        long begin = clock.GetTimestamp();
        write();
        _end = clock.GetTimestamp();
        _taken = clock.GetElapsedTime(begin, _end);
    }
}
