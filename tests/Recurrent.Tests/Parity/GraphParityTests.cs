using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// Graphs: the native library computes the bits of the reference, with any number of threads, in any batch, whole or in pieces.
/// </summary>
public sealed class GraphParityTests
{
    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Runs_equal_the_reference(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(), 400, @case =>
        {
            GraphData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            GraphOutcome expected = data.RunReference();
            data.RequireSame(expected, data.RunNative(model), $"{isa}, {@case}");
            using Session session = data.OpenSession(model);
            session.Run(data.Inputs, [], @case.Time, data.Mask, @case.Layout);
            Bits.RequireSame(expected.States, data.StatesOf(session), $"{isa}, without outputs, states, {@case}", 1);
        });
    }

    /// <summary>Chunks and threads only matter where there is more to do.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Larger_runs_equal_the_reference_with_any_number_of_threads(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(layers: 10, time: 150, batch: 20), 40, @case =>
        {
            GraphData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            GraphOutcome expected = data.RunReference();
            for (int threads = 1; threads <= 4; threads++)
            {
                data.RequireSame(expected, data.RunNative(model, threads), $"{isa}, {threads} threads, {@case}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Predictions_equal_the_reference(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(batch: 40), 100, @case =>
        {
            GraphData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            float[][] expected = data.Reference.Predict(data.Inputs, @case.Batch, @case.Time, data.Mask, @case.Layout);
            data.RequireSame(
                expected, model.Predict(data.Inputs, @case.Batch, @case.Time, data.Mask, @case.Layout), $"{isa}, {@case}");
            float[][] outputs = data.Unwritten();
            model.Predict(
                data.Inputs, @case.Batch, @case.Time, data.Buffers(outputs), data.Mask, @case.Layout);
            data.RequireSame(expected, outputs, $"{isa}, into memory, {@case}");
        });
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Steps_and_pieces_equal_the_reference(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(canStep: true), 150, @case =>
        {
            GraphData data = new(@case with { Ragged = false });
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            Assert.True(model.CanStep);
            Random random = new(@case.Seed);
            data.RequirePieces(model, () => 1);
            data.RequirePieces(model, () => random.Next(@case.Time + 1));
        });
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_row_does_not_depend_on_the_batch_or_its_place(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(), 100, @case =>
        {
            GraphData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            GraphOutcome whole = data.RunNative(model);
            Random random = new(@case.Seed);
            int[] rows = [.. Enumerable.Range(0, @case.Batch)];
            random.Shuffle(rows);
            rows = rows[..random.Next(1, @case.Batch + 1)];
            GraphData selected = data.SelectRows(rows);
            GraphOutcome expected = new(
                [.. whole.Outputs.Select((y, k) => data.SelectOutputRows(k, y, rows))],
                [.. rows.SelectMany(row => data.StatesOf(whole.States, row))]);
            selected.RequireSame(
                expected, selected.RunNative(model), $"{isa}, rows {string.Join(' ', rows)} of {@case}");
        });
    }

    /// <summary>The short form of one input and one output.</summary>
    [Fact]
    public void One_input_and_one_output_need_no_names()
    {
        ModelDefinition definition = new(
            [ModelInput.Sequence("sound", 3)],
            [new(new LayerCase { Cell = CellKind.Gru, Size = 4 }.Create(3, new RandomFloats(1))), new(new LastStepLayer(4))],
            [new("level", 2)]);
        using RecurrentModel model = RecurrentModel.Create(definition);
        using Session session = model.OpenSession();
        float[] x = new RandomFloats(2).Inputs(15);
        float[] byName = new float[4];
        session.Run([("sound", x)], [("level", byName)], 5);
        session.Reset();
        float[] y = new float[4];
        session.Run(x, y, 5);
        Assert.Equal(byName, y);
        Assert.Equal(byName, model.Predict(x, 1, 5));
        Assert.Equal(byName, ReferenceModel<float>.Create(definition).Predict(x, 1, 5));
        session.Reset();
        for (int t = 0; t < 5; t++)
        {
            session.Step(x.AsSpan(3 * t, 3), y);
        }

        Assert.Equal(byName, y);
        Assert.Equal(("sound", "level"), (model.Inputs[0].Name, model.Outputs[0].Name));
        Assert.Equal(1, model.OutputSteps(0, 5));
    }
}
