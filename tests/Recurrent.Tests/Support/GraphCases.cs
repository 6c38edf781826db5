using FsCheck;
using FsCheck.Fluent;
using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>Random graphs, and how a failing one becomes smaller.</summary>
internal static class GraphCases
{
    /// <summary>Cases of so many layers and steps at the most.</summary>
    /// <param name="layers">The most layers.</param>
    /// <param name="time">The most steps.</param>
    /// <param name="batch">The most rows.</param>
    /// <param name="canStep">Whether all of them can be stepped.</param>
    /// <param name="smooth">Whether all have gradients everywhere.</param>
    public static Arbitrary<GraphCase> Arbitrary(
        int layers = 14, int time = 12, int batch = 7, bool canStep = false, bool smooth = false) => Arb.From(
            Gen.Choose(0, int.MaxValue - 1).Select(seed => Create(seed, layers, time, batch, canStep, smooth)),
            Smaller);

    private static GraphCase Create(int seed, int layers, int time, int batch, bool canStep, bool smooth)
    {
        Random random = new(seed);
        return new GraphCase
        {
            Seed = seed,
            Layers = random.Next(1, layers + 1),
            Batch = random.Next(1, batch + 1),
            Time = random.Next(1, time + 1),
            Threads = random.Next(2) == 0 ? 1 : random.Next(2, 5),
            Ragged = random.Next(2) == 0,
            EmptyRow = (EmptyRow)random.Next(2),
            InitialState = random.Next(2) == 0,
            Layout = (SequenceLayout)random.Next(2),
            Special = !smooth && random.Next(5) == 0,
            Masking = random.Next(2) == 0 ? null : new Masking
            {
                Value = random.Next(3) switch { 0 => 0, 1 => 1, _ => float.NaN },
                Output = (MissingOutput)random.Next(2),
            },
            Mask = random.Next(2) == 0,
            CanStep = canStep || random.Next(3) == 0,
            Smooth = smooth,
        };
    }

    private static IEnumerable<GraphCase> Smaller(GraphCase @case)
    {
        foreach (int layers in SmallerThan(@case.Layers))
        {
            yield return @case with { Layers = layers };
        }

        foreach (int time in SmallerThan(@case.Time))
        {
            yield return @case with { Time = time };
        }

        foreach (int batch in SmallerThan(@case.Batch))
        {
            yield return @case with { Batch = batch };
        }

        GraphCase[] simpler =
        [
            @case with { Special = false },
            @case with { Ragged = false, EmptyRow = EmptyRow.KeepsState },
            @case with { InitialState = false },
            @case with { Threads = 1 },
            @case with { Layout = SequenceLayout.TimeMajor },
            @case with { Mask = false },
            @case with { Masking = null, Mask = false },
        ];
        foreach (GraphCase candidate in simpler)
        {
            if (candidate != @case)
            {
                yield return candidate;
            }
        }
    }

    /// <summary>1, the half, one less.</summary>
    private static IEnumerable<int> SmallerThan(int value) =>
        new[] { 1, value / 2, value - 1 }.Where(smaller => smaller > 0 && smaller < value).Distinct();
}
