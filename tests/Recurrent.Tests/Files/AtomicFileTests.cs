using System.Diagnostics;
using Recurrent.Files;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Files;

/// <summary>A file is there whole, old or new, whatever happens to those who write it; and nothing is left beside it.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-atomic").FullName;

    private string FilePath => Path.Combine(_folder, "file.txt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_replaced_at_once_and_leaves_nothing_beside_it()
    {
        File.WriteAllText(FilePath, "old");
        using (AtomicFile file = AtomicFile.Create(FilePath))
        {
            file.Stream.Write("new"u8);
            file.Stream.Flush();
            Assert.Equal("old", File.ReadAllText(FilePath));
            file.Commit();
            Assert.Equal("new", File.ReadAllText(FilePath));
        }

        RequireAlone("new");
    }

    [Fact]
    public void What_is_not_finished_changes_nothing()
    {
        File.WriteAllText(FilePath, "old");
        Assert.Throws<FormatException>(() => AtomicFile.Write(FilePath, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new FormatException();
        }));
        RequireAlone("old");
    }

    [Fact]
    public void A_full_disk_changes_nothing_and_is_told()
    {
        using FullDisk disk = new();
        string path = Path.Combine(disk.Folder, "file.txt");
        File.WriteAllText(path, "old");
        for (int size = 1000; size <= 1 << 20; size *= 4)
        {
            byte[] bytes = new byte[size];
            if (size < 1 << 15)
            {
                AtomicFile.Write(path, stream => stream.Write(bytes));
                Assert.Equal(size, new FileInfo(path).Length);
                continue;
            }

            // Many small writes fill the buffer, which fails again when the stream is closed.
            Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => stream.Write(bytes)));
            Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => Array.ForEach(bytes, stream.WriteByte)));
            Assert.Equal(16_000, new FileInfo(path).Length);
        }

        Assert.Equal([path], Directory.GetFiles(disk.Folder));
    }

    [Fact]
    public void What_a_killed_writer_has_left_is_removed_by_the_next_one()
    {
        File.WriteAllText(PartialFile.NewPath(FilePath), "part");
        File.WriteAllText(PartialFile.NewPath(FilePath), "another part");
        AtomicFile.WriteText(FilePath, "new");
        RequireAlone("new");
    }

    [Fact]
    public void Other_files_are_left_alone()
    {
        string[] others =
        [
            "file.txt.partial", "file.txt.0123.partial", "file.txt.0123456789ABCDEF.partial", "file.txt.0123456789abcdef",
            "file.txt2.0123456789abcdef.partial", "file.tx.0123456789abcdef.partial",
        ];
        Array.ForEach(others, name => File.WriteAllText(Path.Combine(_folder, name), name));
        AtomicFile.WriteText(FilePath, "new");
        Assert.Equal(
            [.. others.Append("file.txt").Order(StringComparer.Ordinal)],
            Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Writers_at_the_same_time_do_not_meet()
    {
        using (AtomicFile first = AtomicFile.Create(FilePath))
        using (AtomicFile second = AtomicFile.Create(FilePath))
        {
            first.Stream.Write("first"u8);
            second.CommitText("second");
            Assert.Equal("second", File.ReadAllText(FilePath));
            first.Commit();
        }

        RequireAlone("first");
    }

    [Fact]
    public void Readers_find_a_whole_file_however_many_write_it()
    {
        byte[][] contents = [.. Enumerable.Range(1, 4).Select(i => Enumerable.Repeat((byte)i, 200_000 * i).ToArray())];
        AtomicFile.Write(FilePath, stream => stream.Write(contents[0]));
        Worker[] writers = [.. contents.Select(bytes => new Worker(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                AtomicFile.Write(FilePath, stream => stream.Write(bytes));
            }
        }))];
        while (writers.Any(writer => writer.IsRunning))
        {
            byte[] found = File.ReadAllBytes(FilePath);
            Assert.Equal(contents[found[0] - 1].Length, found.Length);
            Assert.Equal(-1, found.AsSpan().IndexOfAnyExcept(found[0]));
        }

        Array.ForEach(writers, writer => writer.Join());
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void The_folder_is_flushed_when_the_file_is_in_its_place()
    {
        List<string> flushed = [];
        using (AtomicFile file = AtomicFile.Create(FilePath, folder =>
        {
            Assert.Equal("new", File.ReadAllText(FilePath));
            flushed.Add(folder);
        }))
        {
            file.CommitText("new");
        }

        Assert.Equal([_folder], flushed);
        FolderFlush.Flush(_folder);
        FolderFlush.Flush(Path.Combine(_folder, "none"));
    }

    [Fact]
    public void A_symbolic_link_stays_one()
    {
        string link = Path.Combine(_folder, "link");
        string real = Directory.CreateDirectory(Path.Combine(_folder, "real")).FullName;
        string target = Path.Combine(real, "target");
        File.CreateSymbolicLink(link, Path.Combine("real", "target"));
        foreach (string text in new[] { "first", "second" })
        {
            AtomicFile.WriteText(link, text);
            Assert.Equal(text, File.ReadAllText(target));
        }

        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Equal([target], Directory.GetFiles(real));
    }

    [Fact]
    public void Permissions_stay_and_a_read_only_file_is_not_replaced()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("permissions are those of Unix");
            return;
        }

        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode Open = Private | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        File.WriteAllText(FilePath, "old");
        foreach (UnixFileMode mode in new[] { Private, Open })
        {
            File.SetUnixFileMode(FilePath, mode);
            AtomicFile.WriteText(FilePath, "new");
            Assert.Equal(mode, File.GetUnixFileMode(FilePath));
        }

        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead);
        Assert.Throws<UnauthorizedAccessException>(() => AtomicFile.WriteText(FilePath, "newer"));
        RequireAlone("new");
    }

    [Fact]
    public void A_pipe_and_a_device_are_written_to_as_they_are()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo, /dev/null and /dev/full");
        Process.Start("mkfifo", FilePath).WaitForExit();
        string read = "";
        Worker reader = new(() => read = File.ReadAllText(FilePath));
        AtomicFile.WriteText(FilePath, "through");
        reader.Join();
        Assert.Equal("through", read);
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, "/dev/null");
        AtomicFile.WriteText(link, "away");
        AtomicFile.WriteText("/dev/null", "away");
        Assert.Throws<IOException>(() => AtomicFile.WriteText("/dev/full", "no room"));
        Assert.Equal(0, new FileInfo("/dev/null").Length);
        Assert.Equal([FilePath, link], Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_in_memory_is_a_file()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "needs /dev/shm");
        string path = Path.Combine("/dev/shm", $"recurrent-test-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(path, "longer than what comes");
            AtomicFile.WriteText(path, "new");
            Assert.Equal("new", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_cannot_be_a_file_is_refused_by_its_name()
    {
        Assert.Throws<ArgumentException>(() => AtomicFile.Create(""));
        string missing = Path.Combine(_folder, "none", "file.txt");
        Assert.Contains(missing, Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Create(missing)).Message);
        Assert.Contains(_folder, Assert.Throws<IOException>(() => AtomicFile.Create(_folder)).Message);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("x", 255)]
    [InlineData("\u00e4", 127)]
    public void A_name_may_be_as_long_as_names_are(string letter, int count)
    {
        string path = Path.Combine(_folder, string.Concat(Enumerable.Repeat(letter, count)));
        File.WriteAllText(PartialFile.NewPath(path), "part");
        AtomicFile.WriteText(path, "new");
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    private void RequireAlone(string text)
    {
        Assert.Equal(text, File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }
}
