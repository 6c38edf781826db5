using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurrent.Formats.Tests;

/// <summary>Files on disk: read or mapped, cut, closed and forgotten.</summary>
public sealed class OpenSafetensorsFileTests
{
    [Fact]
    public void Bytes_are_those_of_the_file_without_a_copy()
    {
        using var folder = new TemporaryFolder();
        using SafetensorsFile file = SafetensorsFile.Open(Write(folder));
        ReadOnlyMemory<byte> bytes = file["b"].Bytes;

        Assert.Equal(file["b"].ToSingles(), MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray());
        Assert.False(MemoryMarshal.TryGetArray(bytes, out _));
        Assert.Equal(bytes.Span[4..8].ToArray(), bytes[4..8].ToArray());
        Assert.True(file["empty"].Bytes.IsEmpty);
    }

    [Fact]
    public void A_mapping_lives_as_long_as_its_memory()
    {
        using var folder = new TemporaryFolder();
        ReadOnlyMemory<byte> bytes = MapAndForget(Write(folder));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Equal(10f, MemoryMarshal.Cast<byte, float>(bytes.Span)[0]);
        GC.KeepAlive(bytes);
    }

    [Fact]
    public void A_file_that_was_closed_is_not_read_any_more()
    {
        using var folder = new TemporaryFolder();
        SafetensorsFile file = SafetensorsFile.Open(Write(folder));
        ReadOnlyMemory<byte> bytes = file["b"].Bytes;

        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file["b"].ToSingles());
        Assert.Throws<ObjectDisposedException>(() => file["b"].Bytes);
        Assert.Throws<ObjectDisposedException>(() => bytes.Span.Length);
    }

    [Fact]
    public void A_file_that_was_cut_is_refused_and_does_not_end_the_process()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(stream.Length - 1);
        }

        Assert.Contains("now has fewer", Assert.Throws<ModelFormatException>(() => file["b"].ToSingles()).Message);
        Assert.Contains("now has fewer", Assert.Throws<ModelFormatException>(() => file["b"].Bytes).Message);
        Assert.Equal([1f, 2f], file["a"].ToSingles());
    }

    [Fact]
    public void Tensors_longer_than_a_piece_are_converted_completely()
    {
        const int Count = 40_000;
        using var folder = new TemporaryFolder();
        Half[] halves = [.. Enumerable.Range(0, Count).Select(i => (Half)(i % 2000))];
        float[] singles = [.. halves.Select(half => (float)half)];
        byte[] bytes = new SafetensorsBuilder()
            .Add("half", "F16", [Count], halves)
            .Add("double", "F64", [Count], [.. singles.Select(single => (double)single)])
            .Add("byte", "U8", [Count], [.. singles.Select(single => (byte)single)])
            .Build();
        using SafetensorsFile file = SafetensorsFile.Open(folder.Write("a.safetensors", bytes));

        Assert.Equal(singles, file["half"].ToSingles());
        Assert.Equal(singles, file["double"].ToSingles());
        Assert.Equal(singles.Select(single => (long)(byte)single), file["byte"].ToInt64s());
    }

    [Fact]
    public void A_file_above_2_GB_is_read()
    {
        const long Elements = (1L << 31) + 2;
        string header =
            $$$"""{"long": {"dtype": "U8", "shape": [{{{Elements}}}], "data_offsets": [0, {{{Elements}}}]}"""
            + $$$""", "w": {"dtype": "F32", "shape": [1], "data_offsets": [{{{Elements}}}, {{{Elements + 4}}}]}}""";
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.safetensors", SafetensorsBuilder.Assemble(header, []));
        using (FileStream stream = new(path, FileMode.Append))
        {
            // The part that nobody writes takes no room on disk.
            stream.SetLength(stream.Length + Elements);
            stream.Seek(0, SeekOrigin.End);
            stream.Write(BitConverter.GetBytes(3f));
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal([3f], file["w"].ToSingles());
        Assert.Equal(BitConverter.GetBytes(3f), file["w"].Bytes.ToArray());
        Assert.Equal(Elements, file["long"].ElementCount);
        Assert.Contains("'long'", Assert.Throws<ModelFormatException>(() => file["long"].Bytes).Message);
        Assert.Contains("'long'", Assert.Throws<ModelFormatException>(() => file["long"].ToInt64s()).Message);
    }

    private static string Write(TemporaryFolder folder) => folder.Write(
        "a.safetensors",
        new SafetensorsBuilder().AddCounting("a", 1, 2).AddCounting("b", 10, 3).AddCounting("empty", 0, 0).Build());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlyMemory<byte> MapAndForget(string path) => SafetensorsFile.Open(path)["b"].Bytes;
}
