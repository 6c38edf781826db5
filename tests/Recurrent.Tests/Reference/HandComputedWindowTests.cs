using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>Convolutions, pooling, normalizations and layers over time against numbers worked out by hand.</summary>
public sealed class HandComputedWindowTests
{
    private const float NaN = float.NaN;

    [Fact]
    public void A_causal_convolution_sees_steps_from_the_oldest_to_the_newest()
    {
        ConvolutionSpecification sum = new() { InputSize = 1, OutputSize = 1, KernelSize = 3, PaddingBefore = 2 };
        Require([1001, 1012, 1123, 1234], [1, 2, 3, 4], Layer(sum, [100, 10, 1], [1000]));
        ConvolutionSpecification dilated = sum with { Dilation = 2, PaddingBefore = 4 };
        Require([1, 2, 13, 24, 135], [1, 2, 3, 4, 5], Layer(dilated, [100, 10, 1]));
        Require([0, 0, 3, 4], [-1, -2, 3, 4], Layer(sum with { Activation = Activation.Clip(0, 4) }, [0, 0, 1]));
    }

    [Fact]
    public void Other_windows_have_padding_and_strides()
    {
        ConvolutionSpecification sum = new() { InputSize = 1, OutputSize = 1, KernelSize = 3 };
        float[] x = [1, 2, 3, 4, 5];
        Require([123, 234, 345], x, Layer(sum, [100, 10, 1]));
        Require([12, 123, 234, 345, 450], x, Layer(sum with { PaddingBefore = 1, PaddingAfter = 1 }, [100, 10, 1]));
        Require([12, 234, 450], x, Layer(sum with { PaddingBefore = 1, PaddingAfter = 1, Stride = 2 }, [100, 10, 1]));
        Require([135], x, Layer(sum with { Dilation = 2 }, [100, 10, 1]));
        Require([123, 450], x, Layer(sum with { PaddingAfter = 1, Stride = 3 }, [100, 10, 1]));
    }

    [Fact]
    public void A_group_of_outputs_sees_its_group_of_inputs_alone()
    {
        ConvolutionSpecification groups = new() { InputSize = 4, OutputSize = 2, KernelSize = 2, Groups = 2 };
        // An infinite feature of the other group, times 0, would be NaN.
        float[] x = [1, 2, 3, float.PositiveInfinity, 10, 20, 30, 40];
        Require([1021, float.PositiveInfinity], x, Layer(groups, [1, 10, 100, 0, 1, 10, 100, 0]));
    }

    [Fact]
    public void Terms_of_the_padding_are_computed()
    {
        ConvolutionSpecification sum = new() { InputSize = 1, OutputSize = 1, KernelSize = 2, PaddingBefore = 1 };
        // inf * 0 is NaN.
        Require([NaN, float.PositiveInfinity], [1, 1], Layer(sum, [float.PositiveInfinity, 1]));
        ConvolutionSpecification both = sum with { PaddingBefore = 0, PaddingAfter = 1 };
        Require([float.PositiveInfinity, NaN], [1, 1], Layer(both, [1, float.PositiveInfinity]));
    }

    [Fact]
    public void A_history_goes_from_piece_to_piece_and_back_to_the_one_of_the_weights()
    {
        ConvolutionSpecification sum = new() { InputSize = 1, OutputSize = 1, KernelSize = 3, PaddingBefore = 2 };
        ConvolutionLayer layer = new(sum, new ConvolutionWeights([100, 10, 1], [], [8, 9]));
        ReferenceSession<float> session = ReferenceModel<float>.Create(layer).OpenSession(2);
        float[] y = new float[2];
        session.Step([1, 5], y);
        Assert.Equal([891, 895], y);
        float[] history = new float[4];
        session.GetState(0, Direction.Forward, StateKind.History, history);
        Assert.Equal([9, 1, 9, 5], history);
        float[] more = new float[6];
        session.Run([2, 3, 4, 6, 7, 8], more, 3, [3, 1], SequenceLayout.BatchMajor);
        Assert.Equal([912, 123, 234, 956, 0, 0], more);
        session.SaveState(history);
        Assert.Equal([3, 4, 5, 6], history);
        session.SetState(0, Direction.Forward, StateKind.History, [1, 2, 3, 1e-40f]);
        session.Step([0, 0], y);
        Assert.Equal([120, 300], y);
        session.Reset(1, 1);
        session.Step([0, 0], y);
        Assert.Equal([200, 890], y);
    }

    [Fact]
    public void States_that_a_convolution_has_not_are_refused()
    {
        ConvolutionSpecification sum = new() { InputSize = 1, OutputSize = 1, KernelSize = 3, PaddingBefore = 2 };
        ConvolutionSpecification point = new() { InputSize = 1, OutputSize = 1, KernelSize = 1 };
        ReferenceSession<float> session = ReferenceModel<float>.Create(
            Layer(sum, [1, 2, 3]), new ActivationLayer(1, Activation.Tanh), Layer(point, [2])).OpenSession();
        Refuse("kind", "expected History, which is all that the layer has, found Hidden", 0, 0, StateKind.Hidden, 2);
        Refuse("direction", "expected Forward", 0, Direction.Reverse, StateKind.History, 2);
        Refuse("state", "found 1", 0, 0, StateKind.History, 1);
        Refuse("layer", "a layer that has a state, found 1, an ActivationLayer, which has none", 1, 0, StateKind.History, 2);
        Refuse("layer", "a layer that has a state, found 2, a ConvolutionLayer, which has none", 2, 0, StateKind.History, 0);

        void Refuse(string argument, string text, int layer, Direction direction, StateKind kind, int length)
        {
            ArgumentException exception = Assert.ThrowsAny<ArgumentException>(
                () => session.GetState(layer, direction, kind, new float[length]));
            Assert.Equal(argument, exception.ParamName);
            Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_row_ends_with_its_own_padding()
    {
        ConvolutionSpecification sum = new()
        {
            InputSize = 1,
            OutputSize = 1,
            KernelSize = 3,
            PaddingBefore = 1,
            PaddingAfter = 1,
        };
        Assert.Equal(
            [12, 123, 230, 45, 450, 0, 0, 0, 0],
            Run([1, 2, 3, 4, 5, NaN, NaN, NaN, NaN], 3, [3, 2, 0], Layer(sum, [100, 10, 1])));
        // A row that is too short for a window has no step, and then neither a last one nor a mean.
        ConvolutionSpecification whole = sum with { PaddingBefore = 0, PaddingAfter = 0 };
        float[] x = [1, 2, 3, 4, 5, NaN];
        Assert.Equal([123, 0], Run(x, 2, [3, 2], Layer(whole, [100, 10, 1])));
        Assert.Equal([123, 0], Run(x, 2, [3, 2], Layer(whole, [100, 10, 1]), new LastStepLayer(1)));
        Assert.Equal([123, 0], Run(x, 2, [3, 2], Layer(whole, [100, 10, 1]), new MeanOverTimeLayer(1)));
        Assert.Equal([123, 0], Run(x, 2, [3, 2], Layer(whole, [100, 10, 1]), new MaxOverTimeLayer(1)));
        Assert.Equal(
            [123, 0],
            ReferenceModel<float>.Create(new ModelDefinition([Layer(whole, [100, 10, 1])], ModelOutput.LastStep))
                .Predict(x, 2, 3, [3, 2], SequenceLayout.BatchMajor));
    }

    [Fact]
    public void A_missing_step_is_in_no_window()
    {
        ConvolutionSpecification sum = new() { InputSize = 1, OutputSize = 1, KernelSize = 2, PaddingBefore = 1 };
        ReferenceModel<float> model = ReferenceModel<float>.Create(new ModelDefinition(
            [Layer(sum, [10, 1])], masking: new Masking { Value = -9, Output = MissingOutput.Repeat }));
        Assert.Equal([1, 12, 12, 23, 23], model.Predict([1, 2, -9, 3, -9], 1, 5));
        ReferenceSession<float> session = model.OpenSession();
        float[] y = new float[1];
        session.Step([1], y);
        session.Step([-9], y);
        Assert.Equal([1], y);
        session.Step([2], y);
        Assert.Equal([12], y);
    }

    [Fact]
    public void A_maximum_is_the_largest_step_that_is_there()
    {
        MaxPoolingSpecification windows = new() { InputSize = 1, KernelSize = 2, Stride = 2 };
        Require([2, -3], [1, 2, -3, -4, 5], new MaxPoolingLayer(windows));
        Require([-1, -2, -4], [-1, -2, -3, -4], new MaxPoolingLayer(windows with { PaddingBefore = 1, PaddingAfter = 1 }));
        Require([NaN, NaN, 3], [1, NaN, 2, 3], new MaxPoolingLayer(windows with { Stride = 1 }));
        // A window of padding alone: dilated, so that its steps are on both sides.
        Require(
            [float.NegativeInfinity], [7], new MaxPoolingLayer(windows with { Dilation = 2, PaddingBefore = 1, PaddingAfter = 1 }));
        Require([3, -1], [1, -1, 3, -2], new MaxOverTimeLayer(2));
        Require([NaN], [NaN, 5], new MaxOverTimeLayer(1));
    }

    [Fact]
    public void An_average_counts_the_steps_that_are_there_or_all_of_a_window()
    {
        AveragePoolingSpecification windows = new()
        {
            InputSize = 1,
            KernelSize = 4,
            Stride = 2,
            PaddingBefore = 2,
            PaddingAfter = 2,
        };
        float[] x = [1, 3, 8, 12];
        Require([2, 6, 10], x, new AveragePoolingLayer(windows));
        Require([1, 6, 5], x, new AveragePoolingLayer(windows with { CountsPadding = true }));
        Require([2, 7], [1, 4, 3, 10], new MeanOverTimeLayer(2));
        // From the first step to the last, and one division.
        Require([(((1e8f + 1) - 1e8f) + 3) / 4], [1e8f, 1, -1e8f, 3], new MeanOverTimeLayer(1));
    }

    [Fact]
    public void A_softmax_over_time_weighs_steps()
    {
        ModelDefinition model = new(
            [ModelInput.Sequence("x", 2), ModelInput.Sequence("scores", 1)],
            [new(new SoftmaxOverTimeLayer(2), 0, 1), new(new SoftmaxOverTimeLayer(2), 0, 0)],
            [new("common", 2), new("own", 3)]);
        double[][] y = ReferenceModel<double>.Create(model).Predict(
            [new double[] { 1, 10, 2, 20, 9, 9 }, new double[] { 0, Math.Log(3), 100 }], 1, 3,
            new SequenceMask { Lengths = [2] });
        Assert.Equal((1 * 0.25) + (2 * 0.75), y[0][0], 1e-12);
        Assert.Equal((10 * 0.25) + (20 * 0.75), y[0][1], 1e-12);
        double share = 1 / (1 + Math.E);
        Assert.Equal(share + (2 * (1 - share)), y[1][0], 1e-12);
        Assert.Equal(20, y[1][1], 1e-3);
        Assert.Equal(
            [[0, 0], [0, 0]],
            ReferenceModel<float>.Create(model).Predict(
                [new float[] { 1, 10 }, new float[] { 1 }], 1, 1, new SequenceMask { Lengths = [0] }));
    }

    [Fact]
    public void A_log_softmax_takes_what_the_logarithm_of_a_softmax_does_not()
    {
        float log2 = MathF.Log(2);
        Require([-log2, -log2, -200 - log2], [3, 3, -197], new LogSoftmaxLayer(3));
        Require([0], [7], new LogSoftmaxLayer(1));
        Require([-log2, -log2, float.NegativeInfinity], [3e38f, 3e38f, float.NegativeInfinity], new LogSoftmaxLayer(3));
        Require([NaN, NaN], [NaN, 1], new LogSoftmaxLayer(2));
        double[] y = ReferenceModel<double>.Create(new LogSoftmaxLayer(3)).Predict([-1.0, 0, -3], 1, 1);
        Assert.Equal(1, y.Sum(Math.Exp), 1e-14);
        Assert.Equal(2, y[1] - y[2] - 1, 1e-14);
    }

    [Fact]
    public void A_layer_normalization_has_two_passes_and_sixteen_sums()
    {
        LayerNormalizationSpecification specification = new() { InputSize = 4, Epsilon = 0 };
        Require([-1, 1, -1, 1], [3, 7, 3, 7], new LayerNormalizationLayer(specification));
        Require([7, 13, 8, 8], [3, 7, 3, 7], new LayerNormalizationLayer(specification, [3, 3, 0, 0], [10, 10, 8, 8]));
        Require([0, 0, 0, 0], [5, 5, 5, 5], new LayerNormalizationLayer(specification with { Epsilon = 1e-3f }));
        // Feature 2 is added to feature 0 before feature 1 is, and feature 16 before feature 1: one after the other would not do.
        LayerNormalizationSpecification wide = specification with { InputSize = 18, Epsilon = 1 };
        Assert.Equal(0f, Mean([1e8f, -1e8f, 1, .. new float[15]], wide));
        Assert.Equal(1 / 18f, Mean([1e8f, 1, .. new float[14], -1e8f, 0], wide));

        static float Mean(float[] x, LayerNormalizationSpecification specification) =>
            LayerNormalizationRunner<float, CanonicalArithmetic>.Statistics(x, specification.Epsilon).Mean;
    }

    [Fact]
    public void What_is_flattened_has_its_steps_side_by_side()
    {
        Require([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], new FlattenLayer(2, 3));
        float[] x = [1, 2, 3, 4, 5, 6, 7, 8];
        Assert.Equal([1, 2, 3, 4, 0, 0, 0, 0], Run(x, 2, [2, 0], new FlattenLayer(2, 2)));
        Assert.Equal(
            [1, 2, 3, 4, 5, 6, 7, 8], Run(x, 2, [2, 2], new FlattenLayer(2, 2), new UnflattenLayer(4, 4)));
        Assert.Equal([2.5f, 6.5f], Run(
            x, 2, [4, 4], new FlattenLayer(1, 4), new UnflattenLayer(4, 2), new FlattenLayer(2, 2),
            new UnflattenLayer(4, 4), new MeanOverTimeLayer(1)));
    }

    [Fact]
    public void Sequences_of_other_steps_are_refused()
    {
        ConvolutionSpecification windows = new() { InputSize = 1, OutputSize = 1, KernelSize = 3, Stride = 2 };
        Refuse("time", "expected at least 3, because layer 0, a ConvolutionLayer, has no window in fewer; found 2", 2, [],
            Layer(windows, [1, 2, 3]));
        Refuse("time", "expected at least 7, because layer 1, a ConvolutionLayer", 6, [],
            Layer(windows, [1, 2, 3]), Layer(windows, [1, 2, 3]));
        Refuse("time", "expected 5, because layer 0, a FlattenLayer, takes 5 steps; found 4", 4, [], new FlattenLayer(1, 5));
        Refuse("time", "expected 5 to 6, because layer 1, a FlattenLayer, takes 2 steps; found 7", 7, [],
            Layer(windows, [1, 2, 3]), new FlattenLayer(1, 2));
        Refuse("lengths[1]", "expected 0, or 5, because layer 0, a FlattenLayer, takes 5 steps; found 3", 5, [0, 3],
            new FlattenLayer(1, 5));
        ReferenceModel<float> model = ReferenceModel<float>.Create(Layer(windows, [1, 2, 3]));
        Assert.Empty(model.Predict([], 1, 0));

        static void Refuse(string argument, string text, int time, int[] lengths, params Layer[] layers)
        {
            int batch = Math.Max(1, lengths.Length);
            ModelDefinition definition = new(layers);
            ReferenceModel<float> model = ReferenceModel<float>.Create(definition);
            ArgumentException exception = Assert.ThrowsAny<ArgumentException>(
                () => model.Predict(new float[time * batch], batch, time, new SequenceMask { Lengths = lengths }));
            Assert.Contains(text, exception.Message, StringComparison.Ordinal);
            Assert.StartsWith(argument == "time" ? argument : $"mask.L{argument[1..]}", exception.Message, StringComparison.Ordinal);
            ReferenceGradientSession<float> session = ReferenceGradientSession<float>.Open(definition);
            Assert.ThrowsAny<ArgumentException>(() => session.Forward(
                new GradientBatch<float> { X = new float[time * batch], Time = time, Batch = batch, Lengths = lengths },
                new float[batch]));
        }
    }

    private static ConvolutionLayer Layer(ConvolutionSpecification specification, float[] kernel, float[]? bias = null) =>
        new(specification, new ConvolutionWeights(kernel, bias ?? []));

    private static void Require(float[] expected, float[] x, params IReadOnlyList<Layer> layers) =>
        Bits.RequireSame(expected, Run(x, layers), "output", layers[^1].Specification.OutputSize);

    private static float[] Run(float[] x, params IReadOnlyList<Layer> layers)
    {
        ReferenceModel<float> model = ReferenceModel<float>.Create(layers);
        return model.Predict(x, 1, x.Length / model.InputSize);
    }

    /// <summary>Batch-major.</summary>
    private static float[] Run(float[] x, int batch, int[] lengths, params IReadOnlyList<Layer> layers)
    {
        ReferenceModel<float> model = ReferenceModel<float>.Create(layers);
        return model.Predict(x, batch, x.Length / batch / model.InputSize, lengths, SequenceLayout.BatchMajor);
    }
}
