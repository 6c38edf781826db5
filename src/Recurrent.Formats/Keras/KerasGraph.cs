using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>
/// The layers of a Keras configuration and what each of them reads: of a <c>Sequential</c> or a functional model. Models among
/// the layers are read like the model itself; <see cref="KerasNesting"/> takes them apart.
/// </summary>
internal static class KerasGraph
{
    private const string Wrapper = "TimeDistributed";
    private const string InitialState = "initial_state";

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

    /// <summary>Whether a class is a model.</summary>
    private static bool IsModel(string kind) => kind is "Sequential" or "Functional" or "Model";

    private static KerasLayer ReadLayer(JsonValue layer)
    {
        JsonValue config = layer["config"];
        string kind = layer["class_name"].Text();
        JsonValue? name = (config.IsObject ? config.Find("name") : null) ?? layer.Find("name");
        return new KerasLayer(kind, name?.Text() ?? kind, config, []) { Model = ReadModel(layer, kind, config) };
    }

    private static KerasNetwork? ReadModel(JsonValue layer, string kind, JsonValue config) =>
        IsModel(kind) ? Read(layer)
        : kind == Wrapper && config["layer"] is var inner && IsModel(inner["class_name"].Text()) ? Read(inner)
        : null;

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
            layers,
            layers,
            [.. layers.Where(layer => layer.IsInput).Select(layer => layer.Name)],
            [layers[^1].Output],
            [layers[^1].Name]);
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
        CountModels(unsorted, config["output_layers"]);
        List<KerasLayer> layers = Sort(unsorted);
        List<KerasReference> outputs = ReadEnds(config["output_layers"], layers);
        return new KerasNetwork(
            layers,
            [.. unsorted.DistinctBy(layer => layer.Name)],
            [.. ReadEnds(config["input_layers"], layers).Select(input => input.Layer)],
            outputs,
            [.. outputs.Select(output => outputs.Count(other => other.Layer == output.Layer) == 1 ? output.Layer : output.ToString())]);
    }

    /// <summary>
    /// Models that are layers were called once before, to be made. Versions of Keras, and TensorFlow.js, count that call though it is
    /// not among those that are listed: then there is a reader of a call behind the last one.
    /// </summary>
    private static void CountModels(List<KerasLayer> layers, JsonValue ends)
    {
        var read = layers.SelectMany(layer => layer.Inputs).Concat(ReadReferences(ends)).Select(input => (input.Layer, input.Call))
            .ToHashSet();
        var calls = layers.GroupBy(layer => layer.Name).ToDictionary(calls => calls.Key, calls => calls.Count());
        for (int i = 0; i < layers.Count; i++)
        {
            KerasLayer layer = layers[i];
            if (layer.Model is not null && read.Contains((layer.Name, calls[layer.Name])) && !read.Contains((layer.Name, 0)))
            {
                layers[i] = layer with { Call = layer.Call + 1 };
            }
        }
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

                if (layer.Inputs.All(input => names.Contains(input with { Tensor = 0 })))
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
                KerasReference missing = later[0].Inputs.First(input => !names.Contains(input with { Tensor = 0 }));
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
        : [.. (IsReference(node) ? [node] : node.Items()).SelectMany(entry => ReadEntry(entry, named))];

    /// <summary>A reference of an older file, and the states among the arguments behind it.</summary>
    private static IEnumerable<KerasReference> ReadEntry(JsonValue entry, KerasLayer named) =>
    [
        ReadReference(entry, named),
        .. entry.Items() is { Count: > 3 } parts && parts[3].Find(InitialState) is { IsArray: true } states && TakesStates(named)
            ? (IsReference(states) ? [states] : states.Items()).Select(state => ReadReference(state, named))
            : [],
    ];

    private static IEnumerable<JsonValue> ReadArguments(JsonValue node, KerasLayer named)
    {
        if (node.Find("kwargs") is { } others)
        {
            RequirePlain(others, named);
        }

        IEnumerable<JsonValue> states = node.Find("kwargs")?.Find(InitialState) is { } initial && (initial.IsArray || initial.IsObject)
            && TakesStates(named)
            ? [initial]
            : [];
        return node["args"].Items().Where(argument => argument.IsArray || argument.IsObject).Concat(states)
            .SelectMany(argument => argument.IsArray ? argument.Items() : [argument]);
    }

    private static bool TakesStates(KerasLayer layer) => KerasCell.IsKnown(layer.Kind) || layer.Kind == "Bidirectional";

    private static bool IsReference(JsonValue value) => value.Items() is [{ IsText: true }, ..];

    /// <summary>The layer, its call and its output in <c>[name, node, tensor]</c>.</summary>
    private static KerasReference ReadReference(JsonValue reference, KerasLayer named)
    {
        IReadOnlyList<JsonValue> parts = reference.Items();
        if (parts is not [{ IsText: true } name, { IsNumber: true }, { IsNumber: true }, ..])
        {
            throw reference.Unexpected("a layer's name and two numbers");
        }

        if (parts.Count > 3)
        {
            RequirePlain(parts[3], named);
        }

        return new KerasReference(name.Text(), Number(parts[1]), Number(parts[2]));
    }

    private static void RequirePlain(JsonValue arguments, KerasLayer named)
    {
        foreach ((string name, JsonValue value) in arguments.Properties())
        {
            if (name is not ("mask" or "training") && !(name == InitialState && TakesStates(named)) && (value.IsObject || value.IsArray))
            {
                throw new ModelFormatException($"layer '{named.Name}': the argument '{name}' is not supported.");
            }
        }
    }

    private static int Number(JsonValue number) => number.Integer(0, LayerListBuilder.MaxLayers);

    private static List<KerasReference> ReadEnds(JsonValue ends, List<KerasLayer> layers)
    {
        var found = new List<KerasReference>();
        foreach (KerasReference reference in ReadReferences(ends))
        {
            found.Add(layers.Any(layer => layer.Output == (reference with { Tensor = 0 }))
                ? reference
                : throw new ModelFormatException($"'{ends.Path}': '{reference}' is no layer."));
        }

        return found;
    }

    private static IEnumerable<KerasReference> ReadReferences(JsonValue ends)
    {
        IEnumerable<JsonValue> items = ends.IsObject ? ends.Properties().Select(entry => entry.Value)
            : IsReference(ends) ? [ends]
            : ends.Items();
        foreach (JsonValue end in items)
        {
            IReadOnlyList<JsonValue> parts = end.Items();
            yield return parts is [{ IsText: true } name, ..]
                ? new KerasReference(name.Text(), parts.Count > 1 ? Number(parts[1]) : 0, parts.Count > 2 ? Number(parts[2]) : 0)
                : throw end.Unexpected("a reference");
        }
    }
}
