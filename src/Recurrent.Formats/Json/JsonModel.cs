using Recurrent.Formats.Captures;
using Recurrent.Formats.Keras;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Json;

/// <summary>Models in JSON files. Which format it is follows from the names of the top level.</summary>
internal static class JsonModel
{
    // A number has at least two bytes, and a float has four. With what objects take it is three times the file's size.
    private const int BudgetMultiple = 1;

    /// <summary>Whether bytes begin as a JSON object does.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> bytes) =>
        JsonContents.WithoutMark(bytes).TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <summary>Reads a model.</summary>
    /// <param name="source">The whole file. It is read piece by piece; nothing refers to it afterwards.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="folder">The folder that it lies in; null if that is not known.</param>
    public static ImportedModel Load(ByteSource source, ImportOptions options, string? folder = null) => Guarded.Read(
        () => Read(
            JsonContents.Read(
                source, new MemoryBudget(source.Length, BudgetMultiple) { TensorMultiple = options.TensorMultiple }),
            options,
            folder));

    private static ImportedModel Read(JsonValue root, ImportOptions options, string? folder)
    {
        if (TfjsModel.Recognizes(root))
        {
            return TfjsModel.Read(root, folder, options);
        }

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

        if (JsonStateDict.Recognizes(root))
        {
            return JsonStateDict.Load(root, options);
        }

        if (root.Find("weight_map") is not null)
        {
            throw new ModelFormatException(
                "it is an index of parameters that are in several files ('weight_map'), which are not read together. Write them into one: "
                + "torch.save(model.state_dict(), path), or safetensors.torch.save_file.");
        }

        throw new ModelFormatException(root.Find("class_name") is not null
            ? "a Keras configuration without weights; docs/import.md has the lines that write both into one file."
            : "expected 'in_shape' and 'layers' (RTNeural, AIDA-X), 'architecture' (NAM), 'model_data' (GuitarML) or "
                + "the parameters of PyTorch modules; found "
                + $"{string.Join(", ", root.Properties().Take(5).Select(property => $"'{property.Name}'"))}.");
    }
}
