namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Files as exporters write them, with what PyTorch computed. <c>make_onnx_exports.py</c> wrote them.</summary>
public sealed class ExportedModelTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Golden, "*.onnx").Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal)];

    public static string Golden => GoldenFiles.PathOf("onnx-exports");

    [Theory]
    [MemberData(nameof(Names))]
    public void An_exported_model_gives_the_outputs_of_its_exporter(string name)
    {
        OnnxBinding binding = OnnxFile.Open(Path.Combine(Golden, $"{name}.onnx"))
            .Bind(new Dictionary<string, OnnxTensor>());
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(Golden, $"{name}.safetensors"));

        Dictionary<string, double[]> found = OnnxRun.Compute(
            binding,
            tensors.Tensors.Where(item => item.Key.StartsWith("in.", StringComparison.Ordinal)).ToDictionary(
                item => item.Key[3..],
                item => (item.Value.Shape.Select(length => (int)length).ToArray(), Values(item.Value))));

        Assert.All(binding.Outputs, output => OnnxRun.AssertClose(
            tensors[$"out.{output.Name}"].ToSingles(), found[output.Name], 1e-5, output.Name));
    }

    private static double[] Values(SafetensorsTensor tensor) => tensor.ElementType == TensorElementType.I64
        ? [.. tensor.ToInt64s().Select(value => (double)value)]
        : tensor.ToDoubles();
}
