namespace Recurrent.Bindgen.Model;

/// <summary>
/// A Doxygen comment. The texts are free of line breaks and still hold Doxygen's inline notation: code between
/// backticks, <c>::name</c> and <c>name()</c> for references.
/// </summary>
/// <param name="Summary">The brief description.</param>
/// <param name="Remarks">Further paragraphs; empty if there are none.</param>
/// <param name="Parameters">Text of each documented parameter by its name in C.</param>
/// <param name="Returns">What the function returns, or null.</param>
internal sealed record Documentation(
    string Summary,
    IReadOnlyList<string> Remarks,
    IReadOnlyDictionary<string, string> Parameters,
    string? Returns)
{
    /// <summary>All texts, for checks that do not care which is which.</summary>
    public IEnumerable<string> Texts =>
        new[] { Summary }.Concat(Remarks).Concat(Parameters.Values).Concat(Returns is null ? [] : [Returns]);
}
