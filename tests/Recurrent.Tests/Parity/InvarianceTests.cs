using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>The same sequence gives the same bits however it is computed.</summary>
public sealed class InvarianceTests
{
    private const long Work = 8_000_000;

    /// <summary>Layers that multiply, and models with everything that they can have.</summary>
    public static TheoryData<InstructionSet, bool> Cases => Support.InstructionSets.With([false, true]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_row_does_not_depend_on_the_batch_or_its_place(InstructionSet isa, bool models)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, minimumBatch: 2, models: models), 60, @case =>
        {
            SequenceData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            Outcome whole = data.RunNative(model);
            Random random = new(@case.Seed);
            for (int attempt = 0; attempt < 3; attempt++)
            {
                data.RequireSameOfSomeRows(whole, model, random, $"{isa}, {@case}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_ragged_row_equals_the_row_alone_at_its_own_length(InstructionSet isa, bool models)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: models), 60, @case =>
        {
            @case = @case with { Ragged = true, EmptyRow = Recurrent.Layers.EmptyRow.KeepsState };
            SequenceData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            Outcome whole = data.RunNative(model);
            for (int row = 0; row < @case.Batch; row++)
            {
                RequireRowAlone(data, whole, row, model);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Threads_do_not_matter(InstructionSet isa, bool models)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, models: models), 40, @case =>
        {
            SequenceData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            Outcome one = data.RunNative(model, threads: 1);
            for (int threads = 2; threads <= 4; threads++)
            {
                data.RequireSame(one, data.RunNative(model, threads), $"{isa}, {threads} threads, {@case}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_pieces_and_the_whole_are_the_same(InstructionSet isa, bool models)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(Work, forwardOnly: true, ragged: false, models: models), 60, @case =>
        {
            SequenceData data = new(@case);
            using RecurrentModel model = RecurrentModel.Create(data.Definition, options);
            Outcome whole = data.RunNative(model);
            Random random = new(@case.Seed);
            // Single steps, then pieces of random lengths, empty ones among them.
            RequirePieces(data, whole, model, () => 1, "steps");
            RequirePieces(data, whole, model, () => random.Next(@case.Time + 1), "pieces");
            RequirePieces(data, whole, model, () => random.Next(@case.Time + 1), "moving pieces", move: true);
        });
    }

    /// <summary>Shapes that the reference would take too long for.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Instruction_sets_do_not_matter(bool models)
    {
        IReadOnlyList<InstructionSet> available = Machine.InstructionSets;
        Assert.SkipWhen(available.Count < 2, $"This machine has one instruction set ({Machine.Processor}).");
        Property.Check(SequenceCases.Arbitrary(4 * Work, models: models), 40, @case =>
        {
            SequenceData data = new(@case);
            Outcome first = Run(available[0]);
            foreach (InstructionSet isa in available.Skip(1))
            {
                data.RequireSame(first, Run(isa), $"{available[0]} and {isa}, {@case}");
            }

            Outcome Run(InstructionSet isa)
            {
                using RecurrentModel model =
                    RecurrentModel.Create(data.Definition, new ModelOptions { InstructionSet = isa });
                return data.RunNative(model);
            }
        });
    }

    private static void RequireRowAlone(SequenceData data, Outcome whole, int row, RecurrentModel model)
    {
        SequenceCase @case = data.Case;
        int length = data.Lengths[row];
        SequenceData alone = data.SelectRows([row]);
        float[] y = data.SelectOutputRows(whole.Y, [row]);
        if (!data.PutsOutOneStep)
        {
            Assert.All(
                y[(length * @case.OutputSize)..], value => Assert.Equal(0, BitConverter.SingleToInt32Bits(value)));
            y = y[..(length * @case.OutputSize)];
        }

        SequenceData unpadded = alone.SelectSteps(0, length);
        using Session session = alone.OpenSession(model);
        float[] expected = unpadded.RunNative(session);
        alone.RequireSame(
            new Outcome(expected, alone.StatesOf(session)),
            new Outcome(y, data.StatesOf(whole.States, row).ToArray()),
            $"row {row} of length {length} of {@case}");
    }

    /// <summary>Pieces, every other one in a second session if they move.</summary>
    private static void RequirePieces(
        SequenceData data, Outcome whole, RecurrentModel model, Func<int> nextLength, string what, bool move = false)
    {
        SequenceCase @case = data.Case;
        ReferenceSession<float> reference = data.OpenReference();
        using Session first = data.OpenSession(model);
        using Session second = data.OpenSession(model);
        Session session = first;
        for (int start = 0; start < @case.Time;)
        {
            int length = Math.Min(nextLength(), @case.Time - start);
            SequenceData piece = data.SelectSteps(start, length);
            // A mask needs a run.
            bool step = what == "steps" && piece.Present.Length == 0;
            float[] y = step ? piece.StepNative(session) : piece.RunNative(session);
            // Of a model that puts out one step, each piece has an output of its own.
            float[] expected = !data.PutsOutOneStep ? data.SelectSteps(whole.Y, @case.OutputSize, start, length)
                : step ? piece.StepReference(reference)
                : piece.RunReference(reference);
            Bits.RequireSame(expected, y, $"{what}, {length} from {start}, {@case}", @case.OutputSize);
            start += length;
            if (move)
            {
                float[] states = data.StatesOf(session);
                session = session == first ? second : first;
                session.LoadState(states);
            }
        }

        Bits.RequireSame(
            whole.States, data.StatesOf(session), $"{what}, final states, {@case}", Math.Max(1, model.StateSize));
    }
}
