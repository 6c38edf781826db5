using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>Sessions of models with convolutions and layers over time: histories, and what is refused by the layer's name.</summary>
public sealed class WindowSessionTests
{
    private static readonly ConvolutionSpecification Plain = new() { InputSize = 2, OutputSize = 2, KernelSize = 3 };

    public static TheoryData<string, Layer> WholeSequences => new()
    {
        { "a ConvolutionLayer, is not causal", Convolution(Plain) },
        { "a ConvolutionLayer, is not causal", Convolution(Plain with { PaddingBefore = 1, PaddingAfter = 1 }) },
        { "a MaxPoolingLayer, takes windows of steps", new MaxPoolingLayer(new() { InputSize = 2, KernelSize = 2 }) },
        { "an AveragePoolingLayer, takes windows of steps", new AveragePoolingLayer(new() { InputSize = 2, KernelSize = 2 }) },
        { "a MeanOverTimeLayer, is a mean over time", new MeanOverTimeLayer(2) },
        { "a MaxOverTimeLayer, is a maximum over time", new MaxOverTimeLayer(2) },
        { "a FlattenLayer, puts 4 steps side by side", new FlattenLayer(2, 4) },
    };

    [Theory]
    [MemberData(nameof(WholeSequences))]
    public void Steps_and_second_pieces_are_refused_with_the_layer_that_is_why(string why, Layer layer)
    {
        ModelDefinition definition = new([new ActivationLayer(2, Activation.Tanh), layer]);
        using RecurrentModel model = RecurrentModel.Create(definition);
        using Session session = model.OpenSession();
        float[] y = new float[model.OutputSteps(0, 4) * model.OutputSize];
        Refuse("Step", () => session.Step(new float[2], new float[model.OutputSize]));
        session.Run(new float[8], y, 4);
        Refuse("Run", () => session.Run(new float[8], y, 4));
        session.Reset();
        session.Run(new float[8], y, 4);
        ReferenceSession<float> reference = ReferenceModel<float>.Create(definition).OpenSession();
        Refuse("Step", () => reference.Step(new float[2], new float[model.OutputSize]));

        void Refuse(string call, Action action) => Assert.Contains(
            $"{call}: layer 1, {why}, which needs the whole sequence",
            Assert.Throws<NotSupportedException>(action).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_of_other_steps_are_refused_by_every_call()
    {
        using RecurrentModel windows = RecurrentModel.Create(Convolution(Plain));
        using RecurrentModel flat = RecurrentModel.Create(new FlattenLayer(2, 3));
        const string Few = "expected at least 3, because layer 0, a ConvolutionLayer, has no window in fewer; found 2.";
        const string Other = "expected 3, because layer 0, a FlattenLayer, takes 3 steps; found 2.";
        using Session session = windows.OpenSession();
        Refuse($"time: {Few}", () => session.Run(new float[4], [], 2));
        Refuse($"time: {Few}", () => windows.Predict(new float[4], 1, 2));
        Refuse($"time: {Few}", () => windows.Predict([new float[4]], 1, 2));
        Refuse($"time: {Other}", () => flat.Predict(new float[4], 1, 2));
        Refuse(
            "lengths[1]: expected 0, or 3, because layer 0, a FlattenLayer, takes 3 steps; found 1.",
            () => flat.Predict(new float[12], 2, 3, [3, 1]));
        using GradientSession gradients = GradientSession.Open(new ModelDefinition([Convolution(Plain)]));
        Refuse($"time: {Few}", () => gradients.Forward(
            new GradientBatch<float> { X = new float[4], Time = 2, Batch = 1 }, new float[2]));
        // No steps are none too few, and a row without steps flattens to 0.
        Assert.Empty(windows.Predict([], 1, 0));
        Assert.Equal([1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0], flat.Predict(
            [1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9], 2, 3, [3, 0], SequenceLayout.BatchMajor));

        static void Refuse(string text, Action action) =>
            Assert.Contains(text, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_history_is_a_state_like_others(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        LayerCase causal = new() { Cell = CellKind.Convolution, Size = 5, KernelSize = 4, Dilation = 3, TrainedState = true };
        ModelDefinition definition = new([causal.Create(2, new RandomFloats(1)), causal.Create(5, new RandomFloats(2))]);
        using RecurrentModel model = RecurrentModel.Create(definition, options);
        ReferenceSession<float> reference = ReferenceModel<float>.Create(definition).OpenSession(3);
        using Session session = model.OpenSession(3);
        Assert.Equal((9 * 2) + (9 * 5), model.StateSize);
        RequireSame("at first");
        float[] x = new RandomFloats(3).Inputs(7 * 3 * 2);
        Run(x, 7);
        RequireSame("after 7 steps");
        float[] history = new RandomFloats(4).Inputs(3 * 9 * 5);
        history[0] = 1e-40f;
        session.SetState(1, Direction.Forward, StateKind.History, history);
        reference.SetState(1, Direction.Forward, StateKind.History, history);
        RequireSame("after one was set");
        session.Reset(1, 1);
        reference.Reset(1, 1);
        RequireSame("after a row was reset");
        float[] states = new RandomFloats(5).States(2 * model.StateSize);
        session.LoadState(0, 2, states);
        reference.LoadState(0, 2, states);
        // More steps than the history has.
        Run(new RandomFloats(6).Inputs(20 * 3 * 2), 20);
        RequireSame("after 20 steps of loaded states");
        Assert.Throws<ArgumentException>("kind", () => session.GetState(0, Direction.Forward, StateKind.Hidden, history));
        Assert.Throws<ArgumentException>("direction", () => session.GetState(0, Direction.Reverse, StateKind.History, history));
        Assert.Throws<ArgumentException>("state", () => session.GetState(0, Direction.Forward, StateKind.History, history));

        void Run(float[] inputs, int time)
        {
            float[] expected = new float[time * 15];
            float[] found = new float[time * 15];
            reference.Run(inputs, expected, time);
            session.Run(inputs, found, time);
            Bits.RequireSame(expected, found, $"{time} steps", 5);
        }

        void RequireSame(string when)
        {
            float[] expected = new float[3 * model.StateSize];
            float[] found = new float[3 * model.StateSize];
            reference.SaveState(expected);
            session.SaveState(found);
            Bits.RequireSame(expected, found, $"states {when}", model.StateSize);
            for (int layer = 0; layer < 2; layer++)
            {
                expected = new float[3 * 9 * (layer == 0 ? 2 : 5)];
                found = new float[expected.Length];
                reference.GetState(layer, Direction.Forward, StateKind.History, expected);
                session.GetState(layer, Direction.Forward, StateKind.History, found);
                Bits.RequireSame(expected, found, $"history of layer {layer} {when}", 1);
            }
        }
    }

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    private static ConvolutionLayer Convolution(ConvolutionSpecification specification) => new(
        specification, new ConvolutionWeights(new RandomFloats(1).Weights(specification.OutputSize, specification.RowLength)));
}
