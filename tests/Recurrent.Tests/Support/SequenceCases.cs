using FsCheck;
using FsCheck.Fluent;
using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>Random cases, and how a failing one becomes smaller.</summary>
internal static class SequenceCases
{
    /// <summary>Cases of at most about <paramref name="work"/> multiply-adds.</summary>
    /// <param name="work">Multiply-adds.</param>
    /// <param name="forwardOnly">Whether no layer has a reverse direction.</param>
    /// <param name="minimumBatch">The least rows.</param>
    /// <param name="ragged">Whether rows may have lengths of their own.</param>
    /// <param name="models">
    /// Whether they have everything that a model can have, or only layers that multiply, all steps there and put out.
    /// </param>
    public static Arbitrary<SequenceCase> Arbitrary(
        long work, bool forwardOnly = false, int minimumBatch = 1, bool ragged = true, bool models = false)
    {
        Gen<SequenceCase> cases = Gen.Choose(0, int.MaxValue - 1)
            .Select(seed => Create(seed, work, forwardOnly, minimumBatch, ragged))
            .Select(@case => models ? RandomModels.Extend(@case) : @case);
        return Arb.From(cases, @case => Smaller(@case).Where(smaller => smaller.Batch >= minimumBatch));
    }

    public static Activation RandomActivation(Random random) =>
        RandomActivation((ActivationKind)random.Next(13), 0.1f + random.NextSingle(), 0.1f + random.NextSingle());

    // A clip is between its numbers.
    private static Activation RandomActivation(ActivationKind kind, float alpha, float beta) =>
        kind == ActivationKind.Clip ? Activation.Clip(-alpha, beta) : new(kind, alpha, beta);

    private static SequenceCase Create(int seed, long work, bool forwardOnly, int minimumBatch, bool ragged)
    {
        Random random = new(seed);
        // One case in eight is long and thin: sequences of many chunks.
        bool isLong = random.Next(8) == 0;
        int largest = isLong ? 6 : random.Next(4) switch { 0 => 300, 1 => 130, _ => 40 };
        LayerCase[] layers =
        [
            .. Enumerable.Range(0, random.Next(3) == 0 ? random.Next(2, 4) : 1)
                .Select(_ => CreateLayer(random, largest, forwardOnly)),
        ];
        SequenceCase @case = new()
        {
            Seed = seed,
            InputSize = random.Next(1, largest + 1),
            Layers = layers,
            Threads = random.Next(2) == 0 ? 1 : random.Next(2, 5),
            Ragged = ragged && random.Next(3) == 0,
            EmptyRow = (EmptyRow)random.Next(2),
            InitialState = random.Next(2) == 0,
            Layout = (SequenceLayout)random.Next(2),
            Special = random.Next(5) == 0,
        };
        int steps = (int)Math.Clamp(work / @case.WorkPerStep, 1, isLong ? 4000 : 200);
        int batch = Math.Max(minimumBatch, random.Next(1, Math.Min(isLong ? 4 : 24, steps) + 1));
        int time = Math.Max(1, steps / batch);
        return @case with { Batch = batch, Time = isLong ? time : random.Next(1, time + 1) };
    }

    private static LayerCase CreateLayer(Random random, int largest, bool forwardOnly)
    {
        CellKind cell = CellKinds.Products[random.Next(CellKinds.Products.Count)];
        int size = random.Next(1, largest + 1);
        LayerCase layer = new()
        {
            Cell = cell,
            Size = size,
            InputBias = random.Next(4) != 0,
            RecurrentBias = random.Next(4) != 0,
        };
        if (cell == CellKind.Dense)
        {
            return layer with { Activations = RandomActivations(random) };
        }

        if (cell == CellKind.Convolution)
        {
            return layer with
            {
                Activations = new(default, random.Next(2) == 0 ? Activation.Identity : RandomActivation(random), default),
                KernelSize = random.Next(1, 7),
                Dilation = random.Next(2) == 0 ? 1 : random.Next(1, 10),
                Groups = random.Next(2) == 0 ? 1 : random.Next(1, 5),
                Centered = !forwardOnly && random.Next(3) == 0,
            };
        }

        bool plain = random.Next(3) == 0;
        layer = layer with
        {
            Direction = forwardOnly ? Direction.Forward : (Direction)random.Next(3),
            Clip = plain || random.Next(3) != 0 ? 0 : 0.3f + random.NextSingle(),
            Activations = plain || random.Next(2) == 0 ? CellActivations.Default : RandomActivations(random),
        };
        if (!forwardOnly && !plain && random.Next(4) == 0)
        {
            layer = layer with { ReverseActivations = RandomActivations(random) };
        }

        return plain || cell != CellKind.Lstm ? layer : layer with
        {
            Projection = size > 1 && random.Next(2) == 0 ? random.Next(1, size) : 0,
            Coupling = (GateCoupling)random.Next(3),
            Peephole = random.Next(2) == 0,
            OutputPeephole = (OutputPeephole)random.Next(2),
        };
    }

    private static CellActivations RandomActivations(Random random) =>
        new(RandomActivation(random), RandomActivation(random), RandomActivation(random));

    private static IEnumerable<SequenceCase> Smaller(SequenceCase @case)
    {
        if (@case.Layers.Count > 1)
        {
            // Sizes follow from what is left: a case draws its weights again.
            for (int i = 0; i < @case.Layers.Count; i++)
            {
                yield return @case with { Layers = [.. @case.Layers.Where((_, index) => index != i)] };
            }
        }

        foreach (int time in SmallerThan(@case.Time))
        {
            yield return @case with { Time = time };
        }

        foreach (int batch in SmallerThan(@case.Batch))
        {
            yield return @case with { Batch = batch };
        }

        foreach (int inputSize in SmallerThan(@case.InputSize))
        {
            yield return @case with { InputSize = inputSize };
        }

        foreach (SequenceCase simpler in Simpler(@case))
        {
            if (simpler != @case)
            {
                yield return simpler;
            }
        }

        for (int i = 0; i < @case.Layers.Count; i++)
        {
            foreach (LayerCase layer in Smaller(@case.Layers[i]))
            {
                LayerCase[] layers = [.. @case.Layers];
                layers[i] = layer;
                yield return @case with { Layers = layers };
            }
        }
    }

    private static IEnumerable<SequenceCase> Simpler(SequenceCase @case) =>
    [
        @case with { Special = false },
        @case with { Ragged = false, EmptyRow = EmptyRow.KeepsState },
        @case with { InitialState = false },
        @case with { Threads = 1 },
        @case with { Layout = SequenceLayout.TimeMajor },
        @case with { Mask = false },
        @case with { Masking = null, Mask = false },
        @case with { Output = ModelOutput.EveryStep },
    ];

    private static IEnumerable<LayerCase> Smaller(LayerCase layer)
    {
        foreach (int size in SmallerThan(layer.Size))
        {
            yield return layer with { Size = size, Projection = Math.Min(layer.Projection, size - 1) };
        }

        foreach (int projection in SmallerThan(layer.Projection))
        {
            yield return layer with { Projection = projection };
        }

        LayerCase[] simpler =
        [
            layer with { ReverseActivations = null },
            layer with { Activations = CellActivations.Default },
            layer with { Projection = 0 },
            layer with { Peephole = false, OutputPeephole = OutputPeephole.NewCell },
            layer with { Coupling = GateCoupling.None },
            layer with { Clip = 0 },
            layer with { InputBias = false },
            layer with { RecurrentBias = false },
            layer with { Direction = Direction.Forward },
            layer with { TrainedState = false },
            layer with { Span = 1 },
            layer with { KernelSize = 1 },
            layer with { Dilation = 1 },
            layer with { Groups = 1 },
            layer with { Centered = false },
        ];
        foreach (LayerCase candidate in simpler)
        {
            if (candidate != layer)
            {
                yield return candidate;
            }
        }
    }

    /// <summary>1, the half, one less.</summary>
    private static IEnumerable<int> SmallerThan(int value) =>
        new[] { 1, value / 2, value - 1 }.Where(smaller => smaller > 0 && smaller < value).Distinct();
}
