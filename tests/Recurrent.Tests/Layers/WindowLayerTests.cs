using Recurrent.Layers;

namespace Recurrent.Tests.Layers;

/// <summary>Convolutions, pooling and layers over time: what they accept, what they make of steps, and what they say.</summary>
public sealed class WindowLayerTests
{
    private static readonly ConvolutionSpecification Plain = new() { InputSize = 4, OutputSize = 6, KernelSize = 3 };

    [Fact]
    public void Numbers_out_of_range_are_refused_by_name()
    {
        Require("KernelSize", "found 0", () => Plain with { KernelSize = 0 });
        Require("KernelSize", "found 1048577", () => Plain with { KernelSize = 1048577 });
        Require("Stride", "found 0", () => Plain with { Stride = 0 });
        Require("Dilation", "found -1", () => Plain with { Dilation = -1 });
        Require("Groups", "found 0", () => Plain with { Groups = 0 });
        Require("PaddingBefore", "found -1", () => Plain with { PaddingBefore = -1 });
        Require("PaddingAfter", "found -2", () => Plain with { PaddingAfter = -2 });
        Require("Epsilon", "found -1", () => new LayerNormalizationSpecification { InputSize = 1, Epsilon = -1 });
        Require("Epsilon", "NaN", () => new LayerNormalizationSpecification { InputSize = 1, Epsilon = float.NaN });
        Require("Steps", "found 0", () => new FlattenLayer(3, 0));
        Require("Steps", "found 0", () => new UnflattenLayer(3, 0));
        Require("Activation", "alpha not above beta, found 2 and 1", () => Plain with { Activation = Activation.Clip(2, 1) });
    }

    [Fact]
    public void Numbers_that_do_not_go_together_are_refused()
    {
        Require("specification", "a divisor of InputSize 4 and OutputSize 6, found 4", Create(Plain with { Groups = 4 }));
        Require("specification", "a divisor of InputSize 4 and OutputSize 6, found 3", Create(Plain with { Groups = 3 }));
        Require(
            "specification.PaddingBefore", "expected 0 to 2, which is (KernelSize - 1) * Dilation, found 3",
            Create(Plain with { PaddingBefore = 3 }));
        Require(
            "specification.PaddingAfter", "expected 0 to 4",
            () => new MaxPoolingLayer(new() { InputSize = 1, KernelSize = 3, Dilation = 2, PaddingAfter = 5 }));
        Require(
            "specification", "found KernelSize 3 and Dilation 524289", Create(Plain with { Dilation = 524289 }));
        Require(
            "specification", "KernelSize * InputSize / Groups of at most 16777216, found 20971520",
            Create(Plain with { InputSize = 20, KernelSize = 1 << 20 }));
        Require(
            "specification", "a history (KernelSize - 1) * Dilation * InputSize of at most 268435456",
            Create(Plain with { InputSize = 257, OutputSize = 1, KernelSize = 2, Dilation = 1 << 20, PaddingBefore = 1 << 20 }));
        Require("specification.InputSize * Steps", "found 2097152", () => new FlattenLayer(1024, 2048));
        Require(
            "specification", "expected a divisor of InputSize 7, found 3", () => new UnflattenLayer(7, 3));

        static Func<object> Create(ConvolutionSpecification specification) =>
            () => new ConvolutionLayer(specification, new ConvolutionWeights([]));
    }

    [Fact]
    public void Weights_have_the_shapes_of_the_convolution()
    {
        ConvolutionSpecification causal = Plain with { Groups = 2, PaddingBefore = 2 };
        _ = new ConvolutionLayer(causal, new ConvolutionWeights(new float[36], new float[6], new float[8]));
        _ = new ConvolutionLayer(causal, ConvolutionWeights.Wrap(new float[36]));
        Require(
            "weights.Kernel", "[OutputSize, KernelSize * InputSize / Groups] = [6, 6] (36 elements), found 35",
            () => new ConvolutionLayer(causal, new ConvolutionWeights(new float[35])));
        Require(
            "weights.Bias", "[OutputSize] = [6], found 5",
            () => new ConvolutionLayer(causal, new ConvolutionWeights(new float[36], new float[5])));
        Require(
            "weights.InitialHistory", "[Reach * InputSize] = [8], found 4",
            () => new ConvolutionLayer(causal, new ConvolutionWeights(new float[36], [], new float[4])));
        Require(
            "weights.InitialHistory", "the convolution is not causal",
            () => new ConvolutionLayer(Plain, new ConvolutionWeights(new float[72], [], new float[8])));
        Require(
            "factors", "[InputSize] = [3], found 2",
            () => new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = 3 }, [1, 2]));
        Require(
            "offsets", "[InputSize] = [3], found 4",
            () => new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = 3 }, [], [1, 2, 3, 4]));
    }

    [Fact]
    public void A_causal_convolution_has_a_history_and_can_be_stepped()
    {
        ConvolutionSpecification causal = Plain with { Dilation = 2, PaddingBefore = 4 };
        Assert.True(causal.IsCausal);
        Assert.Equal(4, causal.Reach);
        ModelDefinition model = new([Convolution(causal), new LayerNormalizationLayer(new() { InputSize = 6 })]);
        Assert.True(model.CanStep);
        Assert.Equal(16, model.StateSize);
        Assert.All([1, 7], time => Assert.Equal(time, model.OutputSteps(0, time)));
        ConvolutionSpecification point = Plain with { KernelSize = 1 };
        Assert.True(point.IsCausal);
        Assert.Equal((true, 0), (new ModelDefinition([Convolution(point)]).CanStep, new ModelDefinition([Convolution(point)]).StateSize));
        Assert.All(
            [Plain, Plain with { PaddingBefore = 1, PaddingAfter = 1 }, causal with { Stride = 2 }],
            other => Assert.Equal(
                (false, 0),
                (new ModelDefinition([Convolution(other)]).CanStep, new ModelDefinition([Convolution(other)]).StateSize)));
    }

    [Theory]
    [InlineData(1, 1, 0, 0, 9, 7)]
    [InlineData(1, 1, 1, 1, 9, 9)]
    [InlineData(1, 2, 0, 0, 9, 5)]
    [InlineData(2, 1, 0, 0, 9, 4)]
    [InlineData(2, 1, 2, 1, 9, 5)]
    [InlineData(4, 1, 0, 0, 3, 1)]
    [InlineData(1, 1, 0, 0, 2, 0)]
    [InlineData(1, 1, 0, 0, 0, 0)]
    [InlineData(1, 1, 2, 2, 0, 0)]
    [InlineData(1, 1, 2, 2, 1, 3)]
    public void Steps_follow_from_windows(int stride, int dilation, int before, int after, int time, int steps)
    {
        MaxPoolingSpecification windows = new()
        {
            InputSize = 1,
            KernelSize = 3,
            Stride = stride,
            Dilation = dilation,
            PaddingBefore = before,
            PaddingAfter = after,
        };
        Assert.Equal(steps, new ModelDefinition([new MaxPoolingLayer(windows)]).OutputSteps(0, time));
    }

    [Fact]
    public void Layers_over_time_make_rows_and_need_whole_sequences()
    {
        ModelDefinition model = new(
            [ModelInput.Sequence("x", 6), ModelInput.Sequence("scores", 1)],
            [
                new(new MeanOverTimeLayer(6), 0),
                new(new MaxOverTimeLayer(6), 0),
                new(new SoftmaxOverTimeLayer(6), 0, 1),
                new(new SoftmaxOverTimeLayer(6), 0, 0),
                new(new ConcatenationLayer(24), 2, 3, 4, 5),
                new(new UnflattenLayer(24, 4)),
            ],
            [new("row", 6), new("steps", 7)]);
        Assert.Equal((ValueKind.Row, 24), (model.Outputs[0].Kind, model.Outputs[0].Size));
        Assert.Equal((ValueKind.Sequence, 6, 4), (model.Outputs[1].Kind, model.Outputs[1].Size, model.OutputSteps(1, 9)));
        Assert.False(model.CanStep);
        Assert.Equal(
            (ValueKind.Row, 15), (Of(new FlattenLayer(3, 5)).Outputs[0].Kind, Of(new FlattenLayer(3, 5)).OutputSize));
        Require(
            "layers", "layers[0]: expected scores of 1 or 6 features, found 2 of input 1",
            () => new ModelDefinition(
                [ModelInput.Sequence("x", 6), ModelInput.Sequence("scores", 2)],
                [new(new SoftmaxOverTimeLayer(6), 0, 1)], [new("y", 2)]));
        Require(
            "layers", "expected 2 values to read, found 1", () => Of(new SoftmaxOverTimeLayer(6)));
        Require(
            "layers", "expected a sequence to read, found a row",
            () => new ModelDefinition([new MeanOverTimeLayer(2), new MaxOverTimeLayer(2)]));
        Require(
            "layers", "expected a row to read, found a sequence", () => Of(new UnflattenLayer(6, 2)));
    }

    [Fact]
    public void Values_go_together_if_their_windows_make_the_same_steps()
    {
        _ = Together(Plain, Plain with { KernelSize = 2, Dilation = 2 });
        _ = Together(Plain with { PaddingAfter = 2 }, Plain with { PaddingBefore = 1, PaddingAfter = 1 });
        Require(
            "layers", "the model's steps less 2 of the value of layer 0 and one in 2 of the model's steps less 2",
            () => Together(Plain, Plain with { Stride = 2 }));

        static ModelDefinition Together(ConvolutionSpecification a, ConvolutionSpecification b) => new(
            [ModelInput.Sequence("x", 4)],
            [new(Convolution(a), 0), new(Convolution(b), 0), new(new SumLayer(6), 1, 2)],
            [new("y", 3)]);
    }

    [Fact]
    public void A_layer_that_changes_the_number_of_steps_is_refused_where_steps_may_be_missing()
    {
        Require(
            "masking", "layer 0, a ConvolutionLayer, changes the number of steps",
            () => new ModelDefinition([Convolution(Plain)], masking: new Masking()));
        Require(
            "masking", "layer 0, a FlattenLayer, changes the number of steps",
            () => new ModelDefinition([new FlattenLayer(2, 3)], masking: new Masking()));
        _ = new ModelDefinition([Convolution(Plain with { PaddingBefore = 2 })], masking: new Masking());
        _ = new ModelDefinition([new MeanOverTimeLayer(2)], masking: new Masking());
    }

    [Fact]
    public void Windows_of_a_given_number_of_steps_are_refused_where_they_never_fit()
    {
        Require(
            "layers", "layers[2]: expected to read as many steps as a window takes, found 2 steps",
            () => new ModelDefinition([new MeanOverTimeLayer(4), new RepeatLayer(4, 2), Convolution(Plain)]));
        Require(
            "layers", "layers[2]: expected to read 3 steps, as many as it takes, found 2 steps",
            () => new ModelDefinition([new MeanOverTimeLayer(4), new RepeatLayer(4, 2), new FlattenLayer(4, 3)]));
        Require(
            "layers", "layers[1]: expected to read 3 steps, as many as it takes, found the last 2 of the model's steps",
            () => new ModelDefinition([new LastStepsLayer(4, 2), new FlattenLayer(4, 3)]));
    }

    [Fact]
    public void A_model_knows_how_many_steps_it_takes()
    {
        Assert.Equal((1, int.MaxValue), Times(new MeanOverTimeLayer(4)));
        Assert.Equal((1, int.MaxValue), Times(Convolution(Plain with { PaddingBefore = 2 })));
        Assert.Equal((3, int.MaxValue), Times(Convolution(Plain)));
        Assert.Equal((5, 5), Times(new FlattenLayer(4, 5)));
        Assert.Equal((5, 6), Times(Convolution(Plain with { Stride = 2 }), new FlattenLayer(6, 2)));
        Assert.Equal((7, int.MaxValue), Times(new LastStepsLayer(4, 7), new FlattenLayer(4, 7)));
        Assert.Equal((1, int.MaxValue), Times(new MeanOverTimeLayer(4), new RepeatLayer(4, 3), new FlattenLayer(4, 3)));
        Require(
            "layers",
            "layer 1, a FlattenLayer, needs at least 6 steps of the model, and layer 0, a FlattenLayer, at most 5",
            () => new ModelDefinition(
                [ModelInput.Sequence("x", 4)],
                [new(new FlattenLayer(4, 5), 0), new(new FlattenLayer(4, 6), 0)],
                [new("a", 1), new("b", 2)]));

        static (int Least, int Most) Times(params Layer[] layers) =>
            (new ModelDefinition(layers).LeastTime, new ModelDefinition(layers).MostTime);
    }

    [Fact]
    public void A_layer_that_needs_its_steps_comes_before_the_one_that_is_put_out()
    {
        // One step of output is that of the convolution and not the convolution of one step.
        ModelDefinition last = new([new ReverseLayer(4), Convolution(Plain), new SoftmaxLayer(6)], ModelOutput.LastStep);
        Assert.Equal(2, last.Graph.TailBegin);
        Require(
            "output", "a layer behind the last recurrent one",
            () => new ModelDefinition([Rnn(), Convolution(Plain)], ModelOutput.FinalState));
        _ = new ModelDefinition([Convolution(Plain with { OutputSize = 4 }), Rnn()], ModelOutput.FinalState);
    }

    internal static ConvolutionLayer Convolution(ConvolutionSpecification specification) => new(
        specification, ConvolutionWeights.Wrap(new float[specification.OutputSize * specification.RowLength]));

    private static RecurrentLayer Rnn() => new(
        new SimpleRnnSpecification { InputSize = 4, HiddenSize = 4 }, new CellWeights(new float[16], new float[16]));

    private static ModelDefinition Of(Layer layer) => new([layer]);

    private static void Require(string name, string text, Func<object> create)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(() => create());
        Assert.Equal(name, exception.ParamName);
        Assert.StartsWith(name, exception.Message, StringComparison.Ordinal);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }
}
