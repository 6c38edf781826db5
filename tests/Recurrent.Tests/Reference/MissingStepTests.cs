using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Tests.Reference;

/// <summary>A missing step is skipped by the whole model; what it puts out is the last output again, or 0.</summary>
public sealed class MissingStepTests
{
    private const float NaN = float.NaN;

    private static readonly bool[] FirstAndLast = [true, false, false, true];

    [Theory]
    [InlineData(MissingOutput.Repeat, new float[] { 0, 1, 1, 5, 5 })]
    [InlineData(MissingOutput.Zero, new float[] { 0, 1, 0, 5, 0 })]
    public void A_step_of_NaN_carries_the_state_over(MissingOutput output, float[] expected)
    {
        ReferenceSession<float> session = Open(new Masking { Output = output });
        float[] y = Nines(5);
        session.Run([NaN, 1, NaN, 4, NaN], y, 5);
        Assert.Equal(expected, y);
        Assert.Equal(5, State(session)[0]);
    }

    [Fact]
    public void Without_masking_NaN_propagates()
    {
        ReferenceSession<float> session = Open(null);
        float[] y = Nines(3);
        session.Run([1, NaN, 4], y, 3);
        Assert.Equal([1, NaN, NaN], y);
    }

    [Fact]
    public void A_step_is_missing_only_if_all_its_features_are()
    {
        ScaleLayer scale = new([1, 1]);
        ModelDefinition definition = new([scale], masking: new Masking { Output = MissingOutput.Zero });
        float[] y = Nines(4);
        ReferenceModel<float>.Create(definition).OpenSession().Run([NaN, 1, NaN, NaN], y, 2);
        Assert.Equal([NaN, 1, 0, 0], y);
    }

    [Fact]
    public void Another_value_may_stand_for_a_missing_step()
    {
        ReferenceSession<float> session = Open(new Masking { Value = 0 });
        float[] y = Nines(4);
        session.Run([1, -0f, NaN, 0], y, 4);
        // NaN is there, and propagates.
        Assert.Equal([1, 1, NaN, NaN], y);
    }

    [Fact]
    public void The_value_is_compared_before_denormals_are_removed()
    {
        ReferenceSession<float> session = Open(new Masking { Value = 0, Output = MissingOutput.Zero });
        float[] y = Nines(2);
        session.Run([1, 1e-40f], y, 2);
        Assert.Equal([1, 1], y);
    }

    [Fact]
    public void A_mask_and_the_value_both_tell()
    {
        ReferenceSession<float> session = Open(new Masking());
        float[] y = Nines(4);
        session.Run([1, 2, NaN, 4], y, 4, new SequenceMask { Present = [true, false, true, true] });
        Assert.Equal([1, 1, 1, 5], y);
    }

    [Fact]
    public void A_mask_has_the_order_of_the_axes_that_the_input_has()
    {
        ReferenceSession<float> timeMajor = Open(new Masking(), batch: 2);
        float[] y = Nines(4);
        timeMajor.Run([1, 2, 3, 4], y, 2, new SequenceMask { Present = FirstAndLast });
        Assert.Equal([1, 0, 1, 4], y);
        ReferenceSession<float> batchMajor = Open(new Masking(), batch: 2);
        batchMajor.Run([1, 3, 2, 4], y, 2, new SequenceMask { Present = FirstAndLast }, SequenceLayout.BatchMajor);
        Assert.Equal([1, 1, 0, 4], y);
        float[] three = Nines(6);
        batchMajor.Reset();
        batchMajor.Run(
            [1, 2, 4, 1, 2, 4],
            three,
            3,
            new SequenceMask { Present = [true, false, true, false, true, true], Lengths = [3, 2] },
            SequenceLayout.BatchMajor);
        Assert.Equal([1, 1, 5, 0, 2, 0], three);
    }

    [Fact]
    public void A_length_counts_missing_steps_too()
    {
        ReferenceSession<float> session = Open(new Masking(), batch: 2);
        float[] y = Nines(6);
        session.Run([1, 1, NaN, NaN, 4, 4], y, 3, [2, 3]);
        Assert.Equal([1, 1, 1, 1, 0, 5], y);
        Assert.Equal([1, 1, 5, 5], State(session));
    }

    [Fact]
    public void What_is_repeated_is_carried_from_call_to_call_as_part_of_the_state()
    {
        ReferenceSession<float> session = Open(new Masking());
        float[] y = Nines(1);
        session.Step([3], y);
        session.Step([NaN], y);
        Assert.Equal([3], y);
        Assert.Equal([3, 3], State(session));
        ReferenceSession<float> other = Open(new Masking());
        other.LoadState([3, 7]);
        other.Run([NaN], y, 1);
        Assert.Equal([7], y);
        other.Step([1], y);
        Assert.Equal([4], y);
        other.Reset();
        other.Step([NaN], y);
        Assert.Equal([0], y);
        // Also where nobody wants the output.
        other.Run([5, NaN], [], 2);
        Assert.Equal([5, 5], State(other));
    }

    [Fact]
    public void What_is_repeated_is_the_output_to_the_last_bit()
    {
        // A denormal, which a state would not be.
        ModelDefinition definition = new([new ScaleLayer([1e-10f])], masking: new Masking());
        ReferenceSession<float> session = ReferenceModel<float>.Create(definition).OpenSession();
        float[] y = Nines(1);
        session.Step([1e-30f], y);
        float output = y[0];
        Assert.True(float.IsSubnormal(output));
        session.Step([NaN], y);
        Assert.Equal(output, y[0]);
        session.LoadState(State(session));
        session.Step([NaN], y);
        Assert.Equal(output, y[0]);
    }

    [Fact]
    public void A_reverse_direction_does_not_see_missing_steps()
    {
        ReferenceSession<float> session = Open(new Masking(), Direction.Bidirectional);
        float[] y = Nines(8);
        session.Run([NaN, 1, NaN, 4], y, 4);
        Assert.Equal([0, 0, 1, 5, 1, 5, 5, 4], y);
        Assert.Equal([5, 5, 5, 4], State(session));
    }

    [Theory]
    [InlineData(ModelOutput.LastStep, 1f)]
    [InlineData(ModelOutput.FinalState, 3f)]
    public void One_step_of_output_is_of_the_steps_that_are_there(ModelOutput output, float second)
    {
        ReferenceSession<float> session = Open(new Masking(), Direction.Bidirectional, 2, output);
        float[] y = Nines(4);
        session.Run([2, NaN, 1, NaN, NaN, NaN], y, 3);
        Assert.Equal([3, second, 0, 0], y);
        session.Reset(1, 1);
        float[] states = State(session);
        // A run in which nothing is there repeats; past the end of a row there is nothing to repeat.
        session.LoadState(states);
        session.Run([NaN, NaN, NaN, NaN], y, 2, [2, 0]);
        Assert.Equal([3, second, 0, 0], y);
        session.LoadState([1, 2, 3, 4, 5, 6, 7, 8]);
        session.Run([NaN, NaN, NaN, NaN], y, 2, [2, 0]);
        Assert.Equal([3, 4, 0, 0], y);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], State(session));
        ReferenceSession<float> zero =
            Open(new Masking { Output = MissingOutput.Zero }, Direction.Bidirectional, 1, output);
        zero.Run([2, 1, NaN], y.AsSpan(0, 2), 3);
        Assert.Equal([3, second], y[..2]);
        zero.LoadState([1, 2]);
        zero.Run([NaN], y.AsSpan(0, 2), 1);
        Assert.Equal([0, 0], y[..2]);
    }

    [Fact]
    public void A_row_in_which_all_is_missing_keeps_its_state_and_an_empty_one_may_lose_it()
    {
        ReferenceSession<float> session = ReferenceModel<float>.Create(Definition(new Masking(), Direction.Forward))
            .OpenSession(2, EmptyRow.ZeroesState);
        session.LoadState([1, 2, 3, 4]);
        float[] y = Nines(2);
        session.Run([NaN, NaN], y, 1, [1, 0]);
        Assert.Equal([2, 0], y);
        Assert.Equal([1, 2, 0, 0], State(session));
    }

    [Fact]
    public void An_index_may_stand_for_a_missing_step()
    {
        EmbeddingLayer embedding = new(new EmbeddingSpecification { InputSize = 3, OutputSize = 1 }, [100, 1, 2]);
        int[] indices = [1, 0, 2];
        float[] y = Nines(3);
        Create(0).RunIndices(indices, y, 3);
        Assert.Equal([1, 1, 3], y);
        Create(NaN).RunIndices(indices, y, 3);
        Assert.Equal([1, 101, 103], y);
        Create(NaN).RunIndices(indices, y, 3, new SequenceMask { Present = [false, true, true] });
        Assert.Equal([0, 100, 102], y);

        ReferenceSession<float> Create(float value)
        {
            Layer sum = Definition(null, Direction.Forward).Layers[0];
            ModelDefinition definition = new([embedding, sum], masking: new Masking { Value = value });
            return ReferenceModel<float>.Create(definition).OpenSession();
        }
    }

    private static ReferenceSession<float> Open(
        Masking? masking,
        Direction direction = Direction.Forward,
        int batch = 1,
        ModelOutput output = ModelOutput.EveryStep) =>
        ReferenceModel<float>.Create(Definition(masking, direction, output)).OpenSession(batch);

    /// <summary>A running sum.</summary>
    private static ModelDefinition Definition(
        Masking? masking, Direction direction, ModelOutput output = ModelOutput.EveryStep)
    {
        SimpleRnnSpecification sum = new()
        {
            InputSize = 1,
            HiddenSize = 1,
            Activation = Activation.Identity,
            Direction = direction,
        };
        CellWeights weights = new([1], [1]);
        RecurrentLayer layer = new(sum, [.. Enumerable.Repeat(weights, sum.DirectionCount)]);
        return new ModelDefinition([layer], output, masking);
    }

    private static float[] State(ReferenceSession<float> session)
    {
        float[] states = new float[session.Batch * session.Model.StateSize];
        session.SaveState(states);
        return states;
    }

    private static float[] Nines(int count) => [.. Enumerable.Repeat(9f, count)];
}
