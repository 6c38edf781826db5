using System.Globalization;
using Recurrent.Bindgen.Model;
using Recurrent.Bindgen.Rules;

namespace Recurrent.Bindgen.Emit;

/// <summary>
/// C names to C# names: <c>recurrent_run_args</c> is <c>NativeRunArgs</c>, since the short names belong to the public
/// API; <c>recurrent_session_step</c> is <c>NativeMethods.SessionStep</c>; enumerators lose what all of
/// their enum share.
/// </summary>
internal sealed class CSharpNames
{
    /// <summary>Class of the functions.</summary>
    internal const string MethodsClass = "NativeMethods";

    /// <summary>Class of the constants.</summary>
    internal const string ConstantsClass = "NativeConstants";

    private static readonly HashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const",
        "continue", "decimal", "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern",
        "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int", "interface",
        "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override",
        "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof",
        "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint",
        "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    private readonly Dictionary<string, string> _references = [];
    private readonly Dictionary<string, string> _enumerators = [];

    internal CSharpNames(HeaderModel header)
    {
        foreach (EnumDeclaration type in header.Enums)
        {
            int shared = SharedWords(type.Enumerators);
            foreach (EnumeratorDeclaration enumerator in type.Enumerators)
            {
                string name = Pascal(enumerator.Name.Split('_')[shared..]);
                _enumerators[enumerator.Name] = char.IsDigit(name[0]) ? "_" + name : name;
                _references[enumerator.Name] = $"{Type(type.Name)}.{_enumerators[enumerator.Name]}";
            }
        }

        foreach (ConstantDeclaration constant in header.Constants)
        {
            _references[constant.Name] = $"{ConstantsClass}.{Constant(constant.Name)}";
        }

        foreach (Declaration type in header.Enums.Concat<Declaration>(header.Structs))
        {
            _references[type.Name] = Type(type.Name);
        }

        foreach (FunctionDeclaration function in header.Functions)
        {
            _references[function.Name] = $"{MethodsClass}.{Method(function.Name)}";
        }
    }

    /// <summary>Name of an enum or a struct.</summary>
    internal static string Type(string name) => "Native" + Pascal(WithoutPrefix(name).Split('_'));

    /// <summary>Name of a function.</summary>
    internal static string Method(string name) => Pascal(WithoutPrefix(name).Split('_'));

    /// <summary>Name of a constant.</summary>
    internal static string Constant(string name) => Pascal(WithoutPrefix(name).Split('_'));

    /// <summary>Name of a field.</summary>
    internal static string Field(string name) => Pascal(name.Split('_'));

    /// <summary>Name of a parameter as documentation refers to it.</summary>
    internal static string ParameterReference(string name)
    {
        string pascal = Field(name);
        return char.ToLowerInvariant(pascal[0]) + pascal[1..];
    }

    /// <summary>Name of a parameter as source.</summary>
    internal static string Parameter(string name)
    {
        string camel = ParameterReference(name);
        return Keywords.Contains(camel) ? "@" + camel : camel;
    }

    /// <summary>Name of an enumerator.</summary>
    internal string Enumerator(string name) => _enumerators[name];

    /// <summary>What documentation refers to in C# for a name in C; null if C# has no such thing.</summary>
    internal string? Reference(string name) => _references.GetValueOrDefault(name);

    /// <summary>Number of words that all names begin with, leaving at least one word of each.</summary>
    private static int SharedWords(IReadOnlyList<EnumeratorDeclaration> enumerators)
    {
        List<string[]> names = enumerators.Select(enumerator => enumerator.Name.Split('_')).ToList();
        if (names.Count == 1)
        {
            return names[0].Length - 1;
        }

        int limit = names.Min(words => words.Length) - 1;
        int shared = 0;
        while (shared < limit && names.TrueForAll(words => words[shared] == names[0][shared]))
        {
            shared++;
        }

        return shared;
    }

    private static string WithoutPrefix(string name) => name[HeaderRules.NamePrefix.Length..];

    private static string Pascal(IEnumerable<string> words) =>
        string.Concat(words.Where(word => word.Length > 0).Select(
            word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..].ToLowerInvariant()));
}
