using Recurrent.Formats.Tests.Graphs;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Layers;

/// <summary>Layers around recurrent ones in safetensors files, in PyTorch's names.</summary>
public sealed class SafetensorsLayerTests
{
    public static TheoryData<string> Models => [.. LayerModels.Names];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_is_the_same_after_export_and_import(string name)
    {
        ModelDefinition definition = LayerModels.Of(name);

        ImportedModel found = WriteAndRead(PyTorchExport.ToWriter(definition));

        DefinitionAssert.Same(definition, found.Definition);
        Assert.Empty(found.Notes);
    }

    [Fact]
    public void A_convolution_has_the_weights_of_PyTorch()
    {
        ConvolutionLayer layer = LayerModels.Convolution(
            new Random(2), 4, 2, 3, causal: true, dilation: 2, groups: 2, history: true, activation: Activation.Relu);

        SafetensorsWriter writer = PyTorchExport.ToWriter(new ModelDefinition([layer]));

        using SafetensorsFile file = Parse(writer);
        Assert.Equal([2, 2, 3], file["conv.weight"].Shape);
        float[] weight = file["conv.weight"].ToSingles();
        ReadOnlySpan<float> kernel = layer.Weights.Kernel.Span;
        for (int output = 0; output < 2; output++)
        {
            for (int input = 0; input < 2; input++)
            {
                for (int tap = 0; tap < 3; tap++)
                {
                    Assert.Equal(kernel[(((output * 3) + tap) * 2) + input], weight[(((output * 2) + input) * 3) + tap]);
                }
            }
        }

        Assert.Equal([4, 4], file["conv.history"].Shape);
        Assert.Contains("\"conv(dilation=2,groups=2,before=4)\",\"relu\"", writer.Metadata["recurrent.model"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_modules_says_what_a_state_dict_does_not()
    {
        Random random = new(3);
        SafetensorsWriter writer = new();
        writer.Add("front.0.weight", [5, 2, 3], GraphModels.Values(30, random));
        writer.Add("front.0.bias", [5], GraphModels.Values(5, random));
        writer.Add("norm.weight", [5], GraphModels.Values(5, random));
        writer.Add("norm.bias", [5], GraphModels.Values(5, random));

        ImportedModel model = WriteAndRead(writer, "front.0(stride=2,padding=1)", "relu", "norm(layer_norm,0.001)");

        ConvolutionSpecification convolution = Assert.IsType<ConvolutionLayer>(model.Definition.Layers[0]).Specification;
        Assert.Equal(
            new ConvolutionSpecification
            {
                InputSize = 2,
                OutputSize = 5,
                KernelSize = 3,
                Stride = 2,
                PaddingBefore = 1,
                PaddingAfter = 1,
                Activation = Activation.Relu,
            },
            convolution);
        Assert.Equal(0.001f, Assert.IsType<LayerNormalizationLayer>(model.Definition.Layers[1]).Specification.Epsilon);
    }

    [Theory]
    [InlineData("front.0(stride=0)", "expected stride, padding, dilation or groups of an nn.Conv1d")]
    [InlineData("front.0(strides=2)", "found 'strides=2'")]
    [InlineData("front.0(stride=2,stride=3)", "found 'stride=3'")]
    [InlineData("front.0(2)", "found '2'")]
    [InlineData("front.0(groups=3)", "Groups: expected a divisor")]
    [InlineData("front.0(before=9)", "PaddingBefore: expected 0 to 2")]
    [InlineData("norm", "expected 'norm(layer_norm)' for an nn.LayerNorm")]
    [InlineData("norm(layer_norm,-1)", "expected 'norm(layer_norm)' for an nn.LayerNorm")]
    [InlineData("front.0, max_pooling(2,1)", "expected one of concatenation")]
    [InlineData("front.0, average_pooling(2,1,1,0,0,2)", "expected one of concatenation")]
    [InlineData("front.0, layer_normalization(x)", "expected the eps of the normalization")]
    [InlineData("front.0, flatten", "expected one of concatenation")]
    [InlineData(null, "module 'front.0', perhaps an nn.Conv1d: a state dict does not say its stride")]
    public void What_is_not_said_or_wrong_is_refused_by_the_name_of_the_module(string? modules, string expected)
    {
        SafetensorsWriter writer = new();
        writer.Add("front.0.weight", [5, 2, 3], new float[30]);
        writer.Add("norm.weight", [5], new float[5]);

        var refusal = Assert.Throws<ModelFormatException>(
            () => WriteAndRead(writer, modules?.Split(", ").ToArray() ?? []));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private static SafetensorsFile Parse(SafetensorsWriter writer)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.safetensors");
        writer.Save(path);
        return SafetensorsFile.Parse(File.ReadAllBytes(path));
    }

    private static ImportedModel WriteAndRead(SafetensorsWriter writer, params string[] modules)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.safetensors");
        writer.Save(path);
        return writer.Metadata.ContainsKey("recurrent.model")
            ? ModelFile.Load(path)
            : ModelFile.Load(path, new ImportOptions
            {
                Modules = modules.Length == 0 ? null : modules,
                Output = ModelOutput.EveryStep,
                Layout = SequenceLayout.BatchMajor,
            });
    }
}
