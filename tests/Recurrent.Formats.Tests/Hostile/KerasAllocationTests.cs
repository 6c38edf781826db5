namespace Recurrent.Formats.Tests.Hostile;

/// <summary>What a Keras file may ask for: 3 times its bytes, and its tensors as float32, of which there is a limit.</summary>
public sealed class KerasAllocationTests
{
    // Pieces of the file, the exception, and what the runtime does on the side.
    private const long Slack = 1 << 20;

    private const int Units = 256;

    [Theory]
    [InlineData(2, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(1, true)]
    public void A_model_takes_little_more_than_its_weights(int layout, bool isArchive)
    {
        byte[] bytes = Model(layout, isArchive, out long tensors);
        using var folder = new TemporaryFolder();
        string path = folder.Write("model", bytes);

        long allocated = Allocation.Of(() => ModelFile.Load(path));

        Assert.InRange(allocated, tensors, (3L * bytes.Length) + tensors + Slack);
    }

    [Fact]
    public void Tensors_that_are_far_more_than_the_file_are_refused_and_an_option_lets_them_in()
    {
        // Zeros: some thousand times as many bytes as the file has of them.
        Hdf5Group root = Dense(_ => 0);
        byte[] bytes = Hdf5Builder.Build(root, new Hdf5Style { Layout = 2, Filters = [1] });
        using var folder = new TemporaryFolder();
        string path = folder.Write("model.h5", bytes);
        long tensors = sizeof(float) * (1024L * 2048);
        int needed = (int)((tensors - (1 << 20)) / bytes.Length) + 1;

        ModelFormatException? refusal = null;
        long allocated = Allocation.Of(() => refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)));

        Assert.True(needed > 4, $"{bytes.Length} bytes are too many for the test");
        Assert.Contains(
            $"the tensors up to here have {tensors} bytes as float32; those of a file of {bytes.Length} bytes may have "
            + $"{(1 << 20) + (4L * bytes.Length)}, unless ImportOptions.TensorMultiple says more than 4", refusal!.Message, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, (3L * bytes.Length) + Slack);
        Assert.Equal(2048, ModelFile.Load(path, new ImportOptions { TensorMultiple = needed }).Definition.OutputSize);
        Assert.Throws<ModelFormatException>(() => ModelFile.Load(path, new ImportOptions { TensorMultiple = needed - 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImportOptions { TensorMultiple = 0 });
    }

    private static Hdf5Group Dense(Func<int, float> value)
    {
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text(
            "model_config",
            """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config":
            {"name": "d", "units": 2048, "use_bias": false, "batch_input_shape": [null, null, 1024]}}]}}
            """);
        root.Group("model_weights/d").Texts("weight_names", "d/kernel:0")
            .Set("d/kernel:0", [1024, 2048], [.. Enumerable.Range(0, 1024 * 2048).Select(value)]);
        return root;
    }

    private static byte[] Model(int layout, bool isArchive, out long tensors)
    {
        Random random = new(1);
        var builder = new SafetensorsBuilder().Metadata(new Dictionary<string, string>
        {
            ["keras_config"] =
                $$$"""
                {"class_name": "Sequential", "config": {"name": "s", "layers": [
                {"class_name": "LSTM", "config": {"name": "a", "units": {{{Units}}}, "batch_input_shape": [null, null, {{{Units}}}]}},
                {"class_name": "Dense", "config": {"name": "d", "units": 7}}]}}
                """,
            ["keras_version"] = "2.15.0",
        });
        long count = 0;
        void Add(string name, params long[] shape)
        {
            float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle())];
            builder.Add(name, "F32", shape, values);
            count += values.Length;
        }

        Add("a/kernel", Units, 4 * Units);
        Add("a/recurrent_kernel", Units, 4 * Units);
        Add("a/bias", 4 * Units);
        Add("d/kernel", Units, 7);
        Add("d/bias", 7);
        tensors = sizeof(float) * count;
        SafetensorsFile file = SafetensorsFile.Parse(builder.Build());
        var style = new Hdf5Style { Layout = layout, Filters = layout == 2 ? [2, 1] : [] };
        return isArchive ? KerasFiles.ToArchive(file, style) : KerasFiles.ToH5(file, style);
    }
}
