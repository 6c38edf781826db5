using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>
/// A capture of Neural Amp Modeler (<c>.nam</c>): <c>architecture</c> and <c>config</c> say what the network is, <c>weights</c>
/// are one list.
/// </summary>
internal static class NamCapture
{
    // What the format's own program takes where a file does not say it.
    private const int DefaultSampleRate = 48_000;

    public static ImportedModel Read(JsonValue root)
    {
        string architecture = root["architecture"].Text();
        JsonValue config = root["config"];
        JsonTensor weights = JsonTensor.Of(root["weights"]);
        var layers = new LayerListBuilder(root.Budget);
        ImportedModel model = architecture switch
        {
            "LSTM" => NamLstm.Read(config, weights, layers),
            "Linear" => NamLinear.Read(config, weights, layers),
            "WaveNet" => NamWaveNet.Read(RequireVersion(root, config), weights, layers),
            _ => throw new ModelFormatException(
                $"'architecture': '{architecture}' is not supported; expected LSTM, Linear or WaveNet."),
        };
        bool hasRate = CaptureText.FindSampleRate(root) is not null;
        model = CaptureText.Describe(root, model, "architecture", "config", "weights");
        return hasRate
            ? model
            : model with
            {
                SampleRate = DefaultSampleRate,
                Notes =
                [
                    .. model.Notes,
                    new ImportNote(
                        ImportNoteKind.Assumed, "sample_rate", $"{DefaultSampleRate} Hz, because the file does not say it."),
                ],
            };
    }

    /// <summary>Requires as many weights as the configuration says.</summary>
    public static void RequireCount(JsonTensor weights, Int128 expected)
    {
        if (weights.Shape.Count != 1 || weights.Count != expected)
        {
            throw new ModelFormatException(
                $"'weights': expected {expected} numbers, as 'config' says, found {weights}.");
        }
    }

    /// <summary>Refuses what is not known: it would change what the network computes.</summary>
    public static void RequireKnown(JsonValue config, string[] known)
    {
        foreach ((string name, JsonValue value) in config.Properties())
        {
            if (!value.IsNull && !known.Contains(name))
            {
                throw new ModelFormatException(
                    $"'{config.Path}': '{name}' is not supported; expected {string.Join(", ", known)}.");
            }
        }
    }

    /// <summary>The next numbers of the list.</summary>
    public static float[] Take(ref JsonNumbers numbers, int count)
    {
        var taken = new float[count];
        numbers.Read(taken);
        return taken;
    }

    /// <summary>A dense layer whose kernel and bias are the next numbers.</summary>
    public static DenseLayer TakeDense(ref JsonNumbers numbers, int inputSize, int outputSize, bool hasBias)
    {
        var specification = new DenseSpecification { InputSize = inputSize, OutputSize = outputSize };
        float[] kernel = Take(ref numbers, inputSize * outputSize);
        return new DenseLayer(specification, DenseWeights.Wrap(kernel, hasBias ? Take(ref numbers, outputSize) : []));
    }

    // Later versions have other parts, which may be there without a word in the configuration.
    private static JsonValue RequireVersion(JsonValue root, JsonValue config) =>
        root["version"].Text() is var version
            && (version.StartsWith("0.5.", StringComparison.Ordinal) || version.StartsWith("0.6.", StringComparison.Ordinal))
            ? config
            : throw new ModelFormatException($"'version': expected 0.5 or 0.6 of a WaveNet, found '{version}'.");
}
