using System.Text.Json.Nodes;

namespace Recurrent.Cli.Tests.Verify;

/// <summary>A few cases of a committed golden folder, copied so that a test can spoil them.</summary>
internal sealed class GoldenCopy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GoldenCopy(params string[] cases)
    {
        string source = GoldenFiles.PathOf("torch");
        Index = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(source, "index.json")))!.AsObject();
        JsonArray entries = Index["cases"]!.AsArray();
        entries.RemoveAll(entry => !cases.Contains((string)entry!["id"]!));
        Assert.Equal(cases.Length, entries.Count);
        foreach (string id in cases)
        {
            File.Copy(System.IO.Path.Combine(source, id + ".safetensors"), FileOf(id));
        }

        WriteIndex();
    }

    public string Path => _folder.Path;

    public JsonObject Index { get; }

    public string FileOf(string id) => System.IO.Path.Combine(Path, id + ".safetensors");

    public JsonObject Entry(string id) =>
        Index["cases"]!.AsArray().Single(entry => (string)entry!["id"]! == id)!.AsObject();

    public void WriteIndex() => File.WriteAllText(System.IO.Path.Combine(Path, "index.json"), Index.ToJsonString());

    /// <summary>Changes one byte of a tensor's data: the last one, with a double's sign and exponent.</summary>
    public void Tamper(string id, string tensor, byte value)
    {
        byte[] bytes = File.ReadAllBytes(FileOf(id));
        ReadOnlyMemory<byte> data = SafetensorsFile.Parse(bytes)[tensor].Bytes;
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(data, out ArraySegment<byte> segment));
        bytes[segment.Offset + segment.Count - 1] = value;
        File.WriteAllBytes(FileOf(id), bytes);
    }

    public void Dispose() => _folder.Dispose();
}
