using System.Text;

namespace Recurrent.Interop;

/// <summary>Finds out which parameter of the C# API a message of the native library is about.</summary>
internal static class NativeArgument
{
    // Structs that only the C interface has: what they hold are parameters in C#.
    private static readonly string[] ArgumentStructs = ["desc", "args", "info"];

    // Parameters that have another name in C#.
    private static readonly (string Native, string Managed)[] Renamed =
        [("isa", "InstructionSet"), ("gemm_provider", "GemmProvider"), ("pin_threads", "PinThreads")];

    /// <summary>The message with the C# name of the parameter that it begins with, where the two differ.</summary>
    internal static string InManagedTerms(string message)
    {
        foreach ((string native, string managed) in Renamed)
        {
            if (message.StartsWith($"{native}: ", StringComparison.Ordinal))
            {
                return managed + message[native.Length..];
            }
        }

        return message;
    }

    /// <summary>
    /// The parameter that a message of the form <c>argument: text</c> begins with, as C# names it:
    /// <c>desc.layers[2].input_size: …</c> is about <c>layers</c>, <c>first_row: …</c> about <c>firstRow</c>.
    /// </summary>
    /// <returns>Null if the message does not begin with an argument.</returns>
    internal static string? ParameterName(string message)
    {
        int colon = message.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || message.AsSpan(0, colon).ContainsAny(' ', '\n', '`'))
        {
            return null;
        }

        string path = message[..colon].Replace("->", ".", StringComparison.Ordinal);
        string[] names = path.Split('.', '[');
        string name = names.Length > 1 && ArgumentStructs.Contains(names[0]) ? names[1] : names[0];
        bool isName = name.Length > 0
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
        // Environment variables, which are all capitals, are no parameters.
        return isName && name.Any(char.IsAsciiLetterLower) ? CamelCase(name) : null;
    }

    private static string CamelCase(string name)
    {
        StringBuilder result = new(name.Length);
        foreach (string word in name.Split('_', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = result.Append(result.Length == 0 ? word[0] : char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
        }

        return result.ToString();
    }
}
