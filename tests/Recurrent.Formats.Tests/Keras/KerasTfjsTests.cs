namespace Recurrent.Formats.Tests.Keras;

/// <summary>
/// The models of which TensorFlow.js has computed the outputs (<c>recurrent verify</c> compares those), as files of Keras.
/// </summary>
public sealed class KerasTfjsTests
{
    public static TheoryData<string> Cases => new(
        Directory.GetDirectories(GoldenFiles.PathOf("tfjs")).Select(folder => Path.GetFileName(folder)!)
            .Where(name => !name.StartsWith("refused-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_is_the_same_in_every_file(string name)
    {
        string path = GoldenFiles.PathOf("tfjs", name, "model.json");
        using SafetensorsFile file = SafetensorsFile.Parse(TfjsFiles.ToSafetensors(path));
        ImportedModel expected = ModelFile.Load(path);
        using var folder = new TemporaryFolder();

        foreach (byte[] bytes in (byte[][])
            [KerasFiles.ToH5(file, new Hdf5Style()), KerasFiles.ToArchive(file, new Hdf5Style { IsNew = true })])
        {
            ImportedModel found = ModelFile.Load(folder.Write("model", bytes));
            DefinitionAssert.Same(expected.Definition, found.Definition);
            Assert.Equal(expected.LayerNames, found.LayerNames);
            Assert.Equal(expected.Notes, found.Notes);
        }
    }
}
