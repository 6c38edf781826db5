using System.Text.Json;

namespace Recurrent.Cli.Verify;

/// <summary>
/// Text of JSON. It is decoded when it is asked for, and what is no UTF-8, or half a surrogate pair, is an
/// <see cref="InvalidOperationException"/> then.
/// </summary>
internal static class JsonStrings
{
    /// <summary>The text of an element that is one.</summary>
    /// <param name="element">The element.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <exception cref="UnusableInputException">It cannot be decoded.</exception>
    public static string Of(JsonElement element, string place)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new UnusableInputException($"{place}: {e.Message}", e);
        }
    }
}
