namespace Recurrent.Formats.Tests;

/// <summary>A model has the same fingerprints from whichever file it is read, so that its states can be.</summary>
public sealed class FingerprintTests
{
    private static readonly ImportOptions Options = new() { AssumeDefaults = true };

    /// <summary>Folder, file, and whether a list of PyTorch's modules can be the same model.</summary>
    public static TheoryData<string, string, bool> Files => new()
    {
        { "keras", "lstm_stack.safetensors", true },
        { "keras", "gru_after.safetensors", true },
        { "keras", "gru_before.safetensors", false },
        { "torch_files", "zip.pt", true },
        { "torch_files", "rnn_tanh.pt", true },
        { "torch_files", "no_bias.pt", true },
        { "torch_files", "cells.pt", true },
        { "onnx-exports", "gru2.onnx", true },
        { "container", "amplifier.recurrent", true },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_model_that_is_written_in_another_format_keeps_its_fingerprints(string folder, string name, bool hasModules)
    {
        ImportedModel model = ModelFile.Load(GoldenFiles.PathOf(folder, name), Options);
        using TemporaryFolder written = new();
        string Path(string file) => System.IO.Path.Combine(written.Path, file);
        RecurrentFile.Save(model.Definition, Path("model.recurrent"));
        OnnxExport.Save(model.Definition, Path("model.onnx"));
        if (hasModules)
        {
            PyTorchExport.Save(model.Definition, Path("model.safetensors"));
        }

        StateFingerprints expected = StateFingerprints.Of(model.Definition);
        foreach (string file in Directory.GetFiles(written.Path))
        {
            StateFingerprints found = StateFingerprints.Of(ModelFile.Load(file).Definition);
            Assert.True(expected == found, $"{System.IO.Path.GetFileName(file)}: expected {expected}, found {found}");
        }
    }

    [Fact]
    public void Every_form_of_a_checkpoint_has_the_same_fingerprints()
    {
        string[] forms = ["zip", "deflated", "legacy", "views", "views_legacy", "parameters"];
        Assert.Single(forms.Select(form =>
            StateFingerprints.Of(ModelFile.Load(GoldenFiles.PathOf("torch_files", form + ".pt"), Options).Definition)).Distinct());
    }

    [Fact]
    public void Keras_files_have_the_same_fingerprints_in_each_of_their_formats()
    {
        string path = GoldenFiles.PathOf("keras", "lstm_stack.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using TemporaryFolder folder = new();
        StateFingerprints expected = StateFingerprints.Of(ModelFile.Load(path).Definition);
        foreach (string written in new[]
        {
            folder.Write("model.h5", KerasFiles.ToH5(file, new Hdf5Style())),
            folder.Write("model.keras", KerasFiles.ToArchive(file, new Hdf5Style { IsNew = true })),
        })
        {
            Assert.Equal(expected, StateFingerprints.Of(ModelFile.Load(written).Definition));
        }
    }

    /// <summary>The file has other weights by then, which are what is computed with.</summary>
    [Fact]
    public void A_file_of_rounded_weights_is_another_model_with_the_same_layout()
    {
        ImportedModel model = ModelFile.Load(GoldenFiles.PathOf("keras", "lstm_stack.safetensors"));
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "small.recurrent");
        RecurrentFile.Save(model.Definition, path, options: new ModelOptions { Weights = Recurrent.Layers.WeightFormat.Int8 });
        ImportedModel small = ModelFile.Load(path);
        StateFingerprints expected = StateFingerprints.Of(model.Definition, small.Options);
        StateFingerprints found = StateFingerprints.Of(small.Definition, small.Options);
        Assert.Equal(expected.Layout, found.Layout);
        Assert.Equal(expected.WeightFormat, found.WeightFormat);
        Assert.NotEqual(expected.Model, found.Model);
    }
}
