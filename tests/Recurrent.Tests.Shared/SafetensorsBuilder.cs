using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Recurrent.Tests.Shared;

/// <summary>Writes safetensors files, well formed unless a test hands in a header of its own.</summary>
internal sealed class SafetensorsBuilder
{
    private readonly List<string> _entries = [];
    private readonly List<byte> _data = [];

    public static byte[] Assemble(string header, ReadOnlySpan<byte> data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)json.Length);
        return [.. prefix, .. json, .. data];
    }

    public SafetensorsBuilder Metadata(string name, string text)
    {
        _entries.Add($$"""  "__metadata__": {"{{name}}": "{{text}}"}""");
        return this;
    }

    public SafetensorsBuilder Metadata(IReadOnlyDictionary<string, string> texts)
    {
        _entries.Add($$"""
            "__metadata__": {{{string.Join(", ", texts.Select(
                text => $"\"{text.Key}\": \"{JsonEncodedText.Encode(text.Value)}\""))}}}
            """);
        return this;
    }

    public SafetensorsBuilder Add<T>(string name, string type, long[] shape, params T[] values)
        where T : unmanaged
    {
        int begin = _data.Count;
        _data.AddRange(MemoryMarshal.AsBytes<T>(values));
        _entries.Add(
            $$"""
            "{{name}}": {"dtype": "{{type}}", "shape": [{{string.Join(", ", shape)}}], "data_offsets": [{{begin}}, {{_data.Count}}]}
            """);
        return this;
    }

    /// <summary>Adds an F32 tensor whose elements count up from <paramref name="first"/>.</summary>
    public SafetensorsBuilder AddCounting(string name, float first, params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        return Add(name, "F32", shape, [.. Enumerable.Range(0, (int)count).Select(i => first + i)]);
    }

    /// <summary>Adds the parameters of an <c>nn.Linear</c>.</summary>
    public SafetensorsBuilder Linear(string name, int input, int output) =>
        AddCounting(name + ".weight", 0, output, input).AddCounting(name + ".bias", 0, output);

    public byte[] Build() => Assemble($"{{{string.Join(",\n", _entries)}}}", CollectionsMarshal.AsSpan(_data));

    public SafetensorsFile Parse() => SafetensorsFile.Parse(Build());
}
