using System.Diagnostics;

namespace Recurrent.Stores.Tests;

/// <summary>The store in files: what a killed process leaves, damaged files, two processes.</summary>
public sealed class FileStreamStoreTests : StoreContract, IDisposable
{
    private const string ChildFolder = "RECURRENT_STORE_TEST_FOLDER";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => Path.Combine(_folder.Path, "states");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task States_outlast_the_store()
    {
        await Write(await OpenAsync(), ("a", 7, Bytes(1)));
        FileStreamStore again = new(Root);
        Assert.Equal(Bytes(1), await again.ReadAsync("a", Token));
        Assert.Equal([StoreOutcome.Fenced], await Write(again, ("a", 6, Bytes(2))));
        Assert.Equal(Path.GetFullPath(Root), again.Folder);
    }

    /// <summary>Files that lie in folders already.</summary>
    [Fact]
    public async Task The_bytes_of_a_file_are_the_documented_ones()
    {
        await Write(await OpenAsync(), ("key", 0x0102030405060708, [1, 2, 3]));
        string file = Assert.Single(Files());
        Assert.Equal("2c/2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683.state", Path.GetRelativePath(Root, file).Replace('\\', '/'));
        Assert.Equal(
            "895253460D0A1A0A" + "01000000" + "03000000" + "0807060504030201" + "0300000000000000" + "00000000" + "D0A1C915"
            + "6B6579" + "010203",
            Convert.ToHexString(await File.ReadAllBytesAsync(file, Token)));
    }

    [Fact]
    public async Task Every_damaged_byte_and_every_cut_is_refused_by_the_name_of_the_file()
    {
        IStreamStore store = await OpenAsync();
        await Write(store, ("key", 5, [1, 2, 3]));
        string file = Assert.Single(Files());
        byte[] bytes = await File.ReadAllBytesAsync(file, Token);
        List<byte[]> damaged = [.. Enumerable.Range(0, bytes.Length).Select(length => bytes[..length]), [.. bytes, 0]];
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (int change in new[] { 1, 0x80, 0xff })
            {
                byte[] changed = [.. bytes];
                changed[at] ^= (byte)change;
                damaged.Add(changed);
            }
        }

        foreach (byte[] contents in damaged)
        {
            await File.WriteAllBytesAsync(file, contents, Token);
            IOException error = await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("key", Token).AsTask());
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            // It is not known whether this one is newer. The others are written all the same.
            error = await Assert.ThrowsAsync<IOException>(() => Write(store, ("key", 6, Bytes(1)), ("b", contents.Length, Bytes(2))));
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Equal(contents, await File.ReadAllBytesAsync(file, Token));
            Assert.Equal(Bytes(2), await store.ReadAsync("b", Token));
            await store.RemoveAsync("b", Token);
        }

        Assert.True(await store.RemoveAsync("key", Token));
        Assert.Equal([StoreOutcome.Written], await Write(store, ("key", 0, Bytes(1))));
    }

    [Fact]
    public async Task A_file_of_another_key_is_refused()
    {
        IStreamStore store = await OpenAsync();
        await Write(store, ("a", 5, Bytes(1)));
        string first = Assert.Single(Files());
        await Write(store, ("b", 5, Bytes(2)));
        string second = Assert.Single(Files(), file => file != first);
        File.Copy(first, second, overwrite: true);
        IOException error = await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("b", Token).AsTask());
        Assert.Contains("another key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_killed_processes_have_left_is_removed_and_nothing_else()
    {
        await Write(await OpenAsync(), ("a", 5, Bytes(1)));
        string file = Assert.Single(Files());
        string folder = Path.GetDirectoryName(file)!;
        for (int i = 0; i < 1000; i++)
        {
            File.WriteAllText($"{file}.{i:x16}.partial", "half");
        }

        string running = $"{file}.ffffffffffffffff.partial";
        string[] others = [.. new[] { "notes.txt", "x.partial", $"{Path.GetFileName(file)}.1.partial" }.Select(name => Path.Combine(folder, name))];
        Array.ForEach(others, other => File.WriteAllText(other, "mine"));
        using (new FileStream(running, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            FileStreamStore again = new(Root);
            Assert.Equal(
                others.Append(running).Append(file).Append(Path.Combine(folder, "lock")).Order(StringComparer.Ordinal),
                Directory.GetFiles(folder).Order(StringComparer.Ordinal));
            Assert.Equal(Bytes(1), await again.ReadAsync("a", Token));
        }
    }

    [Fact]
    public async Task Nothing_is_left_beside_the_states()
    {
        IStreamStore store = await OpenAsync();
        for (int i = 0; i < 3; i++)
        {
            await Write(store, [.. Enumerable.Range(0, 300).Select(key => ($"{key}", (long)i, Bytes(key)))]);
        }

        Assert.Equal(300, Files().Length);
        Assert.Equal(
            300 + Directory.GetDirectories(Root).Length, Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_an_IOException()
    {
        string file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        Assert.ThrowsAny<IOException>(() => new FileStreamStore(file));
        Assert.ThrowsAny<IOException>(() => new FileStreamStore(Path.Combine(file, "below")));
        Assert.Throws<ArgumentException>(() => new FileStreamStore(""));
        Assert.Throws<ArgumentNullException>(() => new FileStreamStore(null!));
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_state_is_an_IOException()
    {
        IStreamStore store = await OpenAsync();
        await Write(store, ("a", 5, Bytes(1)));
        string file = Assert.Single(Files());
        File.Delete(file);
        Directory.CreateDirectory(file);
        await Assert.ThrowsAnyAsync<IOException>(() => store.ReadAsync("a", Token).AsTask());
        await Assert.ThrowsAnyAsync<IOException>(() => Write(store, ("a", 6, Bytes(1))));
    }

    [Fact]
    public async Task Whoever_waits_for_a_locked_folder_can_give_up()
    {
        IStreamStore store = await OpenAsync();
        await Write(store, ("a", 5, Bytes(1)));
        string held = Path.Combine(Path.GetDirectoryName(Assert.Single(Files()))!, "lock");
        using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(200));
        using (new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => store.WriteAsync(new StoredState[] { new("a", 6, Bytes(2)) }, new StoreOutcome[1], patience.Token).AsTask());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.RemoveAsync("a", patience.Token).AsTask());
            Assert.Equal(Bytes(1), await store.ReadAsync("a", Token));
        }

        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 6, Bytes(2))));
    }

    /// <summary>Processes that write without end are killed; what was acknowledged is there, whole, and nothing is smaller.</summary>
    [Fact]
    public async Task Killed_processes_lose_nothing_that_was_acknowledged()
    {
        if (Environment.GetEnvironmentVariable(ChildFolder) is { } folder)
        {
            await WriteWithoutEnd(folder);
            return;
        }

        Assert.SkipWhen(OperatingSystem.IsWindows(), "processes are killed by kill -9");
        Random random = new(1);
        for (int round = 0; round < 6; round++)
        {
            using Process first = StartChild();
            using Process second = StartChild();
            // Until they write, and some time more.
            while (await first.StandardOutput.ReadLineAsync(Token) is { } line && !IsNumber(line))
            {
                // What the runner says of itself.
            }

            await Task.Delay(random.Next(300), Token);
            first.Kill();
            second.Kill();
            string acknowledged = await first.StandardOutput.ReadToEndAsync(Token) + await second.StandardOutput.ReadToEndAsync(Token);
            await first.WaitForExitAsync(Token);
            await second.WaitForExitAsync(Token);

            FileStreamStore store = new(Root);
            Assert.DoesNotContain(
                Directory.GetFiles(Root, "*", SearchOption.AllDirectories), file => file.EndsWith(".partial", StringComparison.Ordinal));
            long largest = acknowledged.Split('\n').Where(IsNumber).Select(line => long.Parse(line[..^1], null)).DefaultIfEmpty(-1).Max();
            for (int key = 0; key < 20; key++)
            {
                byte[]? state = await store.ReadAsync($"k{key}", Token);
                long number = state is null ? -1 : BitConverter.ToInt64(state);
                Assert.True(number >= largest, $"k{key}: {number}, acknowledged {largest}");
                Assert.All(state ?? [], (value, i) => Assert.True(i < 8 || value == (byte)number));
            }
        }
    }

    protected override Task<IStreamStore> OpenAsync() => Task.FromResult<IStreamStore>(new FileStreamStore(Root));

    private static async Task WriteWithoutEnd(string folder)
    {
        FileStreamStore store = new(folder);
        StoreOutcome[] outcomes = new StoreOutcome[20];
        long first = Stopwatch.GetTimestamp();
        for (long number = first; ; number++)
        {
            byte[] state = new byte[5000];
            Array.Fill(state, (byte)number);
            BitConverter.TryWriteBytes(state, number);
            await store.WriteAsync(
                Enumerable.Range(0, outcomes.Length).Select(key => new StoredState($"k{key}", number, state)).ToArray(), outcomes, Token);
            if (outcomes.All(outcome => outcome == StoreOutcome.Written))
            {
                Console.Out.Write($"{number}.\n");
                Console.Out.Flush();
            }
            else
            {
                // The other one is ahead.
                number = Stopwatch.GetTimestamp();
            }
        }
    }

    // A dot ends it, so that half a line is none.
    private static bool IsNumber(string line) => line.EndsWith('.') && line[..^1].All(char.IsAsciiDigit) && line.Length > 1;

    private Process StartChild()
    {
        string program = Environment.ProcessPath!;
        string assembly = typeof(FileStreamStoreTests).Assembly.Location;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? ["exec", assembly] : [];
        ProcessStartInfo start = new(
            program, [.. host, "-method", $"{typeof(FileStreamStoreTests).FullName}.{nameof(Killed_processes_lose_nothing_that_was_acknowledged)}"])
        {
            RedirectStandardOutput = true,
        };
        // This process may be in the middle of a protocol with its runner, in which the other one has no part.
        foreach (string inherited in start.Environment.Keys.Where(name =>
            name.StartsWith("TESTINGPLATFORM_", StringComparison.Ordinal) || name.StartsWith("DOTNET_CLI_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment[ChildFolder] = Root;
        return Process.Start(start)!;
    }

    private string[] Files() => Directory.GetFiles(Root, "*.state", SearchOption.AllDirectories);
}
