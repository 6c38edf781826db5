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
            layers.Add(layers.Count == 0 ? layer : layer with { Inputs = [layers[^1].Output] });
        }

        RequireNames(layers);
        return new KerasNetwork(
            layers, layers, [.. layers.Where(layer => layer.IsInput).Select(layer => layer.Name)], [layers[^1].Output]);
    }

    private static KerasNetwork ReadFunctional(JsonValue config)
    {
        var unsorted = new List<KerasLayer>();
        foreach (JsonValue item in config["layers"].Items())
        {
            KerasLayer layer = ReadLayer(item);
            if (!MaskOperations.Contains(layer.Kind))
            {
                unsorted.AddRange(ReadCalls(item, layer));
            }
        }

        RequireNames(unsorted);
        List<KerasLayer> layers = Sort(unsorted);
        return new KerasNetwork(
            layers,
            [.. unsorted.Where(layer => layer.Call == 0)],
            [.. ReadEnds(config["input_layers"], layers).Select(input => input.Layer)],
            ReadEnds(config["output_layers"], layers));
    }

    private static void RequireNames(List<KerasLayer> layers)
    {
        if (layers.Count == 0)
        {
            throw new ModelFormatException("expected at least one layer, found none.");
        }

        var names = new HashSet<KerasReference>();
        foreach (KerasLayer layer in layers.Where(layer => !names.Add(layer.Output)))
        {
            throw new ModelFormatException($"layer '{layer.Name}': a second one has this name.");
        }
    }

    /// <summary>Puts each layer behind those that it reads. Mostly they are in that order already.</summary>
    private static List<KerasLayer> Sort(List<KerasLayer> unsorted)
    {
        var sorted = new List<KerasLayer>();
        var names = new HashSet<KerasReference>();
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
                    names.Add(layer.Output);
                }
                else
                {
                    later.Add(layer);
                }
            }

            if (later.Count == left.Count)
            {
                KerasReference missing = later[0].Inputs.First(input => !names.Contains(input));
                throw new ModelFormatException(
                    $"layer '{later[0].Name}': '{missing}', which it reads, is no layer before it.");
            }

            left = later;
        }

        return sorted;
    }

    /// <summary>The layer once for each time that it is called; an input is not called.</summary>
    private static IEnumerable<KerasLayer> ReadCalls(JsonValue item, KerasLayer named)
    {
        IReadOnlyList<JsonValue> nodes = item["inbound_nodes"].Items();
        return nodes.Count == 0
            ? [named]
            : nodes.Select((node, call) => named with { Inputs = ReadInputs(node, named), Call = call });
    }

    // Keras 3 has an object with the arguments of the call, older versions a list of references.
    private static IReadOnlyList<KerasReference> ReadInputs(JsonValue node, KerasLayer named) => node.IsObject
        ? [.. ReadArguments(node, named).Select(tensor => ReadReference(tensor["config"]["keras_history"], named))]
        : [.. (IsReference(node) ? [node] : node.Items()).Select(entry => ReadReference(entry, named))];

    private static IEnumerable<JsonValue> ReadArguments(JsonValue node, KerasLayer named)
    {
        if (node.Find("kwargs") is { } others)
        {
            RequirePlain(others, named);
        }

        return node["args"].Items().SelectMany(argument => argument.IsArray ? argument.Items() : [argument]);
    }

    private static bool IsReference(JsonValue value) => value.Items() is [{ IsText: true }, ..];

    /// <summary>The layer and its call in <c>[name, node, tensor]</c>. Layers here output one tensor.</summary>
    private static KerasReference ReadReference(JsonValue reference, KerasLayer named)
    {
        IReadOnlyList<JsonValue> parts = reference.Items();
        if (parts is not [{ IsText: true } name, { IsNumber: true }, { IsNumber: true }, ..])
        {
            throw reference.Unexpected("a layer's name and two numbers");
        }

        if (parts[2].Number() != 0)
        {
            throw new ModelFormatException(
                $"layer '{named.Name}': expected the first output of '{name.Text()}', found another one.");
        }

        if (parts.Count > 3)
        {
            RequirePlain(parts[3], named);
        }

        return new KerasReference(name.Text(), parts[1].Integer(0, LayerListBuilder.MaxLayers));
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

    private static List<KerasReference> ReadEnds(JsonValue ends, List<KerasLayer> layers)
    {
        var found = new List<KerasReference>();
        IEnumerable<JsonValue> items = ends.IsObject ? ends.Properties().Select(entry => entry.Value)
            : IsReference(ends) ? [ends]
            : ends.Items();
        foreach (JsonValue end in items)
        {
            IReadOnlyList<JsonValue> parts = end.Items();
            KerasReference reference = parts is [{ IsText: true } name, ..]
                ? new(name.Text(), parts.Count > 1 ? parts[1].Integer(0, LayerListBuilder.MaxLayers) : 0)
                : throw end.Unexpected("a reference");
            found.Add(layers.Any(layer => layer.Output == reference)
                ? reference
                : throw new ModelFormatException($"'{ends.Path}': '{reference}' is no layer."));
        }

        return found;
    }
}
