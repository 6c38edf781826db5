using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>The layers of a Keras configuration and what each of them reads: of a <c>Sequential</c> or a functional model.</summary>
internal static class KerasGraph
{
    // Keras 3 writes down the operations that compute a mask. Which steps are missing is read from the layers.
    private static readonly string[] MaskOperations = ["NotEqual", "Any"];

    /// <summary>Reads the layers.</summary>
    public static KerasNetwork Read(JsonValue root)
    {
        string kind = root["class_name"].Text();
        JsonValue config = root["config"];
        return kind switch
        {
            // The list itself is what the first versions of Keras wrote.
            "Sequential" => ReadSequential((config.IsArray ? config : config["layers"]).Items()),
            "Functional" or "Model" => ReadFunctional(config),
            _ => throw new ModelFormatException(
                $"'class_name': a model of the class '{kind}' is not supported; expected Sequential or Functional."),
        };
    }

    private static KerasLayer ReadLayer(JsonValue layer)
    {
        JsonValue config = layer["config"];
        string kind = layer["class_name"].Text();
        return new KerasLayer(kind, (config.Find("name") ?? layer.Find("name"))?.Text() ?? kind, config, []);
    }

    private static KerasNetwork ReadSequential(IReadOnlyList<JsonValue> items)
    {
        var layers = new List<KerasLayer>();
        foreach (JsonValue item in items)
        {
            KerasLayer layer = ReadLayer(item);
            layers.Add(layers.Count == 0 ? layer : layer with { Inputs = [layers[^1].Name] });
        }

        RequireNames(layers);
        return new KerasNetwork(
            layers, layers, [.. layers.Where(layer => layer.IsInput).Select(layer => layer.Name)], [layers[^1].Name]);
    }

    private static KerasNetwork ReadFunctional(JsonValue config)
    {
        var unsorted = new List<KerasLayer>();
        foreach (JsonValue item in config["layers"].Items())
        {
            KerasLayer layer = ReadLayer(item);
            if (!MaskOperations.Contains(layer.Kind))
            {
                unsorted.Add(layer with { Inputs = ReadInputs(item, layer) });
            }
        }

        RequireNames(unsorted);
        List<KerasLayer> layers = Sort(unsorted);
        return new KerasNetwork(
            layers, unsorted, ReadEnds(config["input_layers"], layers), ReadEnds(config["output_layers"], layers));
    }

    private static void RequireNames(List<KerasLayer> layers)
    {
        if (layers.Count == 0)
        {
            throw new ModelFormatException("expected at least one layer, found none.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (KerasLayer layer in layers.Where(layer => !names.Add(layer.Name)))
        {
            throw new ModelFormatException($"layer '{layer.Name}': a second one has this name.");
        }
    }

    /// <summary>Puts each layer behind those that it reads. Mostly they are in that order already.</summary>
    private static List<KerasLayer> Sort(List<KerasLayer> unsorted)
    {
        var sorted = new List<KerasLayer>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        List<KerasLayer> left = unsorted;
        while (left.Count > 0)
        {
            var later = new List<KerasLayer>();
            foreach (KerasLayer layer in left)
            {
                if (layer.Inputs.Count == 0 && !layer.IsInput)
                {
                    throw new ModelFormatException($"layer '{layer.Name}' ({layer.Kind}) reads nothing.");
                }

                if (layer.Inputs.All(names.Contains))
                {
                    sorted.Add(layer);
                    names.Add(layer.Name);
                }
                else
                {
                    later.Add(layer);
                }
            }

            if (later.Count == left.Count)
            {
                string missing = later[0].Inputs.First(input => !names.Contains(input));
                throw new ModelFormatException(
                    $"layer '{later[0].Name}': '{missing}', which it reads, is no layer before it.");
            }

            left = later;
        }

        return sorted;
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

    private static List<string> ReadEnds(JsonValue ends, List<KerasLayer> layers)
    {
        var names = new List<string>();
        foreach (JsonValue end in ends.Items() is [{ IsText: true }, ..] ? [ends] : ends.Items())
        {
            string name = end.Items() is [{ IsText: true } first, ..] ? first.Text() : throw end.Unexpected("a reference");
            names.Add(layers.Any(layer => layer.Name == name)
                ? name
                : throw new ModelFormatException($"'{ends.Path}': '{name}' is no layer."));
        }

        return names;
    }
}
