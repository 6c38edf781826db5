namespace Recurrent.Formats.Tests.Onnx;

/// <summary>ONNX's own backend tests: an operator whose inputs, weights among them, are in files of their own.</summary>
public sealed class OnnxNodeTests
{
    public static TheoryData<string> Folders => [.. Directory.GetDirectories(Golden).Select(path => Path.GetFileName(path)!)];

    private static string Golden => GoldenFiles.PathOf("onnx");

    [Fact]
    public void There_are_twelve() => Assert.Equal(12, Folders.Count);

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_backend_test_gives_its_outputs(string folder)
    {
        string path = Path.Combine(Golden, folder);
        OnnxFile file = OnnxFile.Open(Path.Combine(path, "model.onnx"));
        Dictionary<string, OnnxTensor> tensors = Tensors(path, "input", file.Inputs);
        OnnxBinding binding = file.Bind(tensors.Where(item => file.WeightInputs.Contains(item.Key)).ToDictionary());

        Dictionary<string, double[]> found = OnnxRun.Compute(
            binding,
            tensors.ToDictionary(
                item => item.Key,
                item => (item.Value.Dimensions.ToArray(), item.Value.ToSingles().Select(value => (double)value).ToArray())));

        Dictionary<string, OnnxTensor> expected = Tensors(path, "output", [.. binding.Outputs.Select(output => output.Name)]);
        Assert.Equal(found.Keys.Order(), expected.Keys.Order());
        Assert.All(expected, item => OnnxRun.AssertClose(item.Value.ToSingles(), found[item.Key], 1e-5, item.Key));
    }

    private static Dictionary<string, OnnxTensor> Tensors(string path, string kind, IReadOnlyList<string> names) =>
        Directory.GetFiles(Path.Combine(path, "test_data_set_0"), $"{kind}_*.pb").Order(StringComparer.Ordinal)
            .Select((file, i) => (Name: names[i], Tensor: OnnxTensor.Open(file)))
            .ToDictionary(item => item.Name, item => item.Tensor);
}
