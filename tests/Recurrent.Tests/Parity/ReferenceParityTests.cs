using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// Every instruction set gives the bits of the managed reference: any cell, any shape, any number of threads.
/// </summary>
public sealed class ReferenceParityTests
{
    private const long Work = 1_500_000;

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    public static TheoryData<InstructionSet, CellKind> Kernels
    {
        get
        {
            TheoryData<InstructionSet, CellKind> data = [];
            foreach (InstructionSet isa in new[] { InstructionSet.Scalar, InstructionSet.Avx2, InstructionSet.Avx512 })
            {
                foreach (CellKind cell in CellKinds.Products)
                {
                    data.Add(isa, cell);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Runs_equal_the_reference(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work), 300, @case => RequireParity(@case, options));
    }

    /// <summary>
    /// Every kind of layer, residual connections, trained initial states, one step of output, missing steps, indices.
    /// </summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Models_equal_the_reference(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: true), 500, @case => RequireParity(@case, options));
    }

    /// <summary>Not left to chance: all remainders of a vector in hidden units, and of a tile in rows.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_remainder_equals_the_reference(InstructionSet isa, CellKind cell)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        for (int size = 1; size <= 65; size++)
        {
            RequireParity(
                new SequenceCase
                {
                    Seed = size,
                    InputSize = 1 + (size * 7 % 19),
                    Batch = 1 + (size % 13),
                    Time = 3,
                    Layers = [new LayerCase { Cell = cell, Size = size }],
                },
                options);
        }
    }

    /// <summary>
    /// The kernels with options: every activation in every role, clip, peepholes, coupling, projection.
    /// </summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_option_equals_the_reference(InstructionSet isa, CellKind cell)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        int seed = 0;
        foreach (LayerCase layer in Options(cell))
        {
            RequireParity(
                new SequenceCase
                {
                    Seed = ++seed,
                    InputSize = 5,
                    Batch = 7,
                    Time = 4,
                    InitialState = true,
                    Special = seed % 2 == 0,
                    Layers = [layer],
                },
                options);
        }
    }

    private static IEnumerable<LayerCase> Options(CellKind cell)
    {
        LayerCase plain = new() { Cell = cell, Size = 21 };
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            Activation activation = new(kind, 0.4f, 0.6f);
            yield return plain with { Activations = CellActivations.Default with { Gate = activation } };
            yield return plain with { Activations = CellActivations.Default with { Candidate = activation } };
            yield return plain with { Activations = CellActivations.Default with { Output = activation } };
        }

        yield return plain with { InputBias = false };
        yield return plain with { StateBias = false };
        yield return plain with { InputBias = false, StateBias = false };
        if (cell == CellKind.Dense)
        {
            yield break;
        }

        yield return plain with { Clip = 0.5f };
        yield return plain with { Direction = Direction.Reverse };
        yield return plain with { Direction = Direction.Bidirectional };
        yield return plain with
        {
            Direction = Direction.Bidirectional,
            ReverseActivations = new(Activation.HardSigmoid(), Activation.Softsign, Activation.Relu),
        };
        if (cell != CellKind.Lstm)
        {
            yield break;
        }

        foreach (GateCoupling coupling in Enum.GetValues<GateCoupling>())
        {
            foreach (OutputPeephole output in Enum.GetValues<OutputPeephole>())
            {
                foreach (int projection in new[] { 0, 1, 8, 20 })
                {
                    yield return plain with { Coupling = coupling, OutputPeephole = output, Projection = projection };
                    yield return plain with
                    {
                        Coupling = coupling,
                        OutputPeephole = output,
                        Projection = projection,
                        Peephole = true,
                        Clip = 0.7f,
                    };
                }
            }
        }
    }

    private static void RequireParity(SequenceCase @case, ModelOptions options)
    {
        SequenceData data = new(@case);
        using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
        Outcome expected = data.RunReference();
        data.RequireSame(expected, data.RunNative(model), $"{options.InstructionSet}, {@case}");
        Bits.RequireSame(
            expected.States,
            data.RunNativeForStates(model),
            $"{options.InstructionSet}, without an output, final states, {@case}",
            Math.Max(1, model.StateSize));
    }
}
