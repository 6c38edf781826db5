using System.Text.Json;

namespace Recurrent.Formats.Json;

/// <summary>Turns what JSON and layers have against a file into the one exception that a reader of it sees.</summary>
internal static class Guarded
{
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is { } line ? $"line {line + 1}, byte {e.BytePositionInLine}: " : "";
            throw new ModelFormatException($"not JSON that can be read: {place}{e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Text in JSON is decoded when it is asked for, and this is how the decoder refuses what is no UTF-8.
            throw new ModelFormatException($"not JSON that can be read: {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            // Layers check their sizes, and models how layers fit; importers leave to them what needs no other words.
            throw new ModelFormatException($"no model can be made of it: {e.Message}", e);
        }
    }
}
