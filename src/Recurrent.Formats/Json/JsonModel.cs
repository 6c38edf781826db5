using System.Text.Json;
using Recurrent.Formats.Captures;
using Recurrent.Formats.Keras;

namespace Recurrent.Formats.Json;

/// <summary>Models in JSON files. Which format it is follows from the names of the top level.</summary>
internal static class JsonModel
{
    // The deepest format, a Keras configuration, has a dozen levels, and four of them are weights.
    private const int MaxDepth = 64;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Whether bytes begin as a JSON object does.</summary>
    public static bool Recognises(ReadOnlySpan<byte> bytes) =>
        WithoutMark(bytes).TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <summary>Reads a model.</summary>
    /// <param name="bytes">The whole file. It is not copied; nothing refers to it afterwards.</param>
    /// <param name="options">What the file does not say.</param>
    public static ImportedModel Load(ReadOnlyMemory<byte> bytes, ImportOptions options) =>
        Guarded.Read(() =>
        {
            using JsonDocument document = JsonDocument.Parse(
                bytes[(bytes.Length - WithoutMark(bytes.Span).Length)..],
                new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return Read(new JsonValue(document.RootElement, ""), options);
        });

    private static ImportedModel Read(JsonValue root, ImportOptions options)
    {
        if (root.Find("architecture") is not null)
        {
            return NamCapture.Read(root);
        }

        if (root.Find("model_data") is not null)
        {
            return GuitarMlCapture.Read(root);
        }

        if (root.Find("layers") is not null && root.Find("in_shape") is not null)
        {
            return RtNeuralModel.Read(root);
        }

        if (JsonStateDict.Recognises(root))
        {
            return JsonStateDict.Load(root, options);
        }

        throw new ModelFormatException(root.Find("class_name") is not null
            ? "a Keras configuration without weights; docs/import.md has the lines that write both into one file."
            : "expected 'in_shape' and 'layers' (RTNeural, AIDA-X), 'architecture' (NAM), 'model_data' (GuitarML) or "
                + "the parameters of PyTorch modules; found "
                + $"{string.Join(", ", root.Properties().Take(5).Select(property => $"'{property.Name}'"))}.");
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
}
