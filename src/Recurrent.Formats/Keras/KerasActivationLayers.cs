using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>
/// Activations where Keras writes them down: a name, a function object, or a layer with parameters, which may stand for
/// itself or be the activation of another layer.
/// </summary>
internal static class KerasActivationLayers
{
    /// <summary>Reads the activation of a layer.</summary>
    /// <param name="value">The field; null if the configuration has none.</param>
    /// <param name="missing">The name of the function that the layer then has.</param>
    /// <param name="owner">The layer, for messages.</param>
    /// <param name="version">Who wrote the file.</param>
    /// <param name="notes">Where to say what was assumed.</param>
    public static KerasActivation Read(
        JsonValue? value, string missing, string owner, KerasVersion version, LayerListBuilder notes)
    {
        if (value is not { } field)
        {
            return KerasActivation.Of(missing, owner, version, notes);
        }

        if (field.IsText)
        {
            return KerasActivation.Of(field.Text(), owner, version, notes);
        }

        string kind = field["class_name"].Text();
        if (kind == "function")
        {
            return KerasActivation.Of(field["config"].Text(), owner, version, notes);
        }

        return Find(kind, field["config"], owner)
            ?? throw new ModelFormatException($"layer '{owner}': the activation '{kind}' is not supported.");
    }

    /// <summary>Whether a layer's activation takes a graph: it is a value times functions of itself.</summary>
    public static bool IsGated(JsonValue config)
    {
        JsonValue? field = config.Find("activation");
        JsonValue? name = field is { IsObject: true } made && made.Find("class_name") is { IsText: true } kind && kind.Text() == "function"
            ? made.Find("config")
            : field;
        return name is { IsText: true } text && KerasActivation.IsGated(text.Text());
    }

    /// <summary>The activation that a layer of this class is; null if it is none.</summary>
    /// <param name="kind">The layer's class.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="owner">The layer, for messages.</param>
    public static KerasActivation? Find(string kind, JsonValue config, string owner) => kind switch
    {
        "ReLU" => Relu(config, owner),
        "LeakyReLU" => new(Activation.LeakyRelu((config.Find("negative_slope") ?? config.Find("alpha"))?.Single() ?? 0.3f)),
        "ELU" => new(Activation.Elu(config.Find("alpha")?.Single() ?? 1)),
        "ThresholdedReLU" => new(ThresholdedRelu(config.Find("theta")?.Single() ?? 1)),
        "Softmax" => Softmax(config, owner),
        _ => null,
    };

    private static KerasActivation Relu(JsonValue config, string owner)
    {
        float slope = config.Find("negative_slope")?.Single() ?? 0;
        float threshold = config.Find("threshold")?.Single() ?? 0;
        if (config.Find("max_value")?.Single() is { } limit)
        {
            return slope == 0 && threshold == 0 && limit >= 0
                ? new(Activation.Clip(0, limit))
                : throw new ModelFormatException(
                    $"layer '{owner}': a ReLU with max_value {limit}, negative_slope {slope} and threshold {threshold} is not supported; "
                    + "expected max_value alone.");
        }

        if (slope != 0 && threshold != 0)
        {
            throw new ModelFormatException(
                $"layer '{owner}': a ReLU with both negative_slope {slope} and threshold {threshold} is not supported.");
        }

        return new(slope != 0 ? Activation.LeakyRelu(slope)
            : threshold != 0 ? Activation.ThresholdedRelu(threshold)
            : Activation.Relu);
    }

    /// <summary>Keras passes what lies above the threshold, this library what is not below it.</summary>
    private static Activation ThresholdedRelu(float theta) =>
        Activation.ThresholdedRelu(theta == 0 ? 0 : MathF.BitIncrement(theta));

    private static KerasActivation Softmax(JsonValue config, string owner)
    {
        if (config.Find("axis") is not { } axis)
        {
            return new(Activation.Identity, IsSoftmax: true);
        }

        // A list of one axis is what newer versions write.
        JsonValue last = axis.IsArray && axis.Items() is [JsonValue only] ? only : axis;
        return last.IsNumber && last.Number() is -1 or 2
            ? new(Activation.Identity, IsSoftmax: true)
            : throw new ModelFormatException(
                $"layer '{owner}': {axis.Unexpected("a softmax over the features, axis -1").Message}");
    }
}
