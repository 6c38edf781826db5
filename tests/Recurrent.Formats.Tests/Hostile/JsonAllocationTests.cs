using System.Text;
using Recurrent.Formats.Json;
using Recurrent.Formats.Keras;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Tests.Hostile;

/// <summary>
/// Models in JSON are read as a stream: with all that is allocated on the way, they take at most three times the file's
/// size and what any file may take, even if every number has one digit.
/// </summary>
public sealed class JsonAllocationTests
{
    private const int Multiple = 3;
    private const long Slack = 256 << 10;

    private static readonly ImportOptions Said = new() { AssumeDefaults = true };

    public static TheoryData<string, string> Dense => new()
    {
        { "NAM", Nam(512) },
        { "RTNeural, dense", $$"""{"in_shape":[2048],"layers":[{"type":"dense","shape":[1024],"weights":[{{Matrix(2048, 1024)}},{{Vector(1024)}}]}]}""" },
        { "RTNeural, gru", $$"""{"in_shape":[700],"layers":[{"type":"gru","shape":[500],"weights":[{{Matrix(700, 1500)}},{{Matrix(500, 1500)}},{{Matrix(2, 1500)}}]}]}""" },
        { "RTNeural, lstm", $$"""{"in_shape":[600],"layers":[{"type":"lstm","shape":[400],"weights":[{{Matrix(600, 1600)}},{{Matrix(400, 1600)}},{{Vector(1600)}}]}]}""" },
        { "GuitarML", GuitarMl(600) },
        { "PyTorch's names", $$"""{"lstm.weight_ih_l0":{{Matrix(1600, 600)}},"lstm.weight_hh_l0":{{Matrix(1600, 400)}}}""" },
    };

    [Theory]
    [MemberData(nameof(Dense))]
    public void Numbers_take_at_most_three_times_the_size_of_their_text(string format, string json)
    {
        byte[] file = Encoding.UTF8.GetBytes(json);
        Assert.True(file.Length > 2_000_000, format);
        ImportedModel? model = null;

        long allocated = Allocation.Of(() => model = Load(file));

        Assert.InRange(allocated, 0, (Multiple * (long)file.Length) + MemoryBudget.Floor + Slack);
        Assert.NotEmpty(model!.Definition.Layers);
    }

    [Fact]
    public void Numbers_that_no_model_needs_take_nothing()
    {
        byte[] file = Encoding.UTF8.GetBytes($$"""{"layers":{{Matrix(2000, 1000)}},"losses":{{Vector(1_000_000)}}}""");

        long allocated = Allocation.Of(() => Assert.Throws<ModelFormatException>(() => Load(file)));

        Assert.InRange(allocated, 0, Slack);
    }

    [Theory]
    [InlineData("[", "{}", "]")]
    [InlineData("[", "[]", "]")]
    [InlineData("[", "\"\"", "]")]
    [InlineData("[", "null", "]")]
    [InlineData("{", "\"#\":1", "}")]
    [InlineData("{", "\"#\":{}", "}")]
    [InlineData("{\"weights\":{\"#\":[", "[[[]]]", "]}}")]
    public void Objects_and_texts_without_end_take_no_more_than_their_share(string begin, string item, string end)
    {
        string items = string.Join(",", Enumerable.Range(0, 100_000).Select(i => item.Replace("#", $"{i}", StringComparison.Ordinal)));
        byte[] file = Encoding.UTF8.GetBytes($$"""{"in_shape":[1],"layers":{{begin}}{{items}}{{end}}}""");

        long allocated = Allocation.Of(() => Assert.Throws<ModelFormatException>(() => Load(file)));

        Assert.InRange(allocated, 0, (Multiple * (long)file.Length) + MemoryBudget.Floor + Slack);
    }

    [Fact]
    public void Metadata_under_a_name_without_end_are_left_out()
    {
        string texts = string.Join(",", Enumerable.Range(0, 200).Select(i => $"\"{i}\":\"x\""));
        byte[] file = Encoding.UTF8.GetBytes(
            $$"""{"in_shape":[1],"layers":[{"type":"dense","shape":[1],"weights":[[[1]]]}],"{{new string('n', 100_000)}}":{{{texts}}},"name":"clean"}""");
        ImportedModel? model = null;

        long allocated = Allocation.Of(() => model = Load(file));

        Assert.InRange(allocated, 0, (Multiple * (long)file.Length) + MemoryBudget.Floor + Slack);
        Assert.Equal(["name"], model!.Metadata.Keys);
    }

    [Theory]
    [InlineData("\"in_gain\":6", "")]
    [InlineData("\"note\":0", "{\"type\":\"activation\",\"activation\":\"selu\",\"shape\":[1048576]}")]
    public void Factors_of_features_that_are_only_spoken_of_are_refused(string property, string layer)
    {
        string layers = layer.Length == 0 ? "" : string.Join(",", Enumerable.Repeat(layer, 20));
        byte[] file = Encoding.UTF8.GetBytes($$"""{"in_shape":[1048576],{{property}},"layers":[{{layers}}]}""");

        Allocation.AssertRefused(file.Length, () => Load(file), "this would go beyond that");
    }

    [Fact]
    public void Factors_of_a_Keras_model_are_refused_likewise()
    {
        string layers = string.Join(",", Enumerable.Range(0, 30).Select(i =>
            $$$"""{"class_name":"Activation","config":{"name":"a{{{i}}}","activation":"selu","batch_input_shape":[null,null,1048576]}}"""));
        byte[] file = new SafetensorsBuilder().Metadata(new Dictionary<string, string>
        {
            ["keras_config"] = $$$"""{"class_name":"Sequential","config":{"layers":[{{{layers}}}]}}""",
        }).Build();

        Allocation.AssertRefused(
            file.Length,
            () => KerasModel.Load(SafetensorsFile.Parse(file), ImportOptions.Default),
            "this would go beyond that");
    }

    private static ImportedModel Load(byte[] file) => JsonModel.Load(new MemorySource(file), Said);

    private static string Vector(int count) => "[" + string.Join(",", Enumerable.Repeat("0", count)) + "]";

    private static string Matrix(int rows, int columns) =>
        "[" + string.Join(",", Enumerable.Repeat(Vector(columns), rows)) + "]";

    private static string Nam(int hidden) =>
        $$$"""{"architecture":"LSTM","config":{"input_size":1,"hidden_size":{{{hidden}}},"num_layers":1},"weights":{{{Vector((4 * hidden * (1 + hidden + 1)) + (2 * hidden) + hidden + 1)}}},"sample_rate":48000}""";

    private static string GuitarMl(int hidden) =>
        $$"""
        {"model_data":{"model":"SimpleRNN","input_size":1,"output_size":1,"hidden_size":{{hidden}},"unit_type":"LSTM","bias_fl":true,"skip":0},
        "state_dict":{"rec.weight_ih_l0":{{Matrix(4 * hidden, 1)}},"rec.weight_hh_l0":{{Matrix(4 * hidden, hidden)}},
        "rec.bias_ih_l0":{{Vector(4 * hidden)}},"rec.bias_hh_l0":{{Vector(4 * hidden)}},
        "lin.weight":{{Matrix(1, hidden)}},"lin.bias":[0]}
        }
        """;
}
