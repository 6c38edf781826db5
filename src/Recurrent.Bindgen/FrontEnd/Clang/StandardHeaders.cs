using System.Globalization;
using System.Text;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>
/// The C headers that an interface header may include, in memory. libclang does not bring its own (they are in another
/// package) and those of the machine differ; what matters here are the names and widths of the types, and these follow
/// from the compiler's predefined macros. Types that the interface rules refuse are declared too, so that the refusal
/// comes from the rules, with their explanation, and not from the compiler.
/// </summary>
internal static class StandardHeaders
{
    /// <summary>Folder that the files pretend to be in; to be given as the only system include folder.</summary>
    internal const string Folder = "/recurrent-bindgen/include";

    /// <summary>The files by path.</summary>
    internal static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        [$"{Folder}/stdint.h"] = StdInt(),
        [$"{Folder}/stddef.h"] = """
            #pragma once
            typedef __SIZE_TYPE__ size_t;
            typedef __PTRDIFF_TYPE__ ptrdiff_t;
            #define NULL ((void *)0)

            """,
        [$"{Folder}/stdbool.h"] = """
            #pragma once
            #define bool _Bool
            #define true 1
            #define false 0

            """,
    };

    private static string StdInt()
    {
        ReadOnlySpan<int> widths = [8, 16, 32, 64];
        ReadOnlySpan<string> families = ["INT", "UINT", "INT_LEAST", "UINT_LEAST", "INT_FAST", "UINT_FAST"];
        ReadOnlySpan<string> platform = ["INTPTR", "UINTPTR", "INTMAX", "UINTMAX"];
        StringBuilder text = new("#pragma once\n");
        foreach (string family in families)
        {
            foreach (int width in widths)
            {
                AddTypedef(text, $"{family}{width}");
            }
        }

        foreach (string name in platform)
        {
            AddTypedef(text, name);
        }

        return text.ToString();
    }

    private static void AddTypedef(StringBuilder text, string name) =>
        text.Append(CultureInfo.InvariantCulture, $"typedef __{name}_TYPE__ {name.ToLowerInvariant()}_t;\n");
}
