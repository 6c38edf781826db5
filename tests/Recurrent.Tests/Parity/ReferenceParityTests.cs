using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// Every instruction set gives the bits of the managed reference: any cell, any shape, any number of threads.
/// </summary>
public sealed class ReferenceParityTests
{
    private const long Work = 1_500_000;

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    public static TheoryData<InstructionSet, CellKind> Kernels => Support.InstructionSets.Kernels;

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
        foreach (LayerCase layer in CellOptions.Of(new LayerCase { Cell = cell, Size = 21 }, [0, 1, 8, 20]))
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
