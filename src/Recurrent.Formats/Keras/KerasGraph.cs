using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>
/// The layers of a Keras model one after the other: of a <c>Sequential</c>, or of a functional model whose graph is a
/// chain, with an <c>Add</c> here and there that goes back to an earlier layer.
/// </summary>
internal static class KerasGraph
{
    private const string InputLayer = "InputLayer";

    // Keras 3 writes down the operations that compute a mask. Which steps are missing is read from the layers.
    private static readonly string[] MaskOperations = ["NotEqual", "Any"];

    /// <summary>Reads the layers, the input layer first if there is one.</summary>
    public static IReadOnlyList<KerasLayer> Read(JsonValue root)
    {
        string kind = root["class_name"].Text();
        JsonValue config = root["config"];
        return kind switch
        {
            // The list itself is what the first versions of Keras wrote.
            "Sequential" => [.. (config.IsArray ? config : config["layers"]).Items().Select(ReadLayer)],
            "Functional" or "Model" => ReadChain(config),
            _ => throw new ModelFormatException(
                $"'class_name': a model of the class '{kind}' is not supported; expected Sequential or Functional."),
        };
    }

    private static KerasLayer ReadLayer(JsonValue layer)
    {
        JsonValue config = layer["config"];
        string kind = layer["class_name"].Text();
        return new KerasLayer(kind, (config.Find("name") ?? layer.Find("name"))?.Text() ?? kind, config);
    }

    private static List<KerasLayer> ReadChain(JsonValue config)
    {
        // Keras writes the layers sorted by depth: in a chain, in their order.
        var chain = new List<KerasLayer>();
        foreach (JsonValue item in config["layers"].Items())
        {
            KerasLayer layer = ReadLayer(item);
            if (MaskOperations.Contains(layer.Kind))
            {
                continue;
            }

            IReadOnlyList<string> inputs = ReadInputs(item, layer);
            chain.Add(layer with { ResidualFrom = RequireChained(chain, layer, inputs) });
        }

        if (chain.Count == 0 || !ReadEnds(config["output_layers"]).SequenceEqual([chain[^1].Name]))
        {
            throw new ModelFormatException(
                $"'{config.Path}.output_layers': expected one, the last layer of the chain"
                + $"{(chain.Count == 0 ? "" : $", '{chain[^1].Name}'")}.");
        }

        return chain;
    }

    /// <summary>Checks that a layer goes on where the chain ends; gives the other input of an Add.</summary>
    private static string? RequireChained(List<KerasLayer> chain, KerasLayer layer, IReadOnlyList<string> inputs)
    {
        if (chain.Count == 0)
        {
            return layer.Kind == InputLayer && inputs.Count == 0
                ? null
                : throw new ModelFormatException(
                    $"layer '{layer.Name}': expected an {InputLayer} as the first one, found {layer.Kind}.");
        }

        if (layer.Kind == InputLayer)
        {
            throw new ModelFormatException($"layer '{layer.Name}': a second input is not supported.");
        }

        string last = chain[^1].Name;
        if (layer.Kind == "Add" && inputs is [string one, string other] && (one == last || other == last))
        {
            string from = one == last ? other : one;
            return chain.Any(earlier => earlier.Name == from)
                ? from
                : throw new ModelFormatException($"layer '{layer.Name}': '{from}' is not an earlier layer.");
        }

        return inputs is [string input] && input == last
            ? null
            : throw new ModelFormatException(
                $"layer '{layer.Name}' ({layer.Kind}): expected '{last}' as its input, because only chains of layers are "
                + $"supported; found {(inputs.Count == 0 ? "none" : $"'{string.Join("', '", inputs)}'")}.");
    }

    private static IReadOnlyList<string> ReadInputs(JsonValue layer, KerasLayer named)
    {
        IReadOnlyList<JsonValue> nodes = layer["inbound_nodes"].Items();
        if (nodes.Count > 1)
        {
            throw new ModelFormatException($"layer '{named.Name}': a layer that is used {nodes.Count} times is not supported.");
        }

        if (nodes.Count == 0)
        {
            return [];
        }

        // Keras 3 has an object with the arguments of the call, older versions a list of references.
        return nodes[0].IsObject
            ? [.. ReadArguments(nodes[0], named).Select(tensor => ReadReference(tensor["config"]["keras_history"], named))]
            : [.. (IsReference(nodes[0]) ? [nodes[0]] : nodes[0].Items()).Select(entry => ReadReference(entry, named))];
    }

    private static IEnumerable<JsonValue> ReadArguments(JsonValue node, KerasLayer named)
    {
        if (node.Find("kwargs") is { } others)
        {
            RequirePlain(others, named);
        }

        return node["args"].Items().SelectMany(argument => argument.IsArray ? argument.Items() : [argument]);
    }

    private static bool IsReference(JsonValue value) => value.Items() is [{ IsText: true }, ..];

    /// <summary>The name in <c>[name, node, tensor]</c>, of which a chain has the first node and tensor only.</summary>
    private static string ReadReference(JsonValue reference, KerasLayer named)
    {
        IReadOnlyList<JsonValue> parts = reference.Items();
        if (parts is not [{ IsText: true } name, { IsNumber: true }, { IsNumber: true }, ..])
        {
            throw reference.Unexpected("a layer's name and two numbers");
        }

        if (parts[1].Number() != 0 || parts[2].Number() != 0)
        {
            throw new ModelFormatException(
                $"layer '{named.Name}': expected the first output of '{name.Text()}', found another one.");
        }

        if (parts.Count > 3)
        {
            RequirePlain(parts[3], named);
        }

        return name.Text();
    }

    private static void RequirePlain(JsonValue arguments, KerasLayer named)
    {
        foreach ((string name, JsonValue value) in arguments.Properties())
        {
            if (name is not ("mask" or "training") && (value.IsObject || value.IsArray))
            {
                throw new ModelFormatException($"layer '{named.Name}': the argument '{name}' is not supported.");
            }
        }
    }

    private static IEnumerable<string> ReadEnds(JsonValue ends) =>
        (ends.Items() is [{ IsText: true }, ..] ? [ends] : ends.Items())
            .Select(end => end.Items() is [{ IsText: true } name, ..] ? name.Text() : throw end.Unexpected("a reference"));
}
