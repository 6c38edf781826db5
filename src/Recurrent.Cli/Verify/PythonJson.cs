using System.Buffers;

namespace Recurrent.Cli.Verify;

/// <summary>JSON as Python writes it, which is JSON but for <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.</summary>
internal static class PythonJson
{
    /// <summary>Puts these three in quotes, so that a reader of JSON takes them; strings stay as they are.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <returns>UTF-8 text.</returns>
    public static byte[] QuoteNamedNumbers(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte> quoted = new(json.Length + 1);
        while (!json.IsEmpty)
        {
            int number = NamedNumber(json);
            int length = number > 0 ? number : json[0] == (byte)'"' ? StringLength(json) : 1;
            if (number > 0)
            {
                quoted.Write("\""u8);
            }

            quoted.Write(json[..length]);
            if (number > 0)
            {
                quoted.Write("\""u8);
            }

            json = json[length..];
        }

        return quoted.WrittenSpan.ToArray();
    }

    /// <summary>Bytes of the name that the text begins with; 0 if there is none.</summary>
    private static int NamedNumber(ReadOnlySpan<byte> json) =>
        json.StartsWith("NaN"u8) ? "NaN"u8.Length
        : json.StartsWith("Infinity"u8) ? "Infinity"u8.Length
        : json.StartsWith("-Infinity"u8) ? "-Infinity"u8.Length
        : 0;

    /// <summary>Bytes of the string that the text begins with, quotes included; all if it does not end.</summary>
    private static int StringLength(ReadOnlySpan<byte> json)
    {
        for (int i = 1; i < json.Length; i++)
        {
            if (json[i] == (byte)'\\')
            {
                i++;
            }
            else if (json[i] == (byte)'"')
            {
                return i + 1;
            }
        }

        return json.Length;
    }
}
