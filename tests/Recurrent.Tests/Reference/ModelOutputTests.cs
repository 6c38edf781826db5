using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Tests.Reference;

/// <summary>One step of output for a sequence: that of the last step, or what is made of the final states.</summary>
public sealed class ModelOutputTests
{
    private static readonly ScaleLayer Tenfold = new([10, 10]);

    [Fact]
    public void The_last_step_is_that_of_each_row()
    {
        ReferenceSession<float> session = Open(ModelOutput.LastStep, Direction.Bidirectional, batch: 3);
        float[] y = [9, 9, 9, 9, 9, 9];
        session.Run([1, 1, 1, 2, 2, 2, 4, 4, 4], y, 3, [3, 1, 0]);
        // Forward 1 + 2 + 4, reverse the last step alone; a row without steps gives 0.
        Assert.Equal([70, 40, 10, 10, 0, 0], y);
    }

    [Fact]
    public void The_final_state_of_a_reverse_direction_belongs_to_the_first_step()
    {
        ReferenceSession<float> session = Open(ModelOutput.FinalState, Direction.Bidirectional, batch: 3);
        float[] y = [9, 9, 9, 9, 9, 9];
        session.Run([1, 2, 4, 1, 2, 4, 1, 2, 4], y, 3, [3, 2, 0], SequenceLayout.BatchMajor);
        Assert.Equal([70, 70, 30, 30, 0, 0], y);
    }

    [Fact]
    public void Layers_before_the_last_recurrent_one_run_over_all_steps()
    {
        ModelDefinition definition = new([Tenfold, Sum(2, Direction.Forward)], ModelOutput.FinalState);
        ReferenceSession<float> session = ReferenceModel<float>.Create(definition).OpenSession();
        float[] y = new float[1];
        session.Run([1, 1, 2, 2, 4, 4], y, 3);
        Assert.Equal([140], y);
    }

    [Theory]
    [InlineData(ModelOutput.LastStep)]
    [InlineData(ModelOutput.FinalState)]
    public void A_step_gives_its_own_output_and_a_piece_that_of_its_last_step(ModelOutput output)
    {
        ReferenceSession<float> session = Open(output, Direction.Forward, batch: 1);
        float[] y = new float[2];
        session.Step([1], y);
        Assert.Equal([10, 10], y);
        session.Run([2, 4], y, 2);
        Assert.Equal([70, 70], y);
        session.Run([8], [], 1);
        session.Run([16], y, 1);
        Assert.Equal([310, 310], y);
    }

    [Fact]
    public void A_run_of_no_steps_gives_zero_and_leaves_the_states()
    {
        ReferenceSession<float> session = Open(ModelOutput.FinalState, Direction.Forward, batch: 1);
        float[] y = new float[2];
        session.Step([1], y);
        session.Run([], y, 0);
        Assert.Equal([0, 0], y);
        session.Step([1], y);
        Assert.Equal([20, 20], y);
    }

    [Theory]
    [InlineData(3, SequenceLayout.TimeMajor)]
    [InlineData(12, SequenceLayout.BatchMajor)]
    public void An_output_of_all_steps_is_refused(int length, SequenceLayout layout)
    {
        ReferenceSession<float> session = Open(ModelOutput.LastStep, Direction.Forward, batch: 2);
        ArgumentException exception = Assert.Throws<ArgumentException>(
            "y", () => session.Run(new float[6], new float[length], 3, layout));
        Assert.Contains("[batch, OutputSize] = [2, 2]", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A running sum of one feature, given twice by a forward layer, then ten times that.</summary>
    private static ReferenceSession<float> Open(ModelOutput output, Direction direction, int batch)
    {
        Layer sum = direction == Direction.Bidirectional ? Sum(1, direction) : Sum(1, direction, hidden: 2);
        return ReferenceModel<float>.Create(new ModelDefinition([sum, Tenfold], output)).OpenSession(batch);
    }

    private static RecurrentLayer Sum(int inputs, Direction direction, int hidden = 1)
    {
        SimpleRnnSpecification sum = new()
        {
            InputSize = inputs,
            HiddenSize = hidden,
            Activation = Activation.Identity,
            Direction = direction,
        };
        float[] ones = [.. Enumerable.Repeat(1f, inputs * hidden)];
        CellWeights weights = new(ones, hidden == 1 ? [1] : [1, 0, 0, 1]);
        return new RecurrentLayer(sum, [.. Enumerable.Repeat(weights, sum.DirectionCount)]);
    }
}
