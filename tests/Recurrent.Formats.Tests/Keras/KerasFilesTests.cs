using System.IO.Compression;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>Keras's own files give the same model as the safetensors file with the configuration.</summary>
public sealed class KerasFilesTests
{
    private static readonly (string Name, Hdf5Style Style)[] Styles =
    [
        ("old", new Hdf5Style()),
        ("old, variable text", new Hdf5Style { HasVariableText = true }),
        ("old, chunks", new Hdf5Style { Layout = 2 }),
        ("old, shuffled and deflated", new Hdf5Style { Layout = 2, Filters = [2, 1] }),
        ("old, big-endian", new Hdf5Style { IsBigEndian = true }),
        ("old, doubles", new Hdf5Style { NumberBytes = 8, HasVariableText = true }),
        ("new", new Hdf5Style { IsNew = true }),
        ("new, compact", new Hdf5Style { IsNew = true, Layout = 0, HasVariableText = true }),
        ("new, deflated", new Hdf5Style { IsNew = true, Layout = 2, Filters = [1] }),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string path in Directory.GetFiles(GoldenFiles.PathOf("keras"), "*.safetensors").Order(StringComparer.Ordinal))
            {
                if (!path.EndsWith(".io.safetensors", StringComparison.Ordinal))
                {
                    Array.ForEach(Styles, style => cases.Add(Path.GetFileName(path), style.Name));
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_gives_the_same_model_in_every_way_in_which_it_can_be_written(string name, string style)
    {
        string path = GoldenFiles.PathOf("keras", name);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Hdf5Style written = Styles.Single(one => one.Name == style).Style;
        ImportedModel expected = ModelFile.Load(path);

        foreach (byte[] bytes in (byte[][])
            [
                KerasFiles.ToH5(file, written), KerasFiles.ToArchive(file, written),
                KerasFiles.ToArchive(file, written, CompressionLevel.Optimal),
            ])
        {
            ImportedModel found = Load(bytes);
            DefinitionAssert.Same(expected.Definition, found.Definition);
            Assert.Equal(expected.LayerNames, found.LayerNames);
            Assert.Equal(expected.Notes, found.Notes);
        }
    }

    [Fact]
    public void Weights_alone_are_refused_with_the_way_out()
    {
        Hdf5Group root = new Hdf5Group().Set("layers/lstm/cell/vars/0", [1, 4], 1, 2, 3, 4);

        string message = Refusal(Hdf5Builder.Build(root, new Hdf5Style()));

        Assert.Contains("the configuration of a Keras model", message, StringComparison.Ordinal);
        Assert.Contains("model.save", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_go_by_their_order_where_a_layer_was_renamed()
    {
        Hdf5Group named = Root(Dense("d"));
        named.Group("model_weights/d").Texts("weight_names", "d/bias:0", "d/kernel:0")
            .Set("d/kernel:0", [1, 2], 5, 6).Set("d/bias:0", [2], 7, 8);
        Hdf5Group numbered = Root(Dense("d"));
        numbered.Group("model_weights/d").Texts("weight_names", "other/a:0", "other/b:0")
            .Set("other/a:0", [1, 2], 5, 6).Set("other/b:0", [2], 7, 8);

        DefinitionAssert.Same(
            Load(Hdf5Builder.Build(named, new Hdf5Style())).Definition,
            Load(Hdf5Builder.Build(numbered, new Hdf5Style())).Definition);
    }

    [Fact]
    public void A_long_list_of_weights_is_in_several_attributes()
    {
        Hdf5Group root = Root(Dense("d"));
        root.Group("model_weights/d").Texts("weight_names0", "d/kernel:0").Texts("weight_names1", "d/bias:0")
            .Set("d/kernel:0", [1, 2], 5, 6).Set("d/bias:0", [2], 7, 8);

        Assert.Equal(2, Load(Hdf5Builder.Build(root, new Hdf5Style())).Definition.OutputSize);
    }

    [Theory]
    [InlineData("Lambda", "Lambda is not supported")]
    [InlineData("MultiHeadAttention", "MultiHeadAttention is not supported")]
    [InlineData("TemporalGate", "TemporalGate is not supported")]
    [InlineData("Conv2D", "Conv2D is not supported")]
    public void A_class_that_is_not_known_is_refused_by_name(string kind, string reason)
    {
        Hdf5Group root = Root(Dense("d").Replace("Dense", kind, StringComparison.Ordinal));
        root.Group("model_weights/d").Texts("weight_names", "d/kernel:0").Set("d/kernel:0", [1, 2], 5, 6);

        Assert.Contains(reason, Refusal(Hdf5Builder.Build(root, new Hdf5Style())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_file_without_weights_is_no_Keras_model() =>
        Assert.Contains("data.pkl", Refusal(Zip("config.json")), StringComparison.Ordinal);

    private static byte[] Zip(string name)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry(name);
        }

        return bytes.ToArray();
    }

    private static Hdf5Group Root(string layer) => new Hdf5Group().Text("keras_version", "2.15.0").Text(
        "model_config",
        $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{layer}}}]}}""");

    private static string Dense(string name) =>
        $$$"""{"class_name": "Dense", "config": {"name": "{{{name}}}", "units": 2, "batch_input_shape": [null, null, 1]}}""";

    private static string Refusal(byte[] bytes) => Assert.Throws<ModelFormatException>(() => Load(bytes)).Message;

    private static ImportedModel Load(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model");
        File.WriteAllBytes(path, bytes);
        return ModelFile.Load(path);
    }
}
