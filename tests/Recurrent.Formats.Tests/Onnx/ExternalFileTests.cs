using System.Diagnostics;
using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Files beside a model: what is read is what has been checked, whoever changes the folder meanwhile.</summary>
public sealed class ExternalFileTests : IDisposable
{
    private const string Name = "weights.bin";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _outside = new();

    private string Inside => Path.Combine(_folder.Path, Name);

    public void Dispose()
    {
        _folder.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void A_file_that_is_replaced_after_it_was_checked_is_not_read()
    {
        _folder.Write(Name, [1, 1, 1, 1]);
        WireSource source = Open();
        File.Delete(Inside);
        File.CreateSymbolicLink(Inside, _outside.Write("secret", [7, 7, 7, 7]));

        Assert.Equal(1, First(source));
        Assert.Throws<ModelFormatException>(() => Open());
    }

    [Fact]
    public void What_stands_for_the_file_is_called_by_its_name()
    {
        _folder.Write(Name, [.. "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"u8]);

        Assert.Equal(
            $"external data: '{Name}' is a Git LFS pointer in the place of the file of 12 bytes; 'git lfs pull' fetches that.",
            Assert.Throws<ModelFormatException>(() => Open()).Message);
    }

    [Fact]
    public void A_model_that_is_replaced_is_read_as_it_was_opened()
    {
        byte[] graph = new GraphBuilder().Input("x", 0, 2).Constant("w", [2, 1], [3, 4])
            .Node("MatMul", "x w", "y").Output("y").Build();
        string path = _folder.Write("model.onnx", graph);
        OnnxFile file = OnnxFile.Open(path);
        File.Move(_outside.Write("other", new byte[graph.Length]), path, overwrite: true);

        Assert.Single(file.ToModel().Definition.Layers);
    }

    /// <summary>Somebody exchanges the file with a link to another one, as fast as they can.</summary>
    [Fact]
    public async Task A_race_for_the_name_is_never_won()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links are followed nowhere on Linux only.");
        string link = Path.Combine(_folder.Path, "link");
        string plain = _folder.Write("plain", [1, 1, 1, 1]);
        File.CreateSymbolicLink(link, _outside.Write("secret", [7, 7, 7, 7]));
        using var done = new CancellationTokenSource();
        // A thread of its own: those of the pool may all be busy with other tests.
        Task exchange = Task.Factory.StartNew(
            () =>
        {
            for (int turn = 0; !done.IsCancellationRequested; turn++)
            {
                string next = Path.Combine(_folder.Path, "next");
                if (turn % 2 == 0)
                {
                    File.CreateSymbolicLink(next, Path.Combine(_outside.Path, "secret"));
                }
                else
                {
                    File.Copy(plain, next);
                }

                File.Move(next, Inside, overwrite: true);
            }
        },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        int read = 0;
        int refused = 0;
        var watch = Stopwatch.StartNew();
        for (int i = 0;
            i < 2000 || (watch.Elapsed < TimeSpan.FromSeconds(30) && (read == 0 || refused == 0));
            i++)
        {
            try
            {
                Assert.Equal(1, First(Open()));
                read++;
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        await done.CancelAsync();
        await exchange;
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    [Fact]
    public void A_link_to_a_folder_on_the_way_is_refused()
    {
        _outside.Write(Name, [7, 7, 7, 7]);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "sub"), _outside.Path);

        Assert.Contains("is a link", Refused($"sub/{Name}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_the_models_folder_is_gone_into()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "a", "b"));
        _folder.Write($"a/b/{Name}", [5]);

        Assert.Equal(5, First(ExternalFile.Open(_folder.Path, $"a\\b/{Name}", refusesHardLinks: true)));
    }

    [Fact]
    public async Task A_pipe_is_refused_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes have no names in folders there.");
        using (Process make = Process.Start("mkfifo", [Inside]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Task<ModelFormatException> refused = Task.Run(() => Refused(Name), TestContext.Current.CancellationToken);

        Assert.Contains(
            "there is no file 'weights.bin'",
            (await refused.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_no_file()
    {
        Directory.CreateDirectory(Inside);

        Assert.Contains("there is no file 'weights.bin'", Refused(Name).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hard_link_is_refused_if_that_is_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "How many names a file has is known on Linux only.");
        string secret = _outside.Write("secret", [7, 7, 7, 7]);
        using (Process link = Process.Start("ln", [secret, Inside]))
        {
            link.WaitForExit();
            Assert.SkipUnless(link.ExitCode == 0, "Hard links cannot be made here.");
        }

        Assert.Equal(7, First(Open()));
        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => Open(refusesHardLinks: true));
        Assert.Contains("'weights.bin' is a hard link: the file has 2 names", refusal.Message, StringComparison.Ordinal);

        File.Delete(secret);
        Assert.Equal(7, First(Open(refusesHardLinks: true)));
    }

    [Fact]
    public void The_option_of_an_import_asks_for_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "How many names a file has is known on Linux only.");
        string weights = _folder.Write(Name, new byte[8]);
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 2).Tensor(new TensorProto
        {
            Name = "w",
            DataType = 1,
            Dims = { 2, 1 },
            DataLocation = 1,
            ExternalData = { new StringStringEntryProto { Key = "location", Value = Name } },
        });
        string path = _folder.Write("model.onnx", graph.Node("MatMul", "x w", "y").Output("y").Build());
        var options = new ImportOptions { RefuseHardLinks = true };
        Assert.Single(ModelFile.Load(path, options).Definition.Layers);

        using (Process link = Process.Start("ln", [weights, Path.Combine(_outside.Path, "other")]))
        {
            link.WaitForExit();
            Assert.SkipUnless(link.ExitCode == 0, "Hard links cannot be made here.");
        }

        Assert.Single(ModelFile.Load(path).Definition.Layers);
        Assert.Contains(
            "is a hard link", Assert.Throws<ModelFormatException>(() => ModelFile.Load(path, options)).Message,
            StringComparison.Ordinal);
    }

    private static byte First(WireSource source)
    {
        var first = new byte[1];
        source.Read(0, first);
        return first[0];
    }

    private WireSource Open(bool refusesHardLinks = false) => ExternalFile.Open(_folder.Path, Name, refusesHardLinks);

    private ModelFormatException Refused(string location) => Assert.Throws<ModelFormatException>(
        () => ExternalFile.Open(_folder.Path, location, refusesHardLinks: false));
}
