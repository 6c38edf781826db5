namespace Recurrent.Formats.Onnx;

/// <summary>Computes with what a body makes of a row, within bounds.</summary>
/// <param name="context">The loop.</param>
internal sealed class BodyAlgebra(NodeContext context)
{
    // A gated recurrent unit under a mask has fewer; what has more is no cell.
    private const int MaxTerms = 32;
    private const int MaxFactors = 8;

    // An atom, an array of them, and what belongs to both.
    private const long TermBytes = 256;

    /// <summary>An atom as a sum of nothing else.</summary>
    public Polynomial Of(Atom atom)
    {
        Take(1, 1);
        return new Polynomial(atom.Size, [new Monomial([atom], [1])]);
    }

    /// <summary>Constants.</summary>
    public Polynomial Of(ReadOnlySpan<float> values)
    {
        Take(1, values.Length);
        float[] copy = values.ToArray();
        bool isZero = !values.ContainsAnyExcept(0f);
        return new Polynomial(values.Length, isZero ? [] : [new Monomial([], copy)]);
    }

    public Polynomial Add(Polynomial left, Polynomial right, float factor = 1)
    {
        int size = Math.Max(left.Size, right.Size);
        Take(left.Terms.Count + right.Terms.Count, size);
        List<Monomial> sum = [.. left.Terms];
        foreach (Monomial term in right.Terms)
        {
            Add(sum, term with { Coefficients = [.. term.Coefficients.Select(value => value * factor)] });
        }

        return Bounded(size, sum);
    }

    public Polynomial Multiply(Polynomial left, Polynomial right)
    {
        int size = Math.Max(left.Size, right.Size);
        Take((long)left.Terms.Count * right.Terms.Count, size);
        List<Monomial> product = [];
        foreach (Monomial a in left.Terms)
        {
            foreach (Monomial b in right.Terms)
            {
                // A mask is 0 or 1.
                Atom[] factors = [.. a.Factors, .. b.Factors.Where(atom => !atom.IsMask || !a.Factors.Contains(atom))];
                Add(product, new Monomial(factors, Combine(a.Coefficients, b.Coefficients, (x, y) => x * y)));
            }

            if (product.Count > MaxTerms)
            {
                break;
            }
        }

        return Bounded(size, product);
    }

    /// <summary>Some of the features; null if an atom cannot be parted.</summary>
    public Polynomial? Slice(Polynomial sum, int first, int count)
    {
        Take(sum.Terms.Count, count);
        List<Monomial> terms = [];
        foreach (Monomial term in sum.Terms)
        {
            Atom?[] factors = [.. term.Factors.Select(atom => atom.Size == 1 && sum.Size > 1 ? atom : atom.Slice(this, first, count))];
            if (factors.Contains(null))
            {
                return null;
            }

            float[] coefficients = term.Coefficients.Length == 1 ? term.Coefficients : term.Coefficients[first..(first + count)];
            terms.Add(new Monomial(factors!, coefficients));
        }

        return new Polynomial(count, terms);
    }

    /// <summary>What is left of a sum where a mask is 0 or 1.</summary>
    public Polynomial Where(Polynomial sum, Atom mask, bool isThere)
    {
        Take(sum.Terms.Count, sum.Size);
        List<Monomial> rest = [];
        foreach (Monomial term in sum.Terms.Where(term => isThere || !term.Factors.Contains(mask)))
        {
            Add(rest, term with { Factors = [.. term.Factors.Where(atom => atom != mask)] });
        }

        return Bounded(sum.Size, rest);
    }

    private static float[] Combine(float[] left, float[] right, Func<float, float, float> combine)
    {
        float[] results = new float[Math.Max(left.Length, right.Length)];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = combine(left[left.Length == 1 ? 0 : i], right[right.Length == 1 ? 0 : i]);
        }

        return results;
    }

    private static void Add(List<Monomial> sum, Monomial term)
    {
        int same = sum.FindIndex(term.HasSameFactors);
        if (same < 0)
        {
            sum.Add(term);
            return;
        }

        Monomial both = term with { Coefficients = Combine(sum[same].Coefficients, term.Coefficients, (x, y) => x + y) };
        sum.RemoveAt(same);
        if (!both.IsZero)
        {
            sum.Add(both);
        }
    }

    private Polynomial Bounded(int size, List<Monomial> terms)
    {
        terms.RemoveAll(term => term.IsZero);
        return terms.Count <= MaxTerms && terms.All(term => term.Factors.Length <= MaxFactors)
            ? new Polynomial(size, terms)
            : throw context.Refuse("its body computes products of more sums than a cell has");
    }

    private void Take(long terms, int size)
    {
        context.Take(Math.Max(1, terms) * size, areFloating: true);
        if (!context.Interpreter.TryTake(Math.Max(1, terms) * TermBytes))
        {
            throw context.Refuse("its body is too much for a file of this size");
        }
    }
}
