using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>The reference takes and refuses what the native session does.</summary>
public sealed class ReferenceSessionTests
{
    [Fact]
    public void Rows_past_their_end_put_out_zero_and_keep_their_state()
    {
        // A running sum, so that every number is known.
        SimpleRnnSpecification sum = new() { InputSize = 1, HiddenSize = 1, Activation = Activation.Identity };
        RecurrentLayer layer = new(sum, new CellWeights([1], [1]));
        ReferenceSession<float> session = ReferenceModel<float>.Create(layer).OpenSession(3);
        session.LoadState([10, 20, 30]);
        float[] y = new float[9];
        session.Run([1, 1, 1, 2, 2, 2, 4, 4, 4], y, 3, [3, 1, 0]);
        Assert.Equal([11, 21, 0, 13, 0, 0, 17, 0, 0], y);
        float[] states = new float[3];
        session.SaveState(states);
        Assert.Equal([17, 21, 30], states);
    }

    [Fact]
    public void A_reverse_direction_starts_at_the_last_valid_step_of_each_row()
    {
        SimpleRnnSpecification sum = new()
        {
            InputSize = 1,
            HiddenSize = 1,
            Activation = Activation.Identity,
            Direction = Direction.Reverse,
        };
        RecurrentLayer layer = new(sum, new CellWeights([1], [1]));
        ReferenceSession<float> session = ReferenceModel<float>.Create(layer).OpenSession(2);
        float[] y = new float[6];
        session.Run([1, 10, 2, 20, 4, 40], y, 3, [3, 2]);
        Assert.Equal([7, 30, 6, 20, 4, 0], y);
        float[] states = new float[2];
        session.SaveState(states);
        Assert.Equal([7, 30], states);
    }

    [Fact]
    public void An_empty_row_ends_with_zero_if_asked_for()
    {
        SimpleRnnSpecification sum = new() { InputSize = 1, HiddenSize = 1, Activation = Activation.Identity };
        RecurrentLayer layer = new(sum, new CellWeights([1], [1]));
        ReferenceSession<float> session = ReferenceModel<float>.Create(layer).OpenSession(2, EmptyRow.ZeroesState);
        session.LoadState([10, 20]);
        session.Run([1, 1], new float[2], 1, [1, 0]);
        float[] states = new float[2];
        session.SaveState(states);
        Assert.Equal([11, 0], states);
    }

    [Fact]
    public void Batch_major_is_the_transposed_of_time_major()
    {
        SequenceData data = new(new SequenceCase
        {
            Seed = 2,
            InputSize = 2,
            Batch = 3,
            Time = 4,
            Layers = [new LayerCase { Cell = CellKind.Gru, Size = 5, Direction = Direction.Bidirectional }],
        });
        float[] batchMajor = new float[24];
        for (int i = 0; i < 24; i++)
        {
            (int t, int row, int feature) = (i / 6, i / 2 % 3, i % 2);
            batchMajor[(((row * 4) + t) * 2) + feature] = data.X[i];
        }

        float[] expected = data.RunReference().Y;
        float[] actual = new float[expected.Length];
        data.Reference.OpenSession(3).Run(batchMajor, actual, 4, SequenceLayout.BatchMajor);
        for (int i = 0; i < expected.Length; i++)
        {
            (int t, int row, int feature) = (i / 30, i / 10 % 3, i % 10);
            Assert.Equal(expected[i], actual[(((row * 4) + t) * 10) + feature]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_equal_the_whole(bool models) =>
        Property.Check(
            SequenceCases.Arbitrary(200_000, forwardOnly: true, ragged: false, models: models),
            40,
            @case =>
            {
                SequenceData data = new(@case with { Mask = false, Output = ModelOutput.EveryStep });
                Outcome whole = data.RunReference();
                ReferenceSession<float> session = data.OpenReference();
                for (int t = 0; t < @case.Time; t++)
                {
                    Bits.RequireSame(
                        data.SelectSteps(whole.Y, @case.OutputSize, t, 1),
                        data.SelectSteps(t, 1).StepReference(session),
                        $"step {t}, {@case}",
                        @case.OutputSize);
                }

                float[] states = new float[whole.States.Length];
                session.SaveState(states);
                data.RequireSame(whole, whole with { States = states }, $"steps, {@case}");
            });

    [Fact]
    public void A_reverse_direction_takes_whole_sequences_only()
    {
        ReferenceSession<float> session = Reverse().OpenSession();
        NotSupportedException step =
            Assert.Throws<NotSupportedException>(() => session.Step(new float[2], new float[3]));
        Assert.Contains("layer 0 has the direction Reverse", step.Message, StringComparison.Ordinal);
        session.Run(new float[4], new float[6], 2);
        NotSupportedException piece =
            Assert.Throws<NotSupportedException>(() => session.Run(new float[4], new float[6], 2));
        Assert.Contains("whole sequence", piece.Message, StringComparison.Ordinal);
        session.Reset();
        session.Run(new float[4], new float[6], 2);
    }

    [Fact]
    public void New_states_of_some_rows_begin_no_sequence_in_a_reverse_direction()
    {
        ReferenceSession<float> session = Reverse().OpenSession(2);
        session.Run(new float[8], [], 2);
        session.Reset(0, 0);
        Assert.Throws<NotSupportedException>(() => session.Run(new float[8], [], 2));
        session.Reset(1, 1);
        Assert.Throws<NotSupportedException>(() => session.Run(new float[8], [], 2));
        session.LoadState(0, 1, new float[6]);
        Assert.Throws<NotSupportedException>(() => session.Run(new float[8], [], 2));
        session.LoadState(0, 2, new float[12]);
        session.Run(new float[8], [], 2);
        session.Reset(0, 2);
        session.Run(new float[8], [], 2);
        session.SetState(0, Direction.Reverse, StateKind.Cell, new float[6]);
        session.Run(new float[8], [], 2);
    }

    [Fact]
    public void Bad_arguments_are_refused_by_name()
    {
        ReferenceModel<float> model = ReferenceModel<float>.Create(
            new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(2, new RandomFloats(1)));
        ReferenceSession<float> session = model.OpenSession(4);
        float[] memory = new float[64];
        Assert.Throws<ArgumentException>("x", () => session.Step(new float[7], new float[12]));
        Assert.Throws<ArgumentException>("y", () => session.Step(new float[8], new float[11]));
        Assert.Throws<ArgumentException>("y", () => session.Step(memory.AsSpan(0, 8), memory.AsSpan(7, 12)));
        Assert.Throws<ArgumentOutOfRangeException>("time", () => session.Run(memory, memory, -1));
        Assert.Throws<ArgumentException>(
            "lengths", () => session.Run(new float[16], new float[24], 2, [1, 2, 3, 0]));
        Assert.Throws<ArgumentOutOfRangeException>("batch", () => model.OpenSession(-1));
    }

    [Fact]
    public void Half_precision_runs_too()
    {
        DenseLayer layer = new(new DenseSpecification { InputSize = 1, OutputSize = 1 }, new DenseWeights([0.5f]));
        Half[] y = new Half[1];
        ReferenceModel<Half>.Create(layer).OpenSession().Step([(Half)3], y);
        Assert.Equal((Half)1.5, y[0]);
    }

    private static ReferenceModel<float> Reverse() => ReferenceModel<float>.Create(
        new LayerCase { Cell = CellKind.Lstm, Size = 3, Direction = Direction.Reverse }
            .Create(2, new RandomFloats(1)));
}
