using Recurrent.Layers;

namespace Recurrent.Tests.Inference;

/// <summary>Calls with lists of inputs and outputs: what is refused, and what is not wanted.</summary>
public sealed class BufferTests
{
    private static readonly ModelDefinition Definition = new(
        [ModelInput.Sequence("x", 2), ModelInput.Row("static", 1), ModelInput.Indices("word", 3)],
        [
            new(new ScaleLayer([2, 3]), 0),
            new(new ScaleLayer([5]), 1),
            new(new EmbeddingLayer(new() { InputSize = 3, OutputSize = 1 }, [7, 8, 9]), 2),
        ],
        [new("a", 3), new("b", 4), new("c", 5)]);

    [Fact]
    public void Inputs_and_outputs_come_by_name_or_position_and_outputs_may_be_left_out()
    {
        using RecurrentModel model = RecurrentModel.Create(Definition);
        using Session session = model.OpenSession(2);
        float[] x = [1, 2, 3, 4];
        float[] row = [10, 20];
        int[] word = [2, 0];
        float[] a = new float[4];
        float[] b = new float[2];
        float[] c = new float[2];
        session.Step([x, row, word], [a, b, c]);
        Assert.Equal([2, 6, 6, 12], a);
        Assert.Equal([50, 100], b);
        Assert.Equal([9, 7], c);
        float[] other = new float[2];
        session.Step([("word", word), ("x", x), ("static", row)], [("c", other)]);
        Assert.Equal(c, other);
        float[] untouched = [1, 1];
        session.Run([x, row, word], [new OutputBuffer<float>("a", default), ("b", b)], 1);
        session.Run([x, row, word], [Memory<float>.Empty, untouched], 1);
        Assert.Equal(b, untouched);
        float[][] predicted = model.Predict([x, row, word], 2, 1);
        Assert.Equal([a, b, c], predicted);
    }

    [Fact]
    public void Wrong_calls_are_refused_and_change_nothing()
    {
        RecurrentModel model = RecurrentModel.Create(Definition);
        Session session = model.OpenSession();
        float[] x = [1, 2];
        float[] row = [10];
        int[] word = [2];
        float[] a = new float[2];
        Refuse("x", "found x alone", () => session.Step(x, a));
        Refuse("indices", "found indices alone", () => session.StepIndices(word, a));
        Refuse("x", "found x alone", () => session.Run(x, a, 1));
        Refuse("x", "found x alone", () => model.Predict(x, 1, 1));
        Refuse("inputs", "none for word (input 2)", () => session.Step([x, row], [a]));
        Refuse("inputs[2]", "expected indices for word, found features", () => session.Step([x, row, row], [a]));
        Refuse("inputs[2]", "inputs[2][0]: expected 0 to 2", () => session.Step([x, row, new[] { 3 }], [a]));
        Refuse("outputs[0]", "apart from inputs[0]", () => session.Step([x, row, word], [x]));
        int[] lengths = [2];
        Refuse("mask.Lengths", "found 2", () => session.Run(
            [x, row, word], [a], 1, new SequenceMask { Lengths = lengths }));
        Refuse("time", "found -1", () => model.Predict([x, row, word], 1, -1));
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Step([x, row, word], [a]));
        Assert.Throws<ObjectDisposedException>(() => session.Run([x, row, word], [a], 1));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Predict([x, row, word], 1, 1));
        Assert.Throws<ObjectDisposedException>(() => model.Predict([x, row, word], 1, 1, [a]));
    }

    [Fact]
    public void A_model_that_needs_whole_sequences_says_which_layer_is_why()
    {
        using RecurrentModel model = RecurrentModel.Create(new ModelDefinition(
            [ModelInput.Sequence("x", 1), ModelInput.Sequence("z", 1)],
            [new(new LastStepsLayer(1, 2), 0)],
            [new("y", 2)]));
        using Session session = model.OpenSession();
        float[] x = [1, 2, 3];
        float[] y = new float[2];
        Assert.Contains(
            "layer 0, a LastStepsLayer, puts out the last steps",
            Assert.Throws<NotSupportedException>(() => session.Step([x.AsMemory(0, 1), x.AsMemory(0, 1)], [y])).Message,
            StringComparison.Ordinal);
        session.Run([x, x], [y], 3);
        Assert.Equal([2, 3], y);
        Assert.Contains(
            "layer 0, a LastStepsLayer",
            Assert.Throws<NotSupportedException>(() => session.Run([x, x], [y], 3)).Message,
            StringComparison.Ordinal);
    }

    private static void Refuse(string argument, string text, Action call)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(call);
        Assert.Equal(argument, exception.ParamName);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }
}
