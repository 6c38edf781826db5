using Recurrent.Formats.Json;
using Recurrent.Formats.Keras;

namespace Recurrent.Formats;

/// <summary>Reads a model from a file of any format that this library knows.</summary>
public static class ModelFile
{
    /// <summary>Reads a model. What the file is follows from its contents, not from its name.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">
    /// The file is of no known format, is damaged, or holds what is not supported; the message names the place.
    /// </exception>
    public static ImportedModel Load(string path, ImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= ImportOptions.Default;
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            if (JsonModel.Recognises(bytes))
            {
                return JsonModel.Load(bytes, options);
            }

            SafetensorsFile file = SafetensorsFile.Parse(bytes);
            if (KerasModel.Recognises(file))
            {
                return KerasModel.Load(file, options);
            }
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{path}: {e.Message}", e);
        }

        throw new ModelFormatException($"{path}: not a model file.");
    }
}
