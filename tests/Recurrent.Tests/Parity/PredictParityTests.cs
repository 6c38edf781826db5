using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// Predict gives the bits of a new session's run: any model, any batch, lengths, masks and orders of axes, native and in the
/// reference.
/// </summary>
public sealed class PredictParityTests
{
    private const long Work = 1_500_000;

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Predictions_equal_a_new_sessions_run_and_the_reference(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: true), 200, @case =>
        {
            SequenceData data = new(@case with { InitialState = false });
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            float[] expected = data.RunNative(model).Y;
            Require(expected, data.Predict(model), "native");
            Require(expected, data.Predict(model), "native, again");
            Require(expected, data.Predict(data.Reference), "reference");

            void Require(float[] wanted, float[] found, string what) =>
                Bits.RequireSame(wanted, found, $"{isa}, {what}, {@case}", @case.OutputSize);
        });
    }

    /// <summary>Not left to chance: every number of rows up to some blocks of them, in both orders of axes.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Every_number_of_rows_gives_the_same_rows(InstructionSet isa)
    {
        const int Most = 67;
        ModelOptions options = Support.InstructionSets.Use(isa);
        foreach (SequenceLayout layout in Enum.GetValues<SequenceLayout>())
        {
            SequenceData data = new(new SequenceCase
            {
                Seed = 9,
                InputSize = 3,
                Batch = Most,
                Time = 5,
                Layout = layout,
                Ragged = true,
                Masking = new Masking(),
                Layers =
                [
                    new LayerCase { Cell = CellKind.Lstm, Size = 21, Direction = Direction.Bidirectional, TrainedState = true },
                    new LayerCase { Cell = CellKind.Dense, Size = 2 },
                ],
            });
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            float[] whole = data.RunNative(model).Y;
            for (int rows = 1; rows <= Most; rows++)
            {
                int[] some = [.. Enumerable.Range(Most - rows, rows)];
                Bits.RequireSame(
                    data.SelectOutputRows(whole, some),
                    data.SelectRows(some).Predict(model),
                    $"{isa}, {rows} rows, {layout}",
                    2);
            }
        }
    }
}
