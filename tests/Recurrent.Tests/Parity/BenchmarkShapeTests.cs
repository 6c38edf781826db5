using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>A shape that is benchmarked is a shape that is checked: every row of bench/shapes.json that is a cell.</summary>
public sealed class BenchmarkShapeTests
{
    // Multiply-adds of a shape on one instruction set; the steps are cut to that.
    private const long Work = 25_000_000;
    private const int FewestSteps = 2;
    private const int MostSteps = 24;

    public static TheoryData<BenchmarkShape> Shapes => [.. Cells()];

    /// <summary>One shape for each set of weights.</summary>
    public static TheoryData<BenchmarkShape> Weights =>
        [.. Cells().DistinctBy(shape => (shape.Cell, shape.Input, shape.Hidden, shape.Layers, shape.Directions))];

    [Fact]
    public void The_file_has_the_workloads_of_the_goals()
    {
        Assert.Superset(
            new HashSet<string> { "stream", "sequence", "batched", "stack", "tiny", "train", "train_yearly", "train_monthly" },
            BenchmarkShape.All().Select(shape => shape.Workload).ToHashSet());
    }

    /// <summary>Instruction sets against one another in all rows, and the first, middle and last row against the reference.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_instruction_set_gives_the_bits_of_the_reference(BenchmarkShape shape)
    {
        SequenceData data = new(shape.ToCase(StepsOf(shape)));
        int[] rows = [.. new[] { 0, shape.Batch / 2, shape.Batch - 1 }.Distinct()];
        Outcome reference = data.SelectRows(rows).RunReference();
        Outcome? first = null;
        foreach (InstructionSet isa in Machine.InstructionSets)
        {
            using RecurrentModel model =
                RecurrentModel.Create(data.Layers, new ModelOptions { InstructionSet = isa });
            Outcome outcome = shape.IsStreaming ? RunSteps(data, model) : data.RunNative(model);
            first ??= outcome;
            data.RequireSame(first, outcome, $"{isa} against {Machine.InstructionSets[0]}, {shape}");
            Bits.RequireSame(
                reference.Y,
                data.SelectRows(outcome.Y, data.Case.OutputSize, rows),
                $"{isa}, output of rows {string.Join(", ", rows)}, {shape}",
                data.Case.OutputSize);
            Bits.RequireSame(
                reference.States,
                [.. rows.SelectMany(row => data.StatesOf(outcome.States, row).ToArray())],
                $"{isa}, states of rows {string.Join(", ", rows)}, {shape}",
                model.StateSize);
        }
    }

    /// <summary>
    /// A model costs its weights, with hidden units filled up to whole vectors, and little else: the caller's own order
    /// is not kept beside the packed one.
    /// </summary>
    [Theory]
    [MemberData(nameof(Weights))]
    public void Packed_weights_are_at_most_a_tenth_larger_than_padded_ones(BenchmarkShape shape)
    {
        SequenceData data = new(shape.ToCase(1) with { Batch = 1 });
        foreach (InstructionSet isa in Machine.InstructionSets)
        {
            using RecurrentModel model =
                RecurrentModel.Create(data.Layers, new ModelOptions { InstructionSet = isa });
            long padded = data.Layers.Cast<RecurrentLayer>().Sum(layer => PaddedBytes(layer, InstructionSets.VectorWidth(isa)));
            Assert.True(
                model.PackedBytes <= 1.1 * padded,
                $"{isa}: expected at most 1.1 * {padded} bytes, found {model.PackedBytes}.");
        }
    }

    /// <summary>All but captures, which the peers check against one another: they have more than one cell.</summary>
    private static IEnumerable<BenchmarkShape> Cells() => BenchmarkShape.All().Where(shape => shape.Workload != "capture");

    private static int StepsOf(BenchmarkShape shape)
    {
        long step = shape.ToCase(1).WorkPerStep * shape.Batch;
        return (int)Math.Clamp(Work / step, FewestSteps, shape.IsStreaming ? 4 : MostSteps);
    }

    private static Outcome RunSteps(SequenceData data, RecurrentModel model)
    {
        using Session session = data.OpenSession(model);
        float[] y = new float[data.Case.Time * data.Case.Batch * data.Case.OutputSize];
        int inputs = data.Case.Batch * data.Case.InputSize;
        int outputs = data.Case.Batch * data.Case.OutputSize;
        for (int t = 0; t < data.Case.Time; t++)
        {
            session.Step(data.X.AsSpan(t * inputs, inputs), y.AsSpan(t * outputs, outputs));
        }

        return new Outcome(y, data.StatesOf(session));
    }

    private static long PaddedBytes(RecurrentLayer layer, int vector)
    {
        RecurrentSpecification specification = layer.Specification;
        long units = (specification.HiddenSize + vector - 1) / vector * vector;
        long columns = specification.InputSize + specification.StateSize + 2;
        return sizeof(float) * specification.DirectionCount * specification.GateCount * units * columns;
    }
}
