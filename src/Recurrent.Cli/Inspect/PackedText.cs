using System.Globalization;
using System.Text.Json;
using Recurrent.Cli.Bench;
using Recurrent.Formats;

namespace Recurrent.Cli.Inspect;

/// <summary>What a file says of its packed weights.</summary>
internal static class PackedText
{
    /// <summary>For people.</summary>
    public static string Of(PackedWeights packed)
    {
        string bytes = $"{packed.Bytes.ToString(CultureInfo.InvariantCulture)} bytes";
        if (packed.InstructionSet is not { } isa)
        {
            return $"{bytes}, of a version or instruction set that is not known here; nobody here uses them";
        }

        string use = packed.IsOfModel
            ? "used by C and C++ where weights are packed in the same way"
            : "of other weights than the file's: nobody uses them";
        return $"{bytes}, for {InstructionSetNames.Of(isa)}, {use}";
    }

    /// <summary>Nothing if the file has none.</summary>
    public static void Write(Utf8JsonWriter json, PackedWeights? packed)
    {
        if (packed is null)
        {
            return;
        }

        json.WriteStartObject("packed_weights");
        json.WriteNumber("version", packed.Version);
        if (packed.InstructionSet is { } isa)
        {
            json.WriteString("isa", InstructionSetNames.Of(isa));
        }

        json.WriteBoolean("of_model", packed.IsOfModel);
        json.WriteNumber("bytes", packed.Bytes);
        json.WriteEndObject();
    }
}
