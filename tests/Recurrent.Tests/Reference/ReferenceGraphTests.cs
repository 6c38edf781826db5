using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>What graphs compute, by hand and however they are cut.</summary>
public sealed class ReferenceGraphTests
{
    private static readonly ModelInput[] Inputs = [ModelInput.Sequence("x", 2), ModelInput.Row("static", 1)];

    // [time 3, batch 2, 2]; row 1 has two steps.
    private static readonly float[] X = [1, 2, 10, 20, 3, 4, 30, 40, 5, 6, 0, 0];
    private static readonly float[] Static = [7, 8];
    private static readonly int[] Lengths = [3, 2];

    [Fact]
    public void Every_layer_computes_what_its_name_says()
    {
        Assert.Equal(
            [1, 2, 2, 1, 10, 20, 20, 10, 3, 4, 4, 3, 30, 40, 40, 30, 5, 6, 6, 5, 0, 0, 0, 0],
            Run([new(new ConcatenationLayer(4), 0, 2)], swapped: true));
        Assert.Equal([3, 6, 30, 60, 9, 12, 90, 120, 15, 18, 0, 0], Run([new(new SumLayer(2), 0, 0, 0)]));
        Assert.Equal([1, 4, 100, 400, 9, 16, 900, 1600, 25, 36, 0, 0], Run([new(new ProductLayer(2), 0, 0)]));
        Assert.Equal([2, 20, 4, 40, 6, 0], Run([new(new SliceLayer(2, 1, 1), 0)]));
        Assert.Equal([5, 6, 30, 40], Run([new(new LastStepLayer(2), 0)]));
        Assert.Equal([7, 8, 7, 8, 7, 0], Run([new(new RepeatLayer(1), 1)]));
        Assert.Equal([7, 8, 7, 8], Run([new(new RepeatLayer(1, 2), 1)]));
        Assert.Equal([5, 6, 30, 40, 3, 4, 10, 20, 1, 2, 0, 0], Run([new(new ReverseLayer(2), 0)]));
        Assert.Equal([3, 4, 10, 20, 5, 6, 30, 40], Run([new(new LastStepsLayer(2, 2), 0)]));
        Assert.Equal(
            [1, 2, 10, 20, 3, 4, 30, 40, 5, 6, 0, 0], Run([new(new LastStepsLayer(2, 9), 0)])[..12]);
        Assert.Equal(
            [3, 4, 10, 20],
            Run([new(new LastStepsLayer(2, 2), 0), new(new ReverseLayer(2)), new(new LastStepLayer(2))]));

        static float[] Run(LayerNode[] layers, bool swapped = false)
        {
            // x with its features in the other order, if a layer wants to see which part is which.
            LayerNode[] before = swapped
                ? [new(new DenseLayer(new() { InputSize = 2, OutputSize = 2 }, new DenseWeights([0, 1, 1, 0])), 0)]
                : [];
            ModelDefinition model = new(Inputs, [.. before, .. layers], [new("y", 1 + before.Length + layers.Length)]);
            return ReferenceModel<float>.Create(model).Predict(
                [X, Static], 2, 3, new SequenceMask { Lengths = Lengths })[0];
        }
    }

    [Fact]
    public void The_final_state_has_both_directions()
    {
        SimpleRnnSpecification rnn = new()
        {
            InputSize = 1,
            HiddenSize = 1,
            Direction = Direction.Bidirectional,
            Activation = Activation.Identity,
        };
        // h' = x + 2 h there, and x + 3 h back.
        RecurrentLayer layer = new(rnn, new([1], [2]), new([1], [3]));
        ModelDefinition model = new(
            [ModelInput.Sequence("x", 1)],
            [new(layer), new(new FinalStateLayer(2)), new(new LastStepLayer(2), 1)],
            [new("final", 2), new("last", 3)]);
        float[][] outputs = ReferenceModel<float>.Create(model).Predict([new float[] { 1, 2, 3 }], 1, 3);
        Assert.Equal([3 + (2 * (2 + (2 * 1))), 1 + (3 * (2 + (3 * 3)))], outputs[0]);
        Assert.Equal([3 + (2 * (2 + (2 * 1))), 3], outputs[1]);
    }

    [Fact]
    public void A_row_without_steps_puts_out_zero_even_if_it_needs_none()
    {
        ModelDefinition model = new(
            Inputs, [new(new ActivationLayer(1, Activation.Sigmoid), 1), new(new LastStepLayer(2), 0)], [new("a", 2), new("b", 3)]);
        float[][] outputs = ReferenceModel<float>.Create(model).Predict(
            [X, Static], 2, 3, new SequenceMask { Lengths = (int[])[3, 0] });
        Assert.Equal(0, BitConverter.SingleToInt32Bits(outputs[0][1]));
        Assert.NotEqual(0, outputs[0][0]);
        Assert.Equal([5, 6, 0, 0], outputs[1]);
        Assert.All(ReferenceModel<float>.Create(model).Predict([Array.Empty<float>(), Static], 2, 0), y => Assert.All(y, v => Assert.Equal(0, v)));
    }

    [Fact]
    public void A_step_is_missing_if_it_is_in_any_input()
    {
        ModelDefinition model = new(
            [ModelInput.Sequence("a", 1), ModelInput.Indices("b", 3)],
            [
                new(new EmbeddingLayer(new() { InputSize = 3, OutputSize = 1 }, [100, 200, 300]), 1),
                new(new SumLayer(1), 0, 2),
                new(new ReverseLayer(1)),
                new(new LastStepLayer(1), 3),
            ],
            [new("sum", 3), new("reversed", 4), new("last", 5)],
            new Masking { Value = 2, Output = MissingOutput.Repeat });
        ReferenceSession<float> session = ReferenceModel<float>.Create(model).OpenSession();
        float[] sum = new float[5];
        float[] reversed = new float[5];
        float[] last = new float[1];
        session.Run(
            [("b", new[] { 0, 0, 1, 2, 1 }), ("a", new float[] { 1, 2, 3, 4, 2 })],
            [sum, reversed, last],
            5);
        Assert.Equal([101, 101, 203, 203, 203], sum);
        Assert.Equal([203, 203, 101, 101, 101], reversed);
        Assert.Equal([203], last);
        float[] states = new float[3];
        session.SaveState(states);
        Assert.Equal([203, 101, 203], states);
        session.LoadState(states);
        session.Run([new float[] { 2 }, new[] { 0 }], [sum.AsMemory(1, 1), reversed.AsMemory(0, 1), last], 1);
        Assert.Equal([203, 101, 203], [sum[1], reversed[0], last[0]]);
    }

    [Fact]
    public void Whole_pieces_and_steps_are_the_same() =>
        Property.Check(GraphCases.Arbitrary(canStep: true), 150, @case =>
        {
            GraphData data = new(@case with { Ragged = false });
            Assert.True(data.Definition.CanStep);
            GraphOutcome whole = data.RunReference();
            Random random = new(@case.Seed);
            RequirePieces(data, whole, () => 1);
            RequirePieces(data, whole, () => random.Next(@case.Time + 1));
        });

    [Fact]
    public void A_ragged_row_equals_the_row_alone_at_its_own_length() =>
        Property.Check(GraphCases.Arbitrary(), 200, @case =>
        {
            GraphData data = new(@case with { Ragged = true, EmptyRow = EmptyRow.KeepsState });
            GraphOutcome whole = data.RunReference();
            for (int row = 0; row < @case.Batch; row++)
            {
                // As part of a batch, a row may be too short for a window.
                if (data.Lengths[row] > 0 && !data.Definition.Graph.StepRules.Takes(data.Lengths[row]))
                {
                    continue;
                }

                GraphData alone = data.SelectRows([row]);
                GraphData unpadded = alone.SelectSteps(0, data.Lengths[row]);
                ReferenceSession<float> session = alone.OpenReference();
                float[][] outputs = unpadded.RunReference(session);
                string what = $"row {row} of length {data.Lengths[row]} of {@case}";
                Bits.RequireSame(
                    alone.StatesOf(session), data.StatesOf(whole.States, row), $"{what}, states", 1);
                for (int k = 0; k < outputs.Length; k++)
                {
                    float[] padded = data.SelectOutputRows(k, whole.Outputs[k], [row]);
                    Bits.RequireSame(outputs[k], padded.AsSpan(0, outputs[k].Length), $"{what}, output {k}", 1);
                    Assert.All(padded[outputs[k].Length..], v => Assert.Equal(0, BitConverter.SingleToInt32Bits(v)));
                }
            }
        });

    [Fact]
    public void A_gradient_session_puts_out_what_a_session_does() =>
        Property.Check(GraphCases.Arbitrary(), 150, @case =>
        {
            GraphData data = new(@case);
            GraphOutcome expected = data.RunReference();
            float[][] outputs = data.Unwritten();
            float[] states = new float[expected.States.Length];
            ReferenceGradientSession<float>.Open(data.Definition).Forward(
                new GradientBatch<float>
                {
                    Inputs = data.Inputs,
                    Time = @case.Time,
                    Batch = @case.Batch,
                    Layout = @case.Layout,
                    Lengths = data.Lengths,
                    Present = data.Present,
                    InitialStates = data.States,
                },
                data.Buffers(outputs),
                states);
            data.RequireSame(expected, new GraphOutcome(outputs, states), $"{@case}");
        });

    [Fact]
    public void Calls_that_name_what_is_not_there_are_refused()
    {
        ModelDefinition definition = new(
            Inputs, [new(new SoftmaxLayer(2), 0), new(new SoftmaxLayer(1), 1)], [new("a", 2), new("b", 3)]);
        ReferenceSession<float> session = ReferenceModel<float>.Create(definition).OpenSession();
        float[] x = [1, 2];
        float[] row = [3];
        float[] a = new float[2];
        float[] b = new float[1];
        session.Step([("static", row), ("x", x)], [("b", b)]);
        Assert.Equal(1, b[0]);
        Refuse("x", "the model has 2 inputs and 2 outputs; found x alone", () => session.Step(x, a));
        Refuse("x", "found x alone", () => session.Run(x, a, 1));
        Refuse("indices", "found indices alone", () => session.RunIndices([1], a, 1));
        Refuse("inputs", "found none for static (input 1)", () => session.Step([x], [a, b]));
        Refuse("inputs", "found none for x (input 0)", () => session.Step([("static", row)], [a, b]));
        Refuse("inputs", "inputs[1]: expected one of x, static; found 'y'", () => session.Step([x, ("y", row)], [a, b]));
        Refuse("inputs", "found number 3 without a name", () => session.Step([x, row, x], [a, b]));
        Refuse("inputs", "inputs[1]: expected a place of its own, found that of inputs[0]", () => session.Step([x, ("x", x)], [a, b]));
        Refuse("outputs", "outputs[2]: expected one of a, b; found number 3", () => session.Step([x, row], [a, b, b]));
        Refuse("inputs[0]", "[time, batch, InputSize] = [1, 1, 2] (2 elements), found 1", () => session.Step([row, row], [a, b]));
        Refuse("inputs[1]", "[batch, InputSize] = [1, 1] (1 elements), found 2", () => session.Step([x, x], [a, b]));
        Refuse("inputs[0]", "expected features for x, found indices", () => session.Step([new[] { 1 }, row], [a, b]));
        Refuse("outputs[1]", "[batch, OutputSize] = [1, 1]", () => session.Step([x, row], [a, a]));
        Refuse("outputs[0]", "expected memory apart from inputs[0], found an overlap", () => session.Step([x, row], [x, b]));
        Refuse("outputs[1]", "apart from outputs[0]", () => session.Step([x, row], [a, a.AsMemory(1)]));
        Refuse("time", "found -1", () => session.Run([x, row], [a, b], -1));
        int[] lengths = [1];
        Refuse(
            "mask.Lengths", "[batch] = [1], found 2",
            () => session.Run([x, row], [a, b], 1, new SequenceMask { Lengths = (int[])[1, 1] }));
        Refuse(
            "mask.Present", "the model has no Masking",
            () => session.Run([x, row], [a, b], 1, new SequenceMask { Present = (bool[])[true], Lengths = lengths }));

        static void Refuse(string argument, string text, Action call)
        {
            ArgumentException exception = Assert.ThrowsAny<ArgumentException>(call);
            Assert.Equal(argument, exception.ParamName);
            Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_that_cannot_be_cut_says_which_layer_is_why()
    {
        ModelDefinition definition = new(Inputs, [new(new ReverseLayer(2), 0)], [new("y", 2)]);
        ReferenceSession<float> session = ReferenceModel<float>.Create(definition).OpenSession(2);
        Assert.Contains(
            "layer 0, a ReverseLayer,",
            Assert.Throws<NotSupportedException>(() => session.Step([new float[4], Static], [new float[4]])).Message,
            StringComparison.Ordinal);
        session.Run([X, Static], [new float[12]], 3);
        Assert.Contains(
            "layer 0, a ReverseLayer,",
            Assert.Throws<NotSupportedException>(() => session.Run([X, Static], [new float[12]], 3)).Message,
            StringComparison.Ordinal);
        session.Reset();
        session.Run([X, Static], [new float[12]], 3);
    }

    private static void RequirePieces(GraphData data, GraphOutcome whole, Func<int> nextLength)
    {
        GraphCase @case = data.Case;
        ReferenceSession<float> session = data.OpenReference();
        float[][] last = [];
        for (int start = 0; start < @case.Time;)
        {
            int length = Math.Min(nextLength(), @case.Time - start);
            GraphData piece = data.SelectSteps(start, length);
            last = length == 1 && piece.Present.Length == 0 ? piece.StepReference(session) : piece.RunReference(session);
            for (int k = 0; k < last.Length; k++)
            {
                if (data.Definition.Outputs[k].Kind == ValueKind.Sequence)
                {
                    Bits.RequireSame(
                        data.SelectOutputSteps(k, whole.Outputs[k], start, length),
                        last[k],
                        $"output {k}, {length} steps from {start} of {@case}",
                        data.Definition.Outputs[k].Size);
                }
            }

            start += length;
        }

        // Each piece has rows of its own; those of the last one are those of the whole, unless all its steps may be missing.
        for (int k = 0; k < last.Length && @case.Masking is not { Output: MissingOutput.Zero }; k++)
        {
            if (data.Definition.Outputs[k].Kind == ValueKind.Row)
            {
                Bits.RequireSame(whole.Outputs[k], last[k], $"row {k} of {@case}", data.Definition.Outputs[k].Size);
            }
        }

        Bits.RequireSame(whole.States, data.StatesOf(session), $"states of {@case}", 1);
    }
}
