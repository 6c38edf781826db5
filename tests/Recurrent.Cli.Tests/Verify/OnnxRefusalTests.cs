using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

public sealed class OnnxRefusalTests
{
    [Theory]
    [InlineData("Input W must have shape", "LSTM node 'cell': Input W must have shape {1,8,2}, found {1,12,2}.")]
    [InlineData("Input W must have shape {1,8,2}. Actual:{1,12,2}", "W: expected the shape [1, 8, 2]")]
    [InlineData("Input initial_h must have shape", "input 'initial_h': expected the shape [1, 3, 3], found [1, 3, 4].")]
    [InlineData("Input X must have 3 dimensions only", "X: expected the shape [time, batch, features]")]
    [InlineData("Invalid value/s in sequence_lens", "input 'sequence_lens': expected values from 0 to 4, found 5.")]
    [InlineData("Invalid 'direction' argument", "direction: expected forward, reverse or bidirectional, found 'both'")]
    [InlineData("activation_func_names.size()", "activations: expected 3 for each of 2 directions, found 3")]
    [InlineData("clip_ > 0", "clip: expected a value above 0, found 0")]
    [InlineData("no such thing", "there is No Such Thing here")]
    public void A_message_that_speaks_of_the_same_thing_gives_the_same_reason(string reason, string message) =>
        Assert.True(OnnxRefusal.IsTheSame(reason, message));

    [Theory]
    [InlineData("Input W must have shape", "Input R must have shape {1,8,2}, found {1,12,2}.")]
    [InlineData("Input W must have shape", "layer_0_W is missing")]
    [InlineData("Input W must have shape", "Weights: expected the shape [1, 8, 2]")]
    [InlineData("Input initial_h must have shape", "input 'initial_h_2': expected the shape [1, 3, 3]")]
    [InlineData("Invalid value/s in sequence_lens", "lengths: expected values from 0 to 4, found 5.")]
    [InlineData("Invalid 'direction' argument", "activations: expected 3 for each of 2, found 3")]
    [InlineData("no such thing", "something else")]
    public void A_message_that_speaks_of_something_else_does_not(string reason, string message) =>
        Assert.False(OnnxRefusal.IsTheSame(reason, message));
}
