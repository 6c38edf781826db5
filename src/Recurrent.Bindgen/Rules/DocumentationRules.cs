using System.Text.RegularExpressions;
using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Rules;

/// <summary>Everything is documented, and what the documentation refers to exists.</summary>
internal static partial class DocumentationRules
{
    internal static IEnumerable<HeaderProblem> Check(HeaderModel header)
    {
        List<Declaration> declarations =
        [
            .. header.Constants,
            .. header.Enums,
            .. header.Enums.SelectMany(type => type.Enumerators),
            .. header.Structs,
            .. header.Structs.SelectMany(type => type.Fields),
            .. header.OpaqueTypes,
            .. header.Functions,
        ];
        HashSet<string> names = declarations.Select(declaration => declaration.Name).ToHashSet();
        foreach (Declaration declaration in declarations)
        {
            if (declaration.Documentation is not { Summary.Length: > 0 } documentation)
            {
                yield return new HeaderProblem(
                    declaration.Location, $"`{declaration.Name}`: expected a documentation comment before it");
                continue;
            }

            foreach (string reference in documentation.Texts.SelectMany(References).Except(names))
            {
                yield return new HeaderProblem(
                    declaration.Location,
                    $"`{declaration.Name}`: its documentation refers to `{reference}`, which is not declared here");
            }
        }

        foreach (HeaderProblem problem in header.Functions.SelectMany(CheckFunction))
        {
            yield return problem;
        }
    }

    private static IEnumerable<HeaderProblem> CheckFunction(FunctionDeclaration function)
    {
        if (function.Documentation is not { } documentation)
        {
            yield break;
        }

        foreach (ParameterDeclaration parameter in function.Parameters)
        {
            if (documentation.Parameters.GetValueOrDefault(parameter.Name, string.Empty).Length == 0)
            {
                yield return new HeaderProblem(
                    parameter.Location,
                    $"function `{function.Name}`: expected `@param {parameter.Name}` in its documentation");
            }
        }

        if (function.ReturnType is not VoidType && string.IsNullOrEmpty(documentation.Returns))
        {
            yield return new HeaderProblem(
                function.Location, $"function `{function.Name}`: expected `@return` in its documentation");
        }
    }

    private static IEnumerable<string> References(string text) =>
        Reference().Matches(text).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"::(?<name>[A-Za-z_]\w*)|\b(?<name>recurrent_\w+)\(\)")]
    private static partial Regex Reference();
}
