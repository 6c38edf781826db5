using System.Runtime.CompilerServices;
using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// With rounded weights too every instruction set gives the bits of the reference: any cell, format and option of a layer, whole
/// or in pieces, in any batch, with any number of threads.
/// </summary>
public sealed class WeightFormatParityTests
{
    private const long Work = 1_500_000;

    public static TheoryData<InstructionSet, WeightFormat> Formats =>
        Support.InstructionSets.With(RandomFormats.Rounded);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Runs_equal_the_reference(InstructionSet isa, WeightFormat format)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: true), 150, @case =>
        {
            @case = @case with { Weights = format };
            SequenceData data = new(@case);
            using RecurrentModel model = data.CreateNative(options);
            Outcome expected = data.RunReference();
            data.RequireSame(expected, data.RunNative(model), $"{isa}, {@case}");
            Bits.RequireSame(
                expected.States,
                data.RunNativeForStates(model),
                $"{isa}, without an output, final states, {@case}",
                Math.Max(1, model.StateSize));
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Graphs_equal_the_reference(InstructionSet isa, WeightFormat format)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(), 200, @case =>
        {
            @case = @case with { Weights = format };
            GraphData data = new(@case);
            using RecurrentModel model = data.CreateNative(options);
            data.RequireSame(data.RunReference(), data.RunNative(model), $"{isa}, {@case}");
            float[][] expected = data.Reference.Predict(data.Inputs, @case.Batch, @case.Time, data.Mask, @case.Layout);
            data.RequireSame(
                expected,
                model.Predict(data.Inputs, @case.Batch, @case.Time, data.Mask, @case.Layout),
                $"{isa}, predictions, {@case}");
        });
    }

    /// <summary>The kernels of int8 weights that a processor without VNNI, or with another encoding of it, takes.</summary>
    [Fact]
    public void Runs_equal_the_reference_without_VNNI() => RunWithVnni("off");

    [Fact]
    public void Runs_equal_the_reference_with_AVX_VNNI_alone() => RunWithVnni("avx");

    [Fact]
    public void Runs_equal_the_reference_with_AVX512_VNNI_alone() => RunWithVnni("avx512");

    /// <summary>Chunks and threads only matter where there is more to do.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Larger_graphs_equal_the_reference_with_any_number_of_threads(InstructionSet isa, WeightFormat format)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(layers: 10, time: 100, batch: 20), 12, @case =>
        {
            @case = @case with { Weights = format };
            GraphData data = new(@case);
            using RecurrentModel model = data.CreateNative(options);
            GraphOutcome expected = data.RunReference();
            for (int threads = 1; threads <= 4; threads++)
            {
                data.RequireSame(expected, data.RunNative(model, threads), $"{isa}, {threads} threads, {@case}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Steps_and_pieces_equal_the_reference(InstructionSet isa, WeightFormat format)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(canStep: true), 100, @case =>
        {
            GraphData data = new(@case with { Ragged = false, Weights = format });
            using RecurrentModel model = data.CreateNative(options);
            Random random = new(@case.Seed);
            data.RequirePieces(model, () => 1);
            data.RequirePieces(model, () => random.Next(@case.Time + 1));
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_row_does_not_depend_on_the_batch_or_its_place(InstructionSet isa, WeightFormat format)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(4 * Work, minimumBatch: 2, models: true), 40, @case =>
        {
            SequenceData data = new(@case with { Weights = format });
            using RecurrentModel model = data.CreateNative(options);
            Outcome whole = data.RunNative(model);
            data.RequireSameOfSomeRows(whole, model, new Random(@case.Seed), $"{isa}, {@case}");
        });
    }

    /// <summary>Not left to chance: the remainders of vectors and of blocks of 512 terms, in every cell.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Sizes_next_to_blocks_equal_the_reference(InstructionSet isa, WeightFormat format)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        foreach (CellKind cell in CellKinds.Products)
        {
            foreach (int inputs in new[] { 1, 3, 5, 511, 512, 513, 1025, 2300 })
            {
                SequenceData data = new(new SequenceCase
                {
                    Seed = inputs + (int)cell,
                    InputSize = inputs,
                    Batch = 3,
                    Time = 2,
                    Special = inputs % 2 == 0,
                    Weights = format,
                    Layers = [new LayerCase { Cell = cell, Size = 1 + (inputs % 40) }],
                });
                using RecurrentModel model = data.CreateNative(options);
                data.RequireSame(data.RunReference(), data.RunNative(model), $"{isa}, {data.Case}");
            }
        }
    }

    /// <summary>The kernels with options: every activation in every role, clip, peepholes, coupling, projection.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_option_equals_the_reference(InstructionSet isa, WeightFormat format)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        int seed = 0;
        foreach (CellKind cell in CellKinds.Products)
        {
            foreach (LayerCase layer in CellOptions.Of(new LayerCase { Cell = cell, Size = 21 }, [0, 1, 8, 20]))
            {
                SequenceData data = new(new SequenceCase
                {
                    Seed = ++seed,
                    InputSize = 5,
                    Batch = 7,
                    Time = 4,
                    InitialState = true,
                    Special = seed % 2 == 0,
                    Weights = format,
                    Layers = [layer],
                });
                using RecurrentModel model = data.CreateNative(options);
                data.RequireSame(data.RunReference(), data.RunNative(model), $"{isa}, {data.Case}");
            }
        }
    }

    /// <summary>The outputs of a bf16 model are those of the float model of its rounded weights.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Half_floats_give_the_outputs_of_the_rounded_model(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(4 * Work), 40, @case =>
        {
            SequenceData data = new(@case);
            Dictionary<int, LayerOptions> layers = Enumerable.Range(0, data.Layers.Count)
                .ToDictionary(layer => layer, _ => new LayerOptions { Weights = WeightFormat.BFloat16 });
            using RecurrentModel half = RecurrentModel.Create(data.Definition, options with { Layers = layers });
            using RecurrentModel rounded =
                RecurrentModel.Create(data.Definition.Rounded(WeightFormat.Float32, layers), options);
            data.RequireSame(data.RunNative(rounded), data.RunNative(half), $"{isa}, {@case}");
        });
    }

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    private void RunWithVnni(string value, [CallerMemberName] string method = "") =>
        ChildProcess.Run(typeof(WeightFormatParityTests), "RECURRENT_VNNI", value, RunIntegers, method);

    private void RunIntegers()
    {
        foreach (InstructionSet isa in Machine.InstructionSets)
        {
            Runs_equal_the_reference(isa, WeightFormat.Int8);
            Runs_equal_the_reference(isa, WeightFormat.Int8With8BitInputs);
        }
    }
}
