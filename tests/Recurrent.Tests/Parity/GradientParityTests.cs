using System.Runtime.CompilerServices;
using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>The native trainer against the managed reference, on every instruction set.</summary>
public sealed class GradientParityTests
{
    private const long Work = 200_000;

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    public static TheoryData<InstructionSet, CellKind> Cells => Support.InstructionSets.Kernels;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Forward_is_the_reference_bit_for_bit(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: true), 300, @case =>
        {
            GradientData data = new(@case);
            using GradientSession session = data.Open(isa, @case.Threads);
            Outcome expected = data.Forward(ReferenceGradientSession<float>.Open(data.Definition, data.Dropout));
            data.Data.RequireSame(expected, data.Forward(session), $"{isa}, {data}");
        });
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Gradients_of_random_models_are_near_those_in_double(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        RequireMostAreNear(isa, GemmProvider.BuiltIn);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Gradients_of_every_option_are_near_those_in_double(InstructionSet isa, CellKind cell)
    {
        Support.InstructionSets.Use(isa);
        int seed = 0;
        foreach (LayerCase layer in CellOptions.Of(new LayerCase { Cell = cell, Size = 21, TrainedState = true }, [0, 1, 8, 20]))
        {
            seed++;
            SequenceCase @case = new()
            {
                Seed = seed,
                InputSize = 5,
                Batch = 7,
                Time = 4,
                InitialState = seed % 2 == 0,
                Layers = [layer],
            };
            Assert.True(IsNear(isa, @case), $"not to be judged: {@case}");
        }
    }

    [Fact]
    public void Gradients_with_mkl_are_near_those_in_double()
    {
        Assert.SkipUnless(Machine.MklAvailable, $"Intel MKL: {Machine.Mkl}");
        RequireMostAreNear(InstructionSet.Auto, GemmProvider.Mkl);
    }

    /// <summary>More rows than a block of a product has, and more than are multiplied at once on the way there.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Gradients_of_many_rows_are_near_those_in_double(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        SequenceCase @case = new()
        {
            Seed = 21,
            InputSize = 3,
            Batch = 23,
            Time = 120,
            Ragged = true,
            Layers = [new LayerCase { Cell = CellKind.Gru, Size = 35 }, new LayerCase { Cell = CellKind.Dense, Size = 2 }],
        };
        Assert.True(IsNear(isa, @case), $"not to be judged: {@case}");
    }

    /// <summary>Batches that fill the lanes of a vector, where small plain layers have a row in each.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Full_batches_of_small_layers_have_the_references_outputs_and_gradients(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        int seed = 0;
        foreach (CellKind cell in new[] { CellKind.SimpleRnn, CellKind.Lstm, CellKind.Gru })
        {
            foreach (int size in new[] { 1, 5, 20, 35 })
            {
                foreach (int batch in new[] { 15, 16, 29, 32, 48 })
                {
                    seed++;
                    LayerCase layer = new()
                    {
                        Cell = cell,
                        Size = size,
                        TrainedState = seed % 3 == 0,
                        Direction = (Direction)(seed % 5 % 3),
                        InputBias = seed % 4 != 1,
                        RecurrentBias = seed % 4 != 2,
                    };
                    SequenceCase @case = new()
                    {
                        Seed = seed,
                        InputSize = 1 + (seed % 6),
                        Batch = batch,
                        Time = 1 + (seed % 9),
                        Threads = 1 + (seed % 3),
                        Ragged = seed % 2 == 0,
                        InitialState = seed % 3 == 1,
                        Output = (ModelOutput)(seed % 7 % 3),
                        Layers = seed % 4 == 0 ? [layer, layer with { Size = size + 1 }] : [layer],
                    };
                    Assert.True(IsNear(isa, @case), $"not to be judged: {@case}");
                    GradientData data = new(@case);
                    using GradientSession session = data.Open(isa, @case.Threads);
                    Outcome expected = data.Forward(ReferenceGradientSession<float>.Open(data.Definition, data.Dropout));
                    data.Data.RequireSame(expected, data.Forward(session), $"{isa}, {data}");
                }
            }
        }
    }

    /// <summary>What is written is all of the memory that the caller has given, whatever was in it.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Nothing_is_left_of_what_was_in_the_callers_memory(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: true), 60, @case =>
        {
            GradientData data = new(@case);
            using GradientSession session = data.Open(isa);
            Gradients<float> clean = data.Compute(session);
            float[] y = Filled(data.OutputLength);
            float[] final = Filled(data.StateLength);
            float[] dx = Filled(clean.X.Length);
            float[] states = Filled(data.StateLength);
            Outcome expected = data.Forward(session);
            session.Forward(data.Batch(data.Data.X, data.Data.States ?? []), y, final);
            session.Backward(data.OutputWeights, data.RecurrentWeights, dx, states);
            data.Data.RequireSame(expected, new Outcome(y, final), $"{isa}, {data}");
            Bits.RequireSame(clean.X, dx, $"input, {isa}, {data}", 1);
            Bits.RequireSame(clean.States, states, $"states, {isa}, {data}", 1);
        });

        static float[] Filled(int length)
        {
            float[] values = new float[length];
            Array.Fill(values, -7);
            return values;
        }
    }

    /// <summary>With the built-in product: from run to run, and for any number of threads.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Gradients_do_not_depend_on_threads(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: true), 60, @case =>
        {
            GradientData data = new(@case);
            using GradientSession alone = data.Open(isa);
            Gradients<float> expected = data.Compute(alone);
            foreach (int threads in new[] { 1, 2, 3 })
            {
                using GradientSession session = data.Open(isa, threads);
                Gradients<float> actual = data.Compute(session);
                string what = $"{threads} threads, {isa}, {data}";
                Bits.RequireSame(expected.Parameters, actual.Parameters, $"parameters, {what}", 1);
                Bits.RequireSame(expected.X, actual.X, $"input, {what}", 1);
                Bits.RequireSame(expected.States, actual.States, $"states, {what}", 1);
            }
        });
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Gradients_of_several_passes_add_up(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        GradientData data = new(new SequenceCase
        {
            Seed = 5,
            InputSize = 3,
            Batch = 4,
            Time = 6,
            Layers = [new LayerCase { Cell = CellKind.Lstm, Size = 9 }, new LayerCase { Cell = CellKind.Dense, Size = 2 }],
        });
        using GradientSession session = data.Open(isa);
        float[] once = data.Compute(session).Parameters;
        float[] twice = data.Compute(session).Parameters;

        Assert.All(once.Zip(twice), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-5f));
        session.ZeroGradients();
        Assert.Equal(once, data.Compute(session).Parameters);
    }

    /// <summary>
    /// Few random models may be so that nothing in float is right for them: a rule that lets all of them pass is none.
    /// </summary>
    private static void RequireMostAreNear(
        InstructionSet isa, GemmProvider provider, [CallerMemberName] string test = "")
    {
        int judged = 0;
        int cases = 0;
        Property.Check(
            SequenceCases.Arbitrary(Work, models: true),
            300,
            @case =>
            {
                cases++;
                judged += IsNear(isa, @case, provider) ? 1 : 0;
            },
            test: test);
        Assert.True(
            judged > 0.9 * cases,
            $"only {judged} of {cases} models were judged by gradients in double; again with {Property.Variables}");
    }

    /// <summary>Fails if gradients are wrong; says whether all of them could be judged by those in double.</summary>
    private static bool IsNear(
        InstructionSet isa, SequenceCase @case, GemmProvider provider = GemmProvider.BuiltIn)
    {
        GradientData data = new(@case with { Special = false });
        using GradientSession session = data.Open(isa, @case.Threads, provider);
        GradientRule rule = new(data, session.Blocks, hasSameOutputs: provider == GemmProvider.BuiltIn);
        return rule.Require(data.Compute(session), $"{isa}, {data}");
    }
}
