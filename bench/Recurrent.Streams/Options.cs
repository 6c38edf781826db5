using System.CommandLine;

namespace Recurrent.Streams;

/// <summary>Options that several commands have.</summary>
internal static class Options
{
    public static Option<int> Hidden(int value = 64) => Of("--hidden", value, "units of the LSTM, and its inputs");

    public static Option<T> Of<T>(string name, T value, string description) =>
        new(name) { Description = $"{description} (default {value})", DefaultValueFactory = _ => value };
}
