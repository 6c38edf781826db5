using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>The variables of a layer in Keras's order, by which Keras itself finds them in a file.</summary>
internal static class KerasRoles
{
    /// <summary>The roles of a layer's variables; null of a class that is not known, which is refused later.</summary>
    public static IReadOnlyList<(bool IsBackward, string Role)>? Of(string kind, JsonValue config, string owner)
    {
        switch (kind)
        {
            case "Bidirectional":
                JsonValue forward = config["layer"];
                JsonValue backward = config.Find("backward_layer") ?? forward;
                return
                [
                    .. OfCell(forward["class_name"].Text(), forward["config"], owner).Select(role => (false, role)),
                    .. OfCell(backward["class_name"].Text(), backward["config"], owner).Select(role => (true, role)),
                ];
            case "TimeDistributed":
                JsonValue inner = config["layer"];
                string innerKind = inner["class_name"].Text();
                return OfStateless(innerKind, inner["config"]) is null ? null : Of(innerKind, inner["config"], owner);
            default:
                IReadOnlyList<string>? roles = KerasCell.IsKnown(kind) ? OfCell(kind, config, owner) : OfStateless(kind, config);
                return roles is null ? null : [.. roles.Select(role => (false, role))];
        }
    }

    /// <summary>
    /// The variables of several layers as a model lists them that is a layer itself: those that are trained first, then the
    /// others. Nothing where that is not known, because a layer of the model was not to be trained.
    /// </summary>
    public static IReadOnlyList<(string Layer, bool IsBackward, string Role)> OfAll(IEnumerable<KerasLayer> layers)
    {
        var trained = new List<(string Layer, bool IsBackward, string Role)>();
        var others = new List<(string Layer, bool IsBackward, string Role)>();
        foreach (KerasLayer layer in layers)
        {
            IReadOnlyList<(bool IsBackward, string Role)> roles = Of(layer.Kind, layer.Config, layer.Name) ?? [];
            if (roles.Count > 0 && !(layer.Config.Find("trainable")?.Flag() ?? true))
            {
                return [];
            }

            foreach ((bool isBackward, string role) in roles)
            {
                (IsStatistic(role) ? others : trained).Add((layer.Name, isBackward, role));
            }
        }

        return [.. trained, .. others];
    }

    private static bool IsStatistic(string role) =>
        role is "moving_mean" or "moving_variance" or "mean" or "variance" or "count";

    private static IReadOnlyList<string> OfCell(string kind, JsonValue config, string owner) =>
        KerasCell.Read(kind, config, owner).HasBias
            ? ["kernel", "recurrent_kernel", "bias"]
            : ["kernel", "recurrent_kernel"];

    private static IReadOnlyList<string>? OfStateless(string kind, JsonValue config)
    {
        bool Has(string field) => config.Find(field)?.Flag() ?? true;
        return kind switch
        {
            "Dense" or "Conv1D" or "Conv1DTranspose" => Has("use_bias") ? ["kernel", "bias"] : ["kernel"],
            "Embedding" => ["embeddings"],
            "PReLU" => ["alpha"],
            "BatchNormalization" =>
            [
                .. Has("scale") ? (string[])["gamma"] : [], .. Has("center") ? (string[])["beta"] : [], "moving_mean",
                "moving_variance",
            ],
            "LayerNormalization" =>
                [.. Has("scale") ? (string[])["gamma"] : [], .. Has("center") ? (string[])["beta"] : []],
            "Normalization" => config.Find("mean") is null ? ["mean", "variance", "count"] : [],
            _ => null,
        };
    }
}
