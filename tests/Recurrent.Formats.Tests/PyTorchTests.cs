using Recurrent.Layers;

namespace Recurrent.Formats.Tests;

public sealed class PyTorchTests
{
    private const int Input = 3;
    private const int Hidden = 4;

    [Fact]
    public void An_LSTM_with_all_that_PyTorch_offers_is_mapped_by_name()
    {
        SafetensorsFile file = Lstm(projection: 2, layers: 2, bidirectional: true).Parse();

        IReadOnlyList<RecurrentLayer> layers = PyTorchModules.Lstm(file, "net.lstm");

        Assert.Equal(2, layers.Count);
        var expected = new LstmSpecification
        {
            InputSize = Input,
            HiddenSize = Hidden,
            ProjectionSize = 2,
            Direction = Direction.Bidirectional,
        };
        Assert.Equal(expected, layers[0].Specification);
        Assert.Equal(expected with { InputSize = 4 }, layers[1].Specification);
        AssertWeights(file, "net.lstm.", "_l0", layers[0].Forward!);
        AssertWeights(file, "net.lstm.", "_l0_reverse", layers[0].Reverse!);
        AssertWeights(file, "net.lstm.", "_l1", layers[1].Forward!);
        AssertWeights(file, "net.lstm.", "_l1_reverse", layers[1].Reverse!);
    }

    [Fact]
    public void A_GRU_without_module_name_and_bias_is_mapped()
    {
        SafetensorsFile file = new SafetensorsBuilder()
            .AddCounting("weight_ih_l0", 0, 3 * Hidden, Input)
            .AddCounting("weight_hh_l0", 100, 3 * Hidden, Hidden)
            .Parse();

        RecurrentLayer layer = Assert.Single(PyTorchModules.Gru(file));

        Assert.Equal(new GruSpecification { InputSize = Input, HiddenSize = Hidden }, layer.Specification);
        Assert.Equal(file["weight_hh_l0"].ToSingles(), layer.Forward!.RecurrentWeights.ToArray());
        Assert.True(layer.Forward.InputBias.IsEmpty);
        Assert.True(layer.Forward.RecurrentBias.IsEmpty);
        Assert.Null(layer.Reverse);
    }

    [Fact]
    public void An_RNN_has_the_nonlinearity_that_is_named()
    {
        SafetensorsFile file = new SafetensorsBuilder()
            .AddCounting("rnn.weight_ih_l0", 0, Hidden, Input)
            .AddCounting("rnn.weight_hh_l0", 0, Hidden, Hidden)
            .Parse();
        var expected = new SimpleRnnSpecification { InputSize = Input, HiddenSize = Hidden };

        Assert.Equal(expected, PyTorchModules.Rnn(file, "rnn")[0].Specification);
        Assert.Equal(
            expected with { Activation = Activation.Relu }, PyTorchModules.Rnn(file, "rnn", Activation.Relu)[0].Specification);
    }

    [Fact]
    public void A_linear_module_becomes_a_dense_layer()
    {
        SafetensorsFile file = new SafetensorsBuilder()
            .AddCounting("dense.weight", 0, 2, 5)
            .AddCounting("dense.bias", 50, 2)
            .Parse();

        DenseLayer layer = PyTorchModules.Linear(file, "dense", Activation.Sigmoid);

        Assert.Equal(
            new DenseSpecification { InputSize = 5, OutputSize = 2, Activation = Activation.Sigmoid }, layer.Specification);
        Assert.Equal(file["dense.weight"].ToSingles(), layer.Weights.Kernel.ToArray());
        Assert.Equal(file["dense.bias"].ToSingles(), layer.Weights.Bias.ToArray());
    }

    [Fact]
    public void A_module_of_another_name_is_not_taken()
    {
        SafetensorsFile file = Lstm().Parse();

        Assert.Equal(
            "tensor 'lstm.weight_ih_l0' is missing.",
            Assert.Throws<ModelFormatException>(() => PyTorchModules.Lstm(file, "lstm")).Message);
    }

    [Fact]
    public void A_missing_parameter_is_named()
    {
        SafetensorsFile file = new SafetensorsBuilder().AddCounting("weight_ih_l0", 0, 4 * Hidden, Input).Parse();

        Assert.Contains("'weight_hh_l0' is missing", Refused(() => PyTorchModules.Lstm(file)));
    }

    [Theory]
    [InlineData("weight_hh_l0", 16, 3, "tensor 'weight_hh_l0': expected shape [16, 4], found [16, 3]")]
    [InlineData("weight_hh_l0", 4, 16, "tensor 'weight_hh_l0': expected shape [16, 4], found [4, 16]")]
    [InlineData("weight_ih_l0", 18, 3, "tensor 'weight_ih_l0': expected rows for 4 gates of one size, found 18")]
    [InlineData("weight_ih_l0", 0, 3, "tensor 'weight_ih_l0': expected shape [1 to 4194304, 1 to 1048576], found [0, 3]")]
    [InlineData("bias_ih_l0", 8, 2, "tensor 'bias_ih_l0': expected shape [16], found [8, 2]")]
    [InlineData("weight_hr_l0", 4, 4, "tensor 'weight_hr_l0': expected fewer than 4 rows, found 4")]
    [InlineData("weight_ih_l1", 16, 3, "tensor 'weight_ih_l1': expected 4 columns, the outputs of the layer before, found 3")]
    [InlineData("bias_hh_l1", 4, 4, "tensor 'bias_hh_l1' belongs to none of the 1 layers")]
    [InlineData("weight_hh_l0_reverse", 16, 4, "tensor 'weight_hh_l0_reverse' belongs to none of the 1 layers")]
    public void A_parameter_that_does_not_fit_is_named_with_both_shapes(
        string name, int rows, int columns, string expected)
    {
        var builder = new SafetensorsBuilder().AddCounting(name, 0, rows, columns);
        foreach ((string other, int size) in new[] { ("weight_ih_l0", Input), ("weight_hh_l0", Hidden) })
        {
            if (other != name)
            {
                builder.AddCounting(other, 0, 4 * Hidden, size);
            }
        }

        Assert.Contains(expected, Refused(() => PyTorchModules.Lstm(builder.Parse())));
    }

    [Fact]
    public void A_parameter_of_integers_is_refused()
    {
        SafetensorsFile file = new SafetensorsBuilder().Add("weight", "I32", [1, 1], 1).Parse();

        Assert.Contains("tensor 'weight': expected elements of type F16", Refused(() => PyTorchModules.Linear(file)));
    }

    [Fact]
    public void A_hidden_size_above_the_limit_is_refused()
    {
        const int Rows = LayerSpecification.MaxSize + 1;
        SafetensorsFile file = new SafetensorsBuilder().Add("weight_ih_l0", "F16", [Rows, 1], new Half[Rows]).Parse();

        Assert.Contains("tensor 'weight_ih_l0'", Refused(() => PyTorchModules.Rnn(file)));
    }

    private static string Refused(Func<object> read) => Assert.Throws<ModelFormatException>(read).Message;

    private static SafetensorsBuilder Lstm(int projection = 0, int layers = 1, bool bidirectional = false)
    {
        var builder = new SafetensorsBuilder();
        int state = projection == 0 ? Hidden : projection;
        int input = Input;
        float first = 0;
        for (int layer = 0; layer < layers; layer++)
        {
            foreach (string suffix in bidirectional ? [$"_l{layer}", $"_l{layer}_reverse"] : new[] { $"_l{layer}" })
            {
                builder
                    .AddCounting("net.lstm.weight_ih" + suffix, first += 1000, 4 * Hidden, input)
                    .AddCounting("net.lstm.weight_hh" + suffix, first += 1000, 4 * Hidden, state)
                    .AddCounting("net.lstm.bias_ih" + suffix, first += 1000, 4 * Hidden)
                    .AddCounting("net.lstm.bias_hh" + suffix, first += 1000, 4 * Hidden);
                if (projection > 0)
                {
                    builder.AddCounting("net.lstm.weight_hr" + suffix, first += 1000, projection, Hidden);
                }
            }

            input = bidirectional ? 2 * state : state;
        }

        return builder;
    }

    private static void AssertWeights(SafetensorsFile file, string prefix, string suffix, CellWeights weights)
    {
        Assert.Equal(file[prefix + "weight_ih" + suffix].ToSingles(), weights.InputWeights.ToArray());
        Assert.Equal(file[prefix + "weight_hh" + suffix].ToSingles(), weights.RecurrentWeights.ToArray());
        Assert.Equal(file[prefix + "bias_ih" + suffix].ToSingles(), weights.InputBias.ToArray());
        Assert.Equal(file[prefix + "bias_hh" + suffix].ToSingles(), weights.RecurrentBias.ToArray());
        Assert.Equal(file[prefix + "weight_hr" + suffix].ToSingles(), weights.Projection.ToArray());
    }
}
