using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Edits values, names and arrays of JSON, which stays JSON.</summary>
internal sealed class JsonMutator : IMutator
{
    private const int Kinds = 8;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 128 };

    private static readonly JsonSerializerOptions Writing = new() { MaxDepth = 4096 };

    public static JsonMutator Instance { get; } = new();

    public bool Knows(string name) => Path.GetExtension(name) is ".json" or ".nam";

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        if (Parse(bytes) is not { } root)
        {
            return null;
        }

        if (Draw(root, random) is not { } node)
        {
            return null;
        }

        Edit(node, Parse(other), random);
        return JsonSerializer.SerializeToUtf8Bytes(root, Writing);
    }

    private static JsonNode? Parse(byte[] bytes)
    {
        try
        {
            JsonNode? root = JsonNode.Parse(bytes, documentOptions: Reading);

            // Names that came twice are noticed when they are asked for.
            return root is JsonObject or JsonArray && Everything(root).Count >= 0 ? root : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Some value below the root, rather one of those that are no numbers of a long array.</summary>
    private static JsonNode? Draw(JsonNode root, Random random)
    {
        List<JsonNode> all = Everything(root);
        for (int attempt = 0; attempt < 4 && all.Count > 0; attempt++)
        {
            JsonNode drawn = all[random.Next(all.Count)];
            if (drawn is not JsonValue || drawn.Parent is JsonObject)
            {
                return drawn;
            }
        }

        return all.Count == 0 ? null : all[random.Next(all.Count)];
    }

    private static List<JsonNode> Everything(JsonNode root)
    {
        List<JsonNode> all = [];
        Stack<JsonNode> open = new([root]);
        while (open.TryPop(out JsonNode? node))
        {
            IEnumerable<JsonNode?> below = node switch
            {
                JsonObject entries => entries.Select(entry => entry.Value),
                JsonArray items => items,
                _ => [],
            };
            foreach (JsonNode child in below.OfType<JsonNode>())
            {
                all.Add(child);
                open.Push(child);
            }
        }

        return all;
    }

    private static void Edit(JsonNode node, JsonNode? other, Random random)
    {
        switch (random.Next(Kinds))
        {
            case 0:
                Remove(node);
                break;
            case 1:
                Put(node, null);
                break;
            case 2:
                Put(node, JsonValue.Create(Values.Text(random)));
                break;
            case 3:
                Put(node, Number(node, random));
                break;
            case 4:
                Put(node, other is null ? new JsonObject() : Draw(other, random)?.DeepClone());
                break;
            case 5:
                Repeat(node, random);
                break;
            case 6:
                Rename(node, random);
                break;
            default:
                Nest(node, random);
                break;
        }
    }

    private static JsonValue Number(JsonNode node, Random random)
    {
        if (node is JsonValue value && value.TryGetValue(out long number) && random.Next(2) == 0)
        {
            return JsonValue.Create(Values.Near(number, random));
        }

        return random.Next(3) == 0
            ? JsonValue.Create(random.Next(2) == 0 ? 1e300 : 1e-300)
            : JsonValue.Create(Values.Boundary(random));
    }

    private static void Put(JsonNode node, JsonNode? value)
    {
        if (node.Parent is JsonObject entries)
        {
            entries[node.GetPropertyName()] = value;
        }
        else if (node.Parent is JsonArray items)
        {
            items[node.GetElementIndex()] = value;
        }
    }

    private static void Remove(JsonNode node)
    {
        if (node.Parent is JsonObject entries)
        {
            entries.Remove(node.GetPropertyName());
        }
        else if (node.Parent is JsonArray items)
        {
            items.RemoveAt(node.GetElementIndex());
        }
    }

    /// <summary>Puts a value in again, beside itself.</summary>
    private static void Repeat(JsonNode node, Random random)
    {
        int times = random.Next(4) == 0 ? random.Next(2, 300) : 1;
        for (int i = 0; i < times; i++)
        {
            if (node.Parent is JsonArray items)
            {
                items.Insert(node.GetElementIndex(), node.DeepClone());
            }
            else if (node.Parent is JsonObject entries)
            {
                entries[$"{node.GetPropertyName()}{i}"] = node.DeepClone();
            }
        }
    }

    private static void Rename(JsonNode node, Random random)
    {
        if (node.Parent is not JsonObject entries)
        {
            return;
        }

        string[] names = [.. entries.Select(entry => entry.Key)];
        string name = random.Next(2) == 0 ? names[random.Next(names.Length)] : Values.Text(random);
        entries.Remove(node.GetPropertyName());
        entries[name] = node.DeepClone();
    }

    private static void Nest(JsonNode node, Random random)
    {
        JsonNode inner = node.DeepClone();
        for (int depth = random.Next(1, random.Next(2) == 0 ? 3 : 90); depth > 0; depth--)
        {
            inner = random.Next(5) == 0 ? new JsonObject { ["a"] = inner } : new JsonArray(inner);
        }

        Put(node, inner);
    }
}
