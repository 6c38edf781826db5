using System.Globalization;

namespace Recurrent.Formats.Onnx;

/// <summary>What a body computes for a row: a sum of products of atoms with constant factors, feature by feature.</summary>
/// <param name="size">Features; 1 also where the number is the same for all.</param>
/// <param name="terms">The products, no two of the same atoms.</param>
internal sealed class Polynomial(int size, IReadOnlyList<Monomial> terms)
{
    public int Size => size;

    public IReadOnlyList<Monomial> Terms => terms;

    /// <summary>The atom, if this is nothing else.</summary>
    public Atom? Single => terms is [{ Factors: [var atom], IsOne: true }] ? atom : null;

    /// <summary>Whether two sums are the same.</summary>
    public bool Same(Polynomial other) => terms.Count == other.Terms.Count
        && terms.All(term => other.Terms.Any(
            found => found.HasSameFactors(term) && found.Coefficients.AsSpan().SequenceEqual(term.Coefficients)));

    public IEnumerable<Atom> Atoms => terms.SelectMany(term => term.Factors);

    public override string ToString() => terms.Count == 0 ? "0" : string.Join(" + ", terms);
}

/// <summary>A product of atoms and of a constant.</summary>
/// <param name="Factors">The atoms; none for a constant.</param>
/// <param name="Coefficients">The constant, of each feature or one of all.</param>
internal readonly record struct Monomial(Atom[] Factors, float[] Coefficients)
{
    public bool IsZero => !Coefficients.AsSpan().ContainsAnyExcept(0f);

    public bool IsOne => IsAll(1);

    public bool IsAll(float value) => !Coefficients.AsSpan().ContainsAnyExcept(value);

    public bool HasSameFactors(Monomial other) =>
        Factors.Length == other.Factors.Length && !Factors.Except(other.Factors).Any() && !other.Factors.Except(Factors).Any()
        && Factors.All(SameCount(Factors, other.Factors));

    public override string ToString()
    {
        string product = string.Join(" * ", (object[])Factors);
        return Factors.Length == 0 ? "constants"
            : IsOne ? product
            : IsAll(-1) ? $"-{product}"
            : Coefficients.Length == 1 ? $"{Coefficients[0].ToString(CultureInfo.InvariantCulture)} * {product}"
            : $"constants * {product}";
    }

    private static Func<Atom, bool> SameCount(Atom[] left, Atom[] right) =>
        atom => left.Count(factor => factor == atom) == right.Count(factor => factor == atom);
}
