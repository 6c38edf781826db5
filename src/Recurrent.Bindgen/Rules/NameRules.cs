using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Rules;

/// <summary>One prefix for all that the header adds to a program, and only declarations that bindings know.</summary>
internal static class NameRules
{
    internal static IEnumerable<HeaderProblem> Check(HeaderModel header)
    {
        foreach (UnsupportedDeclaration declaration in header.Unsupported)
        {
            string name = declaration.Name.Length == 0 ? string.Empty : $" `{declaration.Name}`";
            yield return new HeaderProblem(
                declaration.Location,
                $"{declaration.Kind}{name}: not part of a portable interface; expected {declaration.Expected}");
        }

        List<Declaration> lower = [.. header.Enums, .. header.Structs, .. header.OpaqueTypes, .. header.Functions];
        List<Declaration> upper = [.. header.Constants, .. header.Enums.SelectMany(type => type.Enumerators)];
        foreach (HeaderProblem problem in CheckPrefix(lower, HeaderRules.NamePrefix)
            .Concat(CheckPrefix(upper, HeaderRules.ConstantPrefix)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<HeaderProblem> CheckPrefix(IEnumerable<Declaration> declarations, string prefix) =>
        from declaration in declarations
        where !declaration.Name.StartsWith(prefix, StringComparison.Ordinal) || declaration.Name.Length == prefix.Length
        select new HeaderProblem(
            declaration.Location, $"`{declaration.Name}`: expected a name that begins with `{prefix}`");
}
