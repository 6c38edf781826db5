using System.Text.Json.Nodes;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests.Layers;

/// <summary>
/// Layers around recurrent ones in ONNX files: as exporters write them (<c>make_onnx_layers.py</c>), and as this library does.
/// </summary>
public sealed class OnnxLayerTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Exported => [.. Folders("onnx-layers")];

    public static TheoryData<string, SequenceLayout> Models
    {
        get
        {
            var data = new TheoryData<string, SequenceLayout>();
            foreach (string name in LayerModels.Names)
            {
                data.Add(name, SequenceLayout.TimeMajor);
                data.Add(name, SequenceLayout.BatchMajor);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Exported))]
    public void A_file_gives_what_its_exporter_or_ONNX_Runtime_computed(string name)
    {
        string folder = Path.Combine(GoldenFiles.PathOf("onnx-layers"), name);
        JsonNode description = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "case.json")))!;
        string model = Path.Combine(folder, "model.onnx");
        if (description["refused"] is { } word)
        {
            var refusal = Assert.Throws<ModelFormatException>(() => OnnxFile.Open(model).ToModel());
            Assert.Contains((string)word!, refusal.Message, StringComparison.Ordinal);
            return;
        }

        OnnxBinding binding = OnnxFile.Open(model).Bind(new Dictionary<string, OnnxTensor>());
        Check<float>(folder, binding);
        Check<double>(folder, binding);
    }

    [Theory]
    [InlineData("conv-causal", true)]
    [InlineData("temporal-blocks", true)]
    [InlineData("gated-convolutions", true)]
    [InlineData("conv-image-padded", true)]
    [InlineData("conv-cut-by-shape", true)]
    [InlineData("conv-same-relu", false)]
    [InlineData("layer-norm", true)]
    [InlineData("mean-over-time", false)]
    public void A_model_can_be_stepped_if_its_convolutions_are_causal(string name, bool canStep)
    {
        string path = Path.Combine(GoldenFiles.PathOf("onnx-layers"), name, "model.onnx");

        Assert.Equal(canStep, OnnxFile.Open(path).ToModel().Definition.CanStep);
    }

    [Theory]
    [InlineData("layer-norm", "Gru, LayerNormalization, Dense")]
    [InlineData("layer-norm-in-operators-keras", "Gru, LayerNormalization, Dense")]
    [InlineData("conv-same-relu", "Convolution, Lstm, Dense")]
    [InlineData(
        "temporal-blocks",
        "Convolution, Convolution, Convolution, Sum, Activation, Convolution, Convolution, Sum, Activation, Gru, Dense")]
    [InlineData("attention-tanh-bmm-squeezed", "Lstm, Dense, Dense, SoftmaxOverTime, Dense")]
    [InlineData("conv-flatten-dense", "Convolution, Flatten, Dense, Dense")]
    [InlineData("forecast", "Gru, LastStep, Dense, Unflatten")]
    public void What_exporters_write_becomes_as_few_layers_as_it_was_made_of(string name, string expected)
    {
        string path = Path.Combine(GoldenFiles.PathOf("onnx-layers"), name, "model.onnx");

        Assert.Equal(
            expected,
            string.Join(", ", OnnxFile.Open(path).ToModel().Definition.Layers
                .Select(layer => layer.Specification.GetType().Name.Replace("Specification", "", StringComparison.Ordinal))));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_that_is_read_again_computes_the_same_bits(string name, SequenceLayout layout)
    {
        ModelDefinition definition = LayerModels.Of(name, layout);

        ModelDefinition read = OnnxFile.Parse(LayerRun.Write(definition)).ToModel().Definition;

        Assert.Equal((layout, definition.CanStep), (read.Layout, read.CanStep));
        Assert.Equal(
            definition.Outputs.Select(output => (output.Kind, output.Size)), read.Outputs.Select(output => (output.Kind, output.Size)));
        Assert.Equal(LayerRun.Bits(definition), LayerRun.Bits(read));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_file_is_the_one_that_ONNX_Runtime_computed_and_its_outputs_are_those(string name, SequenceLayout layout)
    {
        ModelDefinition definition = LayerModels.Of(name, layout);
        string folder = Path.Combine(GoldenFiles.PathOf("onnx-layers-written"), LayerRun.FolderOf(name, layout));

        Assert.Equal(
            LayerRun.Operators(File.ReadAllBytes(Path.Combine(folder, "model.onnx"))), LayerRun.Operators(LayerRun.Write(definition)));
        float[][] outputs = LayerRun.Compute(definition);
        foreach ((OutputValue output, int index) in definition.Outputs.Select((output, index) => (output, index)))
        {
            (_, float[] expected) = ArrayFile.Read(Path.Combine(folder, $"out.{output.Name}.npy"));
            AssertClose(expected, [.. outputs[index].Select(value => (double)value)], output.Name);
        }
    }

    [Fact]
    public void Models_and_inputs_are_written_where_RECURRENT_LAYERS_FOLDER_says()
    {
        string? folder = Environment.GetEnvironmentVariable("RECURRENT_LAYERS_FOLDER");
        Assert.SkipWhen(folder is null, "RECURRENT_LAYERS_FOLDER is not set: it renews tests/golden/onnx-layers-written.");

        foreach (string name in LayerModels.Names)
        {
            foreach (SequenceLayout layout in Enum.GetValues<SequenceLayout>())
            {
                LayerRun.WriteCase(LayerModels.Of(name, layout), Path.Combine(folder, LayerRun.FolderOf(name, layout)));
            }
        }
    }

    private static void Check<T>(string folder, OnnxBinding binding)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        ModelDefinition definition = binding.Model.Definition;
        OnnxInput input = Assert.Single(binding.Inputs);
        (int[] shape, float[] values) = ArrayFile.Read(Path.Combine(folder, $"in.{input.Name}.npy"));
        List<OnnxAxis> axes = [.. input.Axes];
        int time = shape[axes.IndexOf(OnnxAxis.Time)];
        int batch = shape[axes.IndexOf(OnnxAxis.Batch)];
        T[] given = input.ToSession<T>([.. values.Select(T.CreateTruncating)], time, batch);
        T[][] outputs = ReferenceModel<T>.Create(definition).Predict([given], batch, time);
        OnnxOutput output = Assert.Single(binding.Outputs);
        int steps = definition.Outputs[0].Kind == ValueKind.Row ? 1 : definition.OutputSteps(0, time);
        T[] found = output.FromSession<T>(outputs[0], steps, batch);
        (_, float[] expected) = ArrayFile.Read(Path.Combine(folder, $"out.{output.Name}.npy"));
        AssertClose(expected, [.. found.Select(double.CreateTruncating)], output.Name);
    }

    private static void AssertClose(float[] expected, double[] found, string name)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= Tolerance, $"{name}[{i}]: expected {expected[i]}, found {found[i]}");
        }
    }

    private static IEnumerable<string> Folders(string name) =>
        Directory.GetDirectories(GoldenFiles.PathOf(name)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
