using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Recurrent.Cli.Bench;

/// <summary>
/// The control: counts in registers for about as long as what is measured. What its tail shows is the machine (other
/// work, interrupts, the hypervisor), not the library.
/// </summary>
internal sealed class EmptyLoop(double nanoseconds) : TimedCall
{
    private readonly int _turns = (int)Math.Clamp(nanoseconds / NanosecondsPerTurn(), 1, int.MaxValue);
    private ulong _last;

    public override void Call() => _last = Count(_turns);

    // A chain of multiplications: it can be neither skipped nor computed at once.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Count(int turns)
    {
        ulong value = 1;
        for (int i = 0; i < turns; i++)
        {
            value = (value * 6364136223846793005) + 1442695040888963407;
        }

        return value;
    }

    private static double NanosecondsPerTurn()
    {
        const int Turns = 100_000;
        double best = double.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Count(Turns);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return Math.Max(best / Turns, 0.01);
    }
}
