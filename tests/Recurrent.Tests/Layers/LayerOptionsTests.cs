using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Layers;

/// <summary>Which formats layers take, and what is refused.</summary>
public sealed class LayerOptionsTests
{
    private static readonly ModelDefinition Definition = new([
        new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(2, new RandomFloats(1)),
        new SoftmaxLayer(3),
        new LayerCase { Cell = CellKind.Dense, Size = 2 }.Create(3, new RandomFloats(2))]);

    [Theory]
    [InlineData(
        "Weights", 1, "layers[1].Weights: expected no format, because layer 1, a SoftmaxLayer, has no weights that take one: "
        + "only recurrent layers, dense layers and convolutions have; found Int8.")]
    [InlineData("InputWeights", 1, "layers[1].InputWeights: expected no format, because layer 1, a SoftmaxLayer,")]
    [InlineData("RecurrentWeights", 1, "layers[1].RecurrentWeights: expected no format, because layer 1, a SoftmaxLayer,")]
    [InlineData(
        "RecurrentWeights", 2, "layers[2].RecurrentWeights: expected no format, because layer 2, a DenseLayer, has no recurrent "
        + "weights; found Int8.")]
    [InlineData("Weights", 3, "layers[3]: expected 0 to 2, found 3.")]
    [InlineData("Weights", -1, "layers[-1]: expected 0 to 2, found -1.")]
    public void A_format_is_refused_where_nothing_takes_it(string option, int layer, string message)
    {
        LayerOptions given = option switch
        {
            "Weights" => new LayerOptions { Weights = WeightFormat.Int8 },
            "InputWeights" => new LayerOptions { InputWeights = WeightFormat.Int8 },
            _ => new LayerOptions { RecurrentWeights = WeightFormat.Int8 },
        };
        Dictionary<int, LayerOptions> layers = new() { [layer] = given };
        RequireRefusal(message, () => Definition.Rounded(WeightFormat.Float32, layers));
        RequireRefusal(message, () => ReferenceModel<float>.Create(Definition, WeightFormat.Float32, layers));
        RequireRefusal(
            $"options.L{message[1..]}",
            () => RecurrentModel.Create(Definition, new ModelOptions { Layers = layers }).Dispose());
    }

    [Fact]
    public void Formats_that_are_not_defined_are_refused()
    {
        const string Message = "expected one of Float32, BFloat16, Int8, Int8With8BitInputs, found 9.";
        const WeightFormat Unknown = (WeightFormat)9;
        RequireRefusal($"Weights: {Message}", () => _ = new ModelOptions { Weights = Unknown });
        RequireRefusal($"Weights: {Message}", () => _ = new LayerOptions { Weights = Unknown });
        RequireRefusal($"InputWeights: {Message}", () => _ = new LayerOptions { InputWeights = Unknown });
        RequireRefusal($"RecurrentWeights: {Message}", () => _ = new LayerOptions { RecurrentWeights = Unknown });
        RequireRefusal($"weights: {Message}", () => Definition.Rounded(Unknown));
        RequireRefusal($"weights: {Message}", () => ReferenceModel<float>.Create(Definition, Unknown));
    }

    [Fact]
    public void Options_are_copied()
    {
        Dictionary<int, LayerOptions> layers = new() { [0] = new() { Weights = WeightFormat.BFloat16 } };
        ModelOptions options = new() { Layers = layers };
        layers.Clear();
        Assert.Equal(WeightFormat.BFloat16, Assert.Single(options.Layers).Value.Weights);
        Assert.Equal(new ModelOptions(), new ModelOptions());
        Assert.Throws<ArgumentNullException>(() => new ModelOptions { Layers = null! });
    }

    [Fact]
    public void An_option_that_names_nothing_changes_nothing()
    {
        Dictionary<int, LayerOptions> layers = new() { [0] = new(), [1] = new(), [2] = new() };
        Assert.Equal(
            LayerFormats.Of(Definition.Graph, WeightFormat.Int8, null, "layers"),
            LayerFormats.Of(Definition.Graph, WeightFormat.Int8, layers, "layers"));
        Assert.Equal(
            [new(WeightFormat.Int8, WeightFormat.Int8), default, default],
            LayerFormats.Of(Definition.Graph, WeightFormat.Int8, layers, "layers"));
    }

    private static void RequireRefusal(string message, Action action) => Assert.Contains(
        message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
