using System.Globalization;
using System.Text;
using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>RTNeural's own models with the outputs that it recorded from Keras and PyTorch.</summary>
public sealed class RtNeuralModelTests
{
    // Those with PyTorch's names do not say it.
    private static readonly ImportOptions OneSequence =
        new() { Output = ModelOutput.EveryStep, Layout = SequenceLayout.TimeMajor };

    [Theory]
    [InlineData("lstm")]
    [InlineData("lstm_1d")]
    [InlineData("lstm_torch")]
    [InlineData("gru")]
    [InlineData("gru_1d")]
    [InlineData("gru_torch")]
    public void Recorded_outputs_are_met(string name)
    {
        var recorded = new RecordedCase(
            ModelFile.Load(GoldenFiles.PathOf("rtneural", "models", name + ".json"), OneSequence),
            [.. ReadColumn(name + "_x").Select(value => (float)value)],
            ReadColumn(name + "_y"));

        Assert.InRange(recorded.LargestDifference(recorded.ComputeReference()), 0, 2e-6);
        Assert.InRange(recorded.LargestDifference(recorded.ComputeNative()), 0, 2e-6);
    }

    [Theory]
    [InlineData("full_model.json", "layer 1 (conv1d)", "a layer of type 'conv1d' is not supported")]
    [InlineData("bad_lstm.json", "layer 0 (lstm)", "'layers[0].weights[0]': expected shape [1, 64], found [1, 80]")]
    public void Models_that_cannot_be_are_refused_by_name(string file, string place, string reason)
    {
        string message = Assert.Throws<ModelFormatException>(
            () => ModelFile.Load(GoldenFiles.PathOf("rtneural", "models", file))).Message;

        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"in_shape": [1], "layers": []}""", "at least one layer")]
    [InlineData("""{"in_shape": [null], "layers": []}""", "in_shape[0]")]
    [InlineData("""{"in_shape": [1], "layers": [{"type": "dense", "shape": [2]}]}""", "'layers[0]' has no 'weights'")]
    [InlineData("""{"in_shape": [1], "layers": [{"type": "dense", "shape": [2], "weights": [[[1, "2"]]]}]}""", "element 1")]
    [InlineData("""{"in_shape": [1], "layers": [{"type": "dense", "shape": [2], "weights": [[[1, 1e99]]]}]}""", "1e99")]
    [InlineData("""{"in_shape": [2], "layers": [{"type": "dense", "shape": [2], "weights": [[[1, 2], [3]]]}]}""", "expected an array of 2")]
    [InlineData("""{"in_shape": [1], "layers": [{"type": "dense", "shape": [1], "weights": [[[1]]], "activation": "gelu"}]}""", "'gelu'")]
    [InlineData("""{"in_shape": [2], "layers": [{"type": "prelu", "shape": [2], "weights": [[0.1, 0.2]]}]}""", "slopes")]
    [InlineData("""{"in_shape": [2], "layers": [{"type": "activation", "activation": "relu", "shape": [3], "weights": []}]}""", "its shape says 3")]
    [InlineData("""{"in_shape": [2], "layers": [{"type": "batchnorm", "shape": [2], "weights": [[1, 1], [1, 1], [1, 1]]}]}""", "found 3 tensors")]
    [InlineData("""{"in_shape": [1], "layers": [{"type": "lstm", "activation": "softmax", "shape": [1], "weights": [[[1, 1, 1, 1]], [[1, 1, 1, 1]]]}]}""", "softmax")]
    public void What_is_wrong_with_a_file_is_said(string json, string reason)
    {
        string message = Assert.Throws<ModelFormatException>(() => Load(json)).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_and_white_space_are_allowed()
    {
        byte[] json = Encoding.UTF8.GetBytes("\uFEFF \r\n" + """
            {"in_shape": [1], "layers": [{"type": "dense", "shape": [1], "weights": [[[2]], [3]]}]}
            """);

        Assert.True(JsonModel.Recognizes(json));
        Assert.IsType<DenseLayer>(Assert.Single(JsonModel.Load(new MemorySource(json), ImportOptions.Default).Definition.Layers));
    }

    [Fact]
    public void A_bias_of_two_rows_makes_the_reset_gate_apply_after_the_product()
    {
        string model = """{"in_shape": [1], "layers": [{"type": "gru", "shape": [1], "weights": [[[1, 2, 3]], [[4, 5, 6]], BIAS]}]}""";

        Assert.True(ResetAfter(model.Replace("BIAS", "[[1, 2, 3], [4, 5, 6]]", StringComparison.Ordinal)));
        Assert.False(ResetAfter(model.Replace("BIAS", "[1, 2, 3]", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_cell_with_another_activation_is_taken_as_Keras_means_it_and_noted()
    {
        ImportedModel model = Load(
            """{"in_shape": [1], "layers": [{"type": "lstm", "activation": "relu", "shape": [1], "weights": [[[1, 1, 1, 1]], [[1, 1, 1, 1]]]}]}""");

        var specification = Assert.IsType<LstmSpecification>(Assert.Single(model.Definition.Layers).Specification);
        Assert.Equal(Activation.Relu, specification.CandidateActivation);
        Assert.Equal(Activation.Relu, specification.OutputActivation);
        Assert.Equal(ImportNoteKind.Assumed, Assert.Single(model.Notes).Kind);
    }

    private static bool ResetAfter(string json) =>
        Assert.IsType<GruSpecification>(Assert.Single(Load(json).Definition.Layers).Specification).ResetAfter;

    private static ImportedModel Load(string json) => JsonModel.Load(new MemorySource(Encoding.UTF8.GetBytes(json)), ImportOptions.Default);

    private static double[] ReadColumn(string name) =>
        [.. File.ReadLines(GoldenFiles.PathOf("rtneural", "test_data", name + "_python.csv"))
            .Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
}
