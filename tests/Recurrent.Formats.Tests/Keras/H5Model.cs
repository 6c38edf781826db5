namespace Recurrent.Formats.Tests.Keras;

/// <summary>Keras files for a test: a configuration, and weights that count up.</summary>
internal static class H5Model
{
    /// <summary>A model of layers that follow each other.</summary>
    /// <param name="version">The version of Keras that the file names.</param>
    /// <param name="layers">Configurations of the layers.</param>
    public static Hdf5Group Sequential(string version, params string[] layers)
    {
        Hdf5Group root = new Hdf5Group().Text("keras_version", version).Text(
            "model_config",
            $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{string.Join(", ", layers)}}}]}}""");
        root.Group("model_weights");
        return root;
    }

    /// <summary>A layer with fields as they stand in JSON.</summary>
    public static string Layer(string kind, string name, string fields = "") =>
        $$$"""{"class_name": "{{{kind}}}", "config": {"name": "{{{name}}}"{{{(fields.Length == 0 ? "" : ", " + fields)}}}}}""";

    /// <summary>Weights of a layer: small numbers that differ.</summary>
    public static Hdf5Group Weights(this Hdf5Group root, string layer, params (string Role, long[] Shape)[] weights)
    {
        Hdf5Group group = root.Group($"model_weights/{layer}")
            .Texts("weight_names", [.. weights.Select(weight => $"{layer}/{weight.Role}:0")]);
        foreach ((string role, long[] shape) in weights)
        {
            int count = (int)shape.Aggregate(1L, (product, size) => product * size);
            group.Set($"{layer}/{role}:0", shape, [.. Enumerable.Range(0, count).Select(i => ((i * 7 % 11) - 4) / 8f)]);
        }

        return root;
    }

    /// <summary>Weights of a SimpleRNN without a bias.</summary>
    public static Hdf5Group Rnn(this Hdf5Group root, string layer, int inputs, int units) =>
        root.Weights(layer, ("kernel", [inputs, units]), ("recurrent_kernel", [units, units]));

    public static ImportedModel Load(Hdf5Group root)
    {
        using var folder = new TemporaryFolder();
        return ModelFile.Load(folder.Write("model.h5", Hdf5Builder.Build(root, new Hdf5Style())));
    }

    public static string Refusal(Hdf5Group root) => Assert.Throws<ModelFormatException>(() => Load(root)).Message;
}
