using System.Numerics;

namespace Recurrent.Training;

/// <summary>Keras's bound of probabilities, before their logarithm is taken. NaN stays NaN.</summary>
internal static class ProbabilityBound<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Lowest = T.CreateTruncating(1e-7);
    private static readonly T Highest = T.CreateTruncating(1 - 1e-7);

    public static T Apply(T probability) => T.Clamp(probability, Lowest, Highest);

    public static bool Contains(T probability) => probability >= Lowest && probability <= Highest;
}
