using System.Diagnostics;

namespace Recurrent.Formats.Tests;

public sealed class ModelFileTests
{
    private static readonly ImportOptions Assuming = new() { AssumeDefaults = true };

    [Fact]
    public void What_a_file_is_follows_from_its_contents()
    {
        using var folder = new TemporaryFolder();
        string safetensors = folder.Write("model.pt", new SafetensorsBuilder().Linear("fc", 2, 3).Build());
        string zip = folder.Write("model.safetensors", File.ReadAllBytes(TorchFiles.PathOf("zip")));
        string legacy = folder.Write("model.json", File.ReadAllBytes(TorchFiles.PathOf("legacy")));

        Assert.Equal("safetensors, PyTorch's names", ModelFile.Load(safetensors, Assuming).Format);
        Assert.Equal("PyTorch checkpoint", ModelFile.Load(zip, Assuming).Format);
        Assert.Equal("PyTorch checkpoint (before 1.6)", ModelFile.Load(legacy, Assuming).Format);
    }

    [Fact]
    public void The_part_of_a_checkpoint_that_was_taken_and_left_out_is_noted()
    {
        ImportedModel model = ModelFile.Load(TorchFiles.PathOf("checkpoint"), Assuming);

        Assert.Contains(
            "assumed model_state_dict: it is the state dict; ImportOptions.StateDict says otherwise.",
            model.Notes.Select(note => note.ToString()));
        Assert.Equal(
            ["epoch", "loss", "optimizer_state_dict", "seed", "tags"],
            model.Notes.Where(note => note.Kind == ImportNoteKind.Ignored).Select(note => note.Subject));
    }

    [Fact]
    public void A_state_dict_that_is_not_there_is_refused_with_those_that_are() =>
        Assert.Contains(
            "expected 'third' to hold tensors by name; those that do are 'first', 'second'.",
            Assert.Throws<ModelFormatException>(
                () => ModelFile.Load(TorchFiles.PathOf("chosen"), new ImportOptions { StateDict = "third" })).Message);

    [Fact]
    public void State_dicts_among_which_nobody_has_chosen_are_refused() =>
        Assert.Contains(
            "'first', 'second' hold tensors; name one in ImportOptions.StateDict",
            Assert.Throws<ModelFormatException>(() => ModelFile.Load(TorchFiles.PathOf("chosen"))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("PK")]
    public void A_file_of_no_known_format_is_refused(string contents)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.bin", [.. contents.Select(c => (byte)c)]);

        Assert.StartsWith(path + ": ", Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message);
    }

    [Theory]
    [InlineData("a.onnx")]
    [InlineData("a.pt")]
    [InlineData("a.json")]
    public void A_pointer_of_Git_is_called_by_its_name(string name)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(
            name, [.. "version https://git-lfs.github.com/spec/v1\noid sha256:0123456789abcdef\nsize 73256\n"u8]);

        string expected = $"{path}: a Git LFS pointer in the place of the file of 73256 bytes; 'git lfs pull' fetches that.";
        Assert.Equal(expected, Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message);
        Assert.Equal(expected, Assert.Throws<ModelFormatException>(() => OnnxFile.Open(path)).Message);
        Assert.Equal(expected, Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path)).Message);
        Assert.Equal(expected, Assert.Throws<ModelFormatException>(() => PyTorchFile.Open(path)).Message);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\n")]
    [InlineData("version https://git-lfs.github.com/spec/v1\nsize many\n")]
    public void A_pointer_without_a_size_is_one_too(string contents) =>
        Assert.Contains("a Git LFS pointer in the place of the file; ", RefusalOf(contents), StringComparison.Ordinal);

    [Theory]
    [InlineData("<!DOCTYPE html><html>")]
    [InlineData("<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">")]
    [InlineData("\uFEFF\r\n\t <HTML lang=\"en\">")]
    [InlineData("<!-- a --><!-- b -->\n<head>")]
    public void A_web_page_is_called_by_its_name(string contents) =>
        Assert.Contains("an HTML page in the place of the file", RefusalOf(contents), StringComparison.Ordinal);

    [Theory]
    [InlineData("<!-- a")]
    [InlineData("<xml>")]
    [InlineData("html")]
    public void What_only_looks_a_little_like_a_page_is_none(string contents) =>
        Assert.Contains("not a model file", RefusalOf(contents), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_an_error_of_the_file_system() =>
        Assert.Throws<FileNotFoundException>(() => ModelFile.Load(Path.Combine(AppContext.BaseDirectory, "not.there")));

    [Fact]
    public void Text_that_is_too_long_is_refused_before_it_is_read()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "long.json");
        using (FileStream stream = File.Create(path))
        {
            stream.Write("{"u8);
            stream.SetLength(1L << 32);
        }

        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path));

        Assert.Equal($"{path}: expected at most 2147483648 bytes of JSON, found 4294967296.", refusal.Message);
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes have no names in folders there.");
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "pipe.onnx");
        using (Process make = Process.Start("mkfifo", [path]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Task load = Task.Run(() => ModelFile.Load(path), TestContext.Current.CancellationToken);
        Task parse = Task.Run(() => OnnxFile.Open(path), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ModelFormatException>(
            () => load.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ModelFormatException>(
            () => parse.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    private static string RefusalOf(string contents)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.bin", System.Text.Encoding.UTF8.GetBytes(contents));
        return Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message;
    }
}
