using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Convolutions, pooling and normalizations of the builders: shapes, paddings, parameters, and what is refused.</summary>
public sealed class WindowBuilderTests
{
    [Fact]
    public void Shapes_follow_from_the_values()
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 6);
        GraphValue causal = x.Convolution(8, 3, dilation: 2, groups: 2, activation: Activation.Relu);
        GraphValue same = x.Convolution(8, 4, padding: ConvolutionPadding.Same);
        GraphValue valid = x.Convolution(8, 4, stride: 2, padding: ConvolutionPadding.Valid);
        GraphValue half = (causal + same).LayerNormalization().MaxPooling(2);
        GraphValue third = same.AveragePooling(3, stride: 1, padding: ConvolutionPadding.Same).AveragePooling(3);
        GraphValue scores = same.Dense(1);
        GraphValue rows = same.MeanOverTime().Concatenate(same.MaxOverTime(), same.SoftmaxOverTime(scores), same.SoftmaxOverTime(causal));
        GraphValue flat = valid.Flatten(5).LogSoftmax();
        ModelDefinition model = graph.ToDefinition(
            ("half", half), ("third", third), ("valid", valid), ("rows", rows), ("flat", flat), ("steps", flat.Unflatten(10)));
        Assert.Equal(
            [
                (ValueKind.Sequence, 8, 6), (ValueKind.Sequence, 8, 4), (ValueKind.Sequence, 8, 5), (ValueKind.Row, 32, 1),
                (ValueKind.Row, 40, 1), (ValueKind.Sequence, 4, 10),
            ],
            model.Outputs.Select((output, i) => (output.Kind, output.Size, model.OutputSteps(i, 12))));
        float[][] outputs = ReferenceModel<float>.Create(model).Predict([new float[2 * 12 * 6]], 2, 12);
        Assert.Equal([96, 64, 80, 64, 80, 80], outputs.Select(output => output.Length));
        Assert.Equal("a sequence of 8 features, one in 2 of the model's steps less 3", valid.ToString());
        Assert.True(new Sequential(6, seed: 1).Convolution(8, 3).LayerNormalization().Gru(2)
            .ToDefinition(ModelOutput.EveryStep).CanStep);
    }

    [Fact]
    public void Paddings_are_those_of_Keras()
    {
        Assert.Equal((4, 0), Padding(3, 2, ConvolutionPadding.Causal));
        Assert.Equal((2, 2), Padding(3, 2, ConvolutionPadding.Same));
        Assert.Equal((1, 2), Padding(4, 1, ConvolutionPadding.Same));
        Assert.Equal((0, 0), Padding(4, 1, ConvolutionPadding.Valid));

        static (int Before, int After) Padding(int size, int dilation, ConvolutionPadding padding)
        {
            GraphValue x = new Graph(seed: 1).Input("x", 1);
            GraphValue y = x.Convolution(1, size, dilation: dilation, padding: padding);
            var windows = (WindowSpecification)y.Graph.ToDefinition(("y", y)).Layers[0].Specification;
            return (windows.PaddingBefore, windows.PaddingAfter);
        }
    }

    [Fact]
    public void Layers_that_follow_each_other_have_the_parameters_of_a_sequential_model()
    {
        ModelDefinition sequential = new Sequential(4, seed: 7)
            .Dropout(0.1f).Convolution(6, 3, groups: 2, padding: ConvolutionPadding.Same, activation: Activation.Tanh)
            .LayerNormalization().MaxPooling(2).AveragePooling(2).Flatten(3).LogSoftmax().Unflatten(2).MeanOverTime()
            .ToDefinition(ModelOutput.EveryStep);
        Graph graph = new(seed: 7);
        GraphValue y = graph.Input("x", 4)
            .Dropout(0.1f).Convolution(6, 3, groups: 2, padding: ConvolutionPadding.Same, activation: Activation.Tanh)
            .LayerNormalization().MaxPooling(2).AveragePooling(2).Flatten(3).LogSoftmax().Unflatten(2).MeanOverTime();
        ModelDefinition built = graph.ToDefinition(("y", y));
        Assert.True(built.IsChain);
        Assert.Equal(
            sequential.Layers.Select(layer => layer.Specification), built.Layers.Select(layer => layer.Specification));
        Assert.Equal(ParameterBlocks.Gather(sequential), ParameterBlocks.Gather(built));
        Assert.Equal(new LayerDropout(Elements: 0.1f), graph.DropoutRates(("y", y))[0]);
        Assert.Equal(ValueKind.Row, new Sequential(4, seed: 1).MaxOverTime().ToDefinition(ModelOutput.EveryStep).Outputs[0].Kind);
    }

    [Fact]
    public void A_kernel_is_drawn_with_the_fans_of_Keras()
    {
        ConvolutionSpecification specification = new() { InputSize = 24, OutputSize = 60, KernelSize = 5, Groups = 2 };
        ConvolutionLayer keras = LayerFactory.Create(specification, new SeededRandom(1));
        // Inputs: 5 * 24 / 2. Outputs: 5 * 60.
        double limit = Math.Sqrt(6.0 / ((5 * 12) + (5 * 60)));
        Assert.Equal(60 * 5 * 12, keras.Weights.Kernel.Length);
        Assert.InRange(keras.Weights.Kernel.ToArray().Max(), 0.99 * limit, limit);
        Assert.All(keras.Weights.Bias.ToArray(), bias => Assert.Equal(0, bias));
        Assert.Equal(60, keras.Weights.Bias.Length);
        ConvolutionLayer torch = LayerFactory.Create(specification, new SeededRandom(1), LayerInitialization.PyTorch);
        Assert.InRange(torch.Weights.Kernel.ToArray().Max(), 0.99 / Math.Sqrt(60), 1 / Math.Sqrt(60));
        Assert.InRange(torch.Weights.Bias.ToArray().Max(), 0.9 / Math.Sqrt(60), 1 / Math.Sqrt(60));
        LayerNormalizationLayer normalization = LayerFactory.LayerNormalization(3);
        Assert.Equal([1, 1, 1], normalization.Factors.ToArray());
        Assert.Equal([0, 0, 0], normalization.Offsets.ToArray());
        Assert.Equal(1e-3f, normalization.Specification.Epsilon);
    }

    [Fact]
    public void What_does_not_fit_is_refused_where_it_is_called()
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 6);
        GraphValue row = graph.RowInput("r", 6);
        Refuse("layers", "expected a sequence to read, found a row", () => row.Convolution(2, 3));
        Refuse("layers", "expected a sequence to read, found a row", () => row.MaxOverTime());
        Refuse("layers", "expected a row to read, found a sequence", () => x.Unflatten(2));
        Refuse("layers", "the model's steps less 2", () => x + x.Convolution(6, 3, padding: ConvolutionPadding.Valid));
        Refuse("layers", "expected scores of 1 or 6 features, found 2", () => x.SoftmaxOverTime(x.Dense(2)));
        Refuse("KernelSize", "found 0", () => x.Convolution(2, 0));
        Refuse("padding", "with Stride 2 that of Same depends", () => x.Convolution(2, 3, stride: 2, padding: ConvolutionPadding.Same));
        Refuse("padding", "with Stride 2 that of Same depends", () => x.MaxPooling(2, padding: ConvolutionPadding.Same));
        Refuse("padding", "found 7", () => x.Convolution(2, 3, padding: (ConvolutionPadding)7));
        Refuse("windows", "a divisor of InputSize 6 and OutputSize 4, found 4", () => x.Convolution(4, 3, groups: 4));
        Assert.Throws<ArgumentNullException>("specification", () => x.Convolution(null!));
        // The convolution, and both dense layers.
        Assert.Equal(3, graph.ToDefinition(("y", x.Dense(2))).Layers.Count);

        static void Refuse(string argument, string text, Func<object> call)
        {
            ArgumentException exception = Assert.ThrowsAny<ArgumentException>(call);
            Assert.Equal(argument, exception.ParamName);
            Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        }
    }
}
