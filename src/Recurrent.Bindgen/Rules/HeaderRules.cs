using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Rules;

/// <summary>All rules for the interface header.</summary>
internal static class HeaderRules
{
    /// <summary>Prefix of the names of types and functions.</summary>
    internal const string NamePrefix = "recurrent_";

    /// <summary>Prefix of the names of constants and enumerators.</summary>
    internal const string ConstantPrefix = "RECURRENT_";

    /// <summary>Checks a header.</summary>
    /// <returns>What is wrong with it, in the order of its lines.</returns>
    internal static IReadOnlyList<HeaderProblem> Check(HeaderModel header)
    {
        List<HeaderProblem> problems = [];
        problems.AddRange(NameRules.Check(header));
        problems.AddRange(TypeRules.Check(header));
        problems.AddRange(LayoutRules.Check(header));
        problems.AddRange(DocumentationRules.Check(header));
        return problems.OrderBy(problem => problem.Location.Line).ToList();
    }
}
