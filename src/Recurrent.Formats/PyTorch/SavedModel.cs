using System.Text;
using System.Text.Json;
using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// What a state dict does not say of a model, as text in the metadata of a file: in JSON, under
/// <see cref="MetadataName"/>. <see cref="PyTorchExport"/> writes it and an import follows it.
/// </summary>
internal sealed class SavedModel
{
    /// <summary>The name of the metadata.</summary>
    public const string MetadataName = "recurrent.model";

    /// <summary>Whether the file describes its model.</summary>
    public bool IsFound => Modules is not null;

    /// <summary>The modules in order, as <see cref="ImportOptions.Modules"/> has them; null if not described.</summary>
    public IReadOnlyList<string>? Modules { get; init; }

    /// <summary>What the layers read; null if they follow each other.</summary>
    public SavedGraph? Graph { get; init; }

    public ModelOutput? Output { get; init; }

    public Masking? Masking { get; init; }

    /// <summary>Order of the axes; null if not described.</summary>
    public SequenceLayout? Layout { get; init; }

    public EmptyRow EmptyRow { get; init; }

    public IReadOnlyDictionary<string, InitialStateNames> InitialStates { get; init; } =
        new Dictionary<string, InitialStateNames>();

    /// <summary>Tensors that are there because PyTorch's modules have them, and that the model does without.</summary>
    public IReadOnlySet<string> Absent { get; init; } = new HashSet<string>();

    /// <summary>The description in a file's metadata; one that says nothing if there is none.</summary>
    public static SavedModel Find(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(MetadataName, out string? text))
        {
            return new SavedModel();
        }

        try
        {
            return Guarded.Read(() => Parse(JsonContents.Read(text)));
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"metadata '{MetadataName}': {e.Message}", e);
        }
    }

    /// <summary>The description as text.</summary>
    public string Format()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            WriteNames(json, "modules", Modules ?? []);
            Graph?.Write(json);
            json.WriteString("output", (Output ?? ModelOutput.EveryStep).ToString());
            if (Masking is not null)
            {
                json.WriteStartObject("masking");
                if (!float.IsNaN(Masking.Value))
                {
                    json.WriteNumber("value", Masking.Value);
                }

                json.WriteString("output", Masking.Output.ToString());
                json.WriteEndObject();
            }

            json.WriteString("layout", (Layout ?? SequenceLayout.TimeMajor).ToString());
            json.WriteString("empty_row", EmptyRow.ToString());
            json.WriteStartObject("initial_states");
            foreach ((string module, InitialStateNames names) in InitialStates)
            {
                WriteNames(json, module, names.Cell is null ? [names.Hidden] : [names.Hidden, names.Cell]);
            }

            json.WriteEndObject();
            WriteNames(json, "absent", Absent);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>A value of an enumeration, by its name.</summary>
    public static TEnum ReadEnum<TEnum>(JsonValue value)
        where TEnum : struct, Enum =>
        Enum.TryParse(value.Text(), out TEnum parsed) && Enum.IsDefined(parsed)
            ? parsed
            : throw value.Unexpected($"one of {string.Join(", ", Enum.GetNames<TEnum>())}");

    private static SavedModel Parse(JsonValue root) => new()
    {
        Modules = ReadNames(root["modules"]),
        Graph = root.Find("graph") is { } graph ? SavedGraph.Read(graph) : null,
        Output = ReadEnum<ModelOutput>(root["output"]),
        Masking = root.Find("masking") is { } masking ? ReadMasking(masking) : null,
        // Files of earlier versions have neither.
        Layout = ReadEnum(root, "layout", SequenceLayout.TimeMajor),
        EmptyRow = ReadEnum(root, "empty_row", EmptyRow.KeepsState),
        InitialStates = ReadInitialStates(root["initial_states"]),
        Absent = ReadNames(root["absent"]).ToHashSet(StringComparer.Ordinal),
    };

    private static Masking ReadMasking(JsonValue masking) => new()
    {
        Value = masking.Find("value")?.Single() ?? float.NaN,
        Output = ReadEnum<MissingOutput>(masking["output"]),
    };

    private static Dictionary<string, InitialStateNames> ReadInitialStates(JsonValue states)
    {
        var result = new Dictionary<string, InitialStateNames>(StringComparer.Ordinal);
        foreach ((string module, JsonValue value) in states.Properties())
        {
            string[] names = ReadNames(value);
            result[module] = names.Length is 1 or 2
                ? new InitialStateNames(names[0], names.ElementAtOrDefault(1))
                : throw value.Unexpected("one or two names");
        }

        return result;
    }

    private static TEnum ReadEnum<TEnum>(JsonValue root, string property, TEnum otherwise)
        where TEnum : struct, Enum =>
        root.Find(property) is { } value ? ReadEnum<TEnum>(value) : otherwise;

    private static string[] ReadNames(JsonValue names) =>
        [.. names.Items(atMost: int.MaxValue).Select(name => name.Text())];

    private static void WriteNames(Utf8JsonWriter json, string property, IEnumerable<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
