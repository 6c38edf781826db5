using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests;

/// <summary>Files that PyTorch 1.13 wrote, from the file to PyTorch's own outputs.</summary>
public sealed class TorchFileTests
{
    [Theory]
    [MemberData(nameof(TorchFiles.Readable), MemberType = typeof(TorchFiles))]
    public void A_checkpoint_computes_what_PyTorch_does(string name)
    {
        ImportedModel model = ModelFile.Load(TorchFiles.PathOf(name), TorchFiles.OptionsOf(name));

        AssertOutputs(name, model);
    }

    [Theory]
    [MemberData(nameof(TorchFiles.Refused), MemberType = typeof(TorchFiles))]
    public void What_is_no_state_dict_of_a_chain_is_refused_with_the_reason(string name)
    {
        string path = TorchFiles.PathOf(name);

        string message = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message;

        Assert.StartsWith(path + ": ", message);
        Assert.Contains(TorchFiles.RefusalOf(name), message);
    }

    [Theory]
    [MemberData(nameof(TorchFiles.Readable), MemberType = typeof(TorchFiles))]
    public void A_model_is_the_same_after_export_and_import(string name)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "again.safetensors");
        ModelDefinition definition = ModelFile.Load(TorchFiles.PathOf(name), TorchFiles.OptionsOf(name)).Definition;

        PyTorchExport.Save(definition, path);

        DefinitionAssert.Same(definition, ModelFile.Load(path).Definition);
    }

    private static void AssertOutputs(string name, ImportedModel model)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(TorchFiles.Folder, name + ".safetensors"));
        double[] x = file["x"].ToDoubles();
        double[] expected = file["y"].ToDoubles();
        int time = (int)file["x"].Shape[0];
        int batch = (int)file["x"].Shape[1];
        var outputs = new double[expected.Length];

        ReferenceSession<double> session = ReferenceModel<double>.Create(model.Definition).OpenSession(batch);
        if (model.Definition.VocabularySize > 0)
        {
            session.RunIndices(Array.ConvertAll(x, value => (int)value), outputs, time, SequenceLayout.TimeMajor);
        }
        else
        {
            session.Run(x, outputs, time, SequenceLayout.TimeMajor);
        }

        // The weights of a batch normalization are put together in float64 and rounded to what the model type has.
        double tolerance = name == "batch_norm" ? 1e-6 : 1e-12;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], outputs[i], tolerance);
        }
    }
}
