using System.Text;
using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Captures;

/// <summary>Captures of amplifiers: Neural Amp Modeler, GuitarML, AIDA-X.</summary>
public sealed class CaptureTests
{
    private static readonly string NamFile = GoldenFiles.PathOf("nam", "BossLSTM-1x16.nam");

    [Fact]
    public void A_real_amplifier_sounds_as_recorded()
    {
        RecordedCase recorded = RecordedCase.Load("nam", "BossLSTM-1x16.nam");

        Assert.Equal(48_000, recorded.Output.Length);
        Assert.InRange(recorded.LargestDifference(recorded.ComputeReference()), 0, 1e-12);
        Assert.InRange(recorded.LargestDifference(recorded.ComputeNative()), 0, 3e-5);
    }

    [Fact]
    public void What_a_capture_says_about_itself_is_kept()
    {
        ImportedModel model = ModelFile.Load(NamFile);

        Assert.Equal("NAM capture", model.Format);
        Assert.Equal(["lstm_0", "head"], model.LayerNames);
        Assert.Equal(48_000, model.SampleRate);
        ImportNote note = Assert.Single(model.Notes);
        Assert.Equal((ImportNoteKind.Assumed, "sample_rate"), (note.Kind, note.Subject));
        Assert.Equal("2023", model.Metadata["date.year"]);
        Assert.Equal("0.5.1", model.Metadata["version"]);
        Assert.StartsWith("-11.38", model.Metadata["loudness"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_states_that_a_stream_starts_from_are_those_of_the_file()
    {
        var layer = Assert.IsType<RecurrentLayer>(ModelFile.Load(NamFile).Definition.Layers[0]);
        SafetensorsFile recorded = SafetensorsFile.Open(Path.ChangeExtension(NamFile, ".io.safetensors"));

        Assert.Equal(recorded["h0"].ToSingles(), layer.Forward!.InitialHidden.ToArray());
        Assert.Equal(recorded["c0"].ToSingles(), layer.Forward.InitialCell.ToArray());
    }

    [Fact]
    public void Layers_of_a_capture_follow_each_other()
    {
        // Two layers of one unit: 4 * 2 weights, 4 biases and 2 states each, then a head of 1 + 1.
        string weights = string.Join(", ", Enumerable.Range(1, (2 * (8 + 4 + 2)) + 2));
        ImportedModel model = Load(Nam("LSTM", """{"input_size": 1, "hidden_size": 1, "num_layers": 2}""", weights));

        var second = Assert.IsType<RecurrentLayer>(model.Definition.Layers[1]).Forward!;
        Assert.Equal([15f, 17, 19, 21], second.InputWeights.ToArray());
        Assert.Equal([16f, 18, 20, 22], second.RecurrentWeights.ToArray());
        Assert.Equal([23f, 24, 25, 26], second.InputBias.ToArray());
        Assert.Equal(27f, Assert.Single(second.InitialHidden.ToArray()));
        Assert.Equal(28f, Assert.Single(second.InitialCell.ToArray()));
        var head = Assert.IsType<DenseLayer>(model.Definition.Layers[2]).Weights;
        Assert.Equal((29f, 30f), (head.Kernel.Span[0], head.Bias.Span[0]));
    }

    [Theory]
    [InlineData("WaveNet", "{}", "has no 'layers'")]
    [InlineData("Linear", """{"receptive_field": 4}""", "expected 4 numbers")]
    [InlineData("Linear", """{"receptive_field": 3, "channels": 2}""", "'channels' is not supported")]
    [InlineData("ConvNet", "{}", "'ConvNet' is not supported")]
    [InlineData("LSTM", """{"input_size": 1, "hidden_size": 16, "num_layers": 1}""", "expected 1201 numbers")]
    [InlineData("LSTM", """{"input_size": 1, "hidden_size": 1048576, "num_layers": 1000}""", "numbers")]
    [InlineData("LSTM", """{"input_size": 1, "hidden_size": 0, "num_layers": 1}""", "config.hidden_size")]
    [InlineData("LSTM", """{"input_size": 1, "num_layers": 1}""", "'hidden_size'")]
    public void Other_architectures_and_sizes_that_do_not_fit_are_refused(
        string architecture, string config, string reason)
    {
        string message = Assert.Throws<ModelFormatException>(() => Load(Nam(architecture, config, "1, 2, 3"))).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_skipped_input_is_added_to_the_output()
    {
        ImportedModel model = ModelFile.Load(GoldenFiles.PathOf("keras", "guitarml_lstm.json"));

        ResidualSpecification skip = Assert.IsType<ResidualLayer>(model.Definition.Layers[^1]).Specification;
        Assert.Equal((3, 1), (skip.Span, skip.InputSize));
        Assert.Equal(["rec_l0", "rec_l1", "lin", "skip"], model.LayerNames);
        Assert.Null(model.SampleRate);
    }

    [Fact]
    public void Gains_and_skip_of_AIDA_X_go_around_the_network()
    {
        ImportedModel model = ModelFile.Load(GoldenFiles.PathOf("keras", "aida_skip_gain.json"));

        Assert.Equal(["in_gain", "lstm_0", "dense_1", "in_skip", "out_gain"], model.LayerNames);
        Assert.Equal(44_100, model.SampleRate);
        Assert.Equal("a test", model.Metadata["name"]);
        float factor = Assert.IsType<ScaleLayer>(model.Definition.Layers[0]).Factors.Span[0];
        Assert.Equal(1.9952623f, factor);
    }

    [Theory]
    [InlineData("\"unit_type\": \"LSTM\"", "\"unit_type\": \"ELSTM\"", "'ELSTM' is not supported")]
    [InlineData("\"model\": \"SimpleRNN\"", "\"model\": \"GatedConvNet\"", "'GatedConvNet' is not supported")]
    [InlineData("\"skip\": 1", "\"skip\": 2", "model_data.skip")]
    [InlineData("\"num_layers\": 2", "\"num_layers\": 1", "belongs to nothing")]
    [InlineData("\"num_layers\": 2", "\"num_layers\": 3", "rec.weight_ih_l2")]
    [InlineData("\"hidden_size\": 4", "\"hidden_size\": 5", "expected shape [20, 2], found [16, 2]")]
    [InlineData("\"lin.bias\"", "\"lin.bais\"", "lin.bias")]
    public void What_model_data_and_parameters_disagree_in_is_said(string found, string replaced, string reason)
    {
        string json = File.ReadAllText(GoldenFiles.PathOf("keras", "guitarml_lstm.json"));
        Assert.Contains(found, json, StringComparison.Ordinal);

        string message = Assert.Throws<ModelFormatException>(
            () => Load(json.Replace(found, replaced, StringComparison.Ordinal))).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("48000", 48_000)]
    [InlineData("\"44100\"", 44_100)]
    [InlineData("96000.0", 96_000)]
    public void A_sample_rate_may_be_a_number_or_a_text(string written, int rate)
    {
        ImportedModel model = Load(
            $$"""{"in_shape": [1], "layers": [{"type": "dense", "shape": [1], "weights": [[[2]]]}], "samplerate": {{written}}}""");

        Assert.Equal(rate, model.SampleRate);
    }

    private static string Nam(string architecture, string config, string weights) =>
        $$"""{"version": "0.5.1", "architecture": "{{architecture}}", "config": {{config}}, "weights": [{{weights}}]}""";

    private static ImportedModel Load(string json) => JsonModel.Load(new MemorySource(Encoding.UTF8.GetBytes(json)), ImportOptions.Default);
}
