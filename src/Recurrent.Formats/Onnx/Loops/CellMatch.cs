using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A cell that a body was found to be.</summary>
/// <param name="Specification">What it is.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Input">The step's input.</param>
/// <param name="Hidden">The carried value that is its state.</param>
/// <param name="Cell">The carried value that is its cell state; null for none.</param>
internal sealed record CellMatch(
    RecurrentSpecification Specification, CellWeights Weights, InputAtom Input, StateAtom Hidden, StateAtom? Cell);

/// <summary>Compares what a body makes of its states with the equations of cells.</summary>
/// <param name="context">The loop.</param>
internal sealed class CellMatcher(NodeContext context)
{
    private InputAtom? _input;

    /// <summary>The cell; null if the states are those of another one.</summary>
    /// <param name="states">The states with their next values.</param>
    public CellMatch? Find(IReadOnlyList<(StateAtom State, Polynomial Next)> states) => states switch
    {
        [var only] => Simple(only) ?? Gru(only),
        [var first, var second] => Lstm(first, second) ?? Lstm(second, first),
        _ => null,
    };

    private CellMatch? Lstm((StateAtom State, Polynomial Next) h, (StateAtom State, Polynomial Next) c)
    {
        // c' = f c + i g, h' = o * output(c').
        _input = null;
        if (h.Next.Terms is not [{ IsOne: true, Factors: [FunctionAtom left, FunctionAtom right] }])
        {
            return null;
        }

        (FunctionAtom o, FunctionAtom output) = right.Argument.Same(c.Next) ? (left, right) : (right, left);
        Monomial kept = c.Next.Terms.FirstOrDefault(term => term.Factors?.Contains(c.State) ?? false);
        Monomial added = c.Next.Terms.FirstOrDefault(term => !(term.Factors?.Contains(c.State) ?? true));
        if (!output.Argument.Same(c.Next) || c.Next.Terms.Count != 2 || kept.Factors is not { Length: 2 } || !kept.IsOne
            || added.Factors is not [FunctionAtom one, FunctionAtom other] || !added.IsOne
            || kept.Factors.OfType<FunctionAtom>().FirstOrDefault() is not { } f || f.Activation != o.Activation)
        {
            return null;
        }

        (FunctionAtom i, FunctionAtom g) = one.Activation == f.Activation ? (one, other) : (other, one);
        GateSum?[] gates = [Gate(i, h.State), Gate(f, h.State), Gate(g, h.State), Gate(o, h.State)];
        if (i.Activation != f.Activation || c.State.Size != h.State.Size || gates.Contains(null) || _input is null)
        {
            return null;
        }

        var specification = new LstmSpecification
        {
            InputSize = _input.Size,
            HiddenSize = h.State.Size,
            GateActivation = f.Activation,
            CandidateActivation = g.Activation,
            OutputActivation = output.Activation,
        };
        return new CellMatch(specification, Read(gates), _input, h.State, c.State);
    }

    private CellMatch? Gru((StateAtom State, Polynomial Next) h)
    {
        // h' = n + z h - z n.
        _input = null;
        Monomial alone = h.Next.Terms.FirstOrDefault(term => term.Factors is [FunctionAtom] && term.IsOne);
        Monomial kept = h.Next.Terms.FirstOrDefault(
            term => term.Factors is { Length: 2 } && term.Factors.Contains(h.State) && term.IsOne);
        if (h.Next.Terms.Count != 3 || alone.Factors is not [FunctionAtom n]
            || kept.Factors?.OfType<FunctionAtom>().FirstOrDefault() is not { } z
            || !h.Next.Terms.Any(term => term.IsAll(-1) && term.HasSameFactors(new Monomial([n, z], []))))
        {
            return null;
        }

        return ResetAfter(h.State, n, z) ?? ResetBefore(h.State, n, z);
    }

    private CellMatch? ResetAfter(StateAtom h, FunctionAtom n, FunctionAtom z)
    {
        // n = act(W x + b + r (R h + rb)).
        _input = null;
        FunctionAtom? r = n.Argument.Terms.SelectMany(term => term.Factors.OfType<FunctionAtom>()).FirstOrDefault();
        Monomial product = n.Argument.Terms.FirstOrDefault(term => term.Factors is { Length: 2 } && term.Factors.Contains(r));
        Monomial offset = n.Argument.Terms.FirstOrDefault(term => term.Factors is { Length: 1 } && term.Factors.Contains(r));
        if (r is null || product.Factors?.OfType<ProductAtom>().FirstOrDefault() is not { } state)
        {
            return null;
        }

        List<Monomial> rest = [.. n.Argument.Terms.Where(term => !term.Factors.Contains(r)), new Monomial([state], product.Coefficients)];
        bool areAll = n.Argument.Terms.Count == rest.Count + (offset.Factors is null ? 0 : 1);
        GateSum? candidate = Gate(new FunctionAtom(n.Activation, new Polynomial(n.Size, rest), n.Name), h);
        return areAll ? Gru(h, z, r, n, candidate, resetAfter: true, offset.Coefficients ?? [0]) : null;
    }

    private CellMatch? ResetBefore(StateAtom h, FunctionAtom n, FunctionAtom z)
    {
        // n = act(W x + b + R (r h)).
        _input = null;
        ProductAtom? state = n.Argument.Terms.SelectMany(term => term.Factors.OfType<ProductAtom>())
            .FirstOrDefault(product => product.Source.Single is null);
        if (state?.Source.Terms is not [{ IsOne: true, Factors: [var one, var other] }]
            || (one == h ? other : other == h ? one : null) is not FunctionAtom r)
        {
            return null;
        }

        GateSum? candidate = GateSum.Find(n.Argument, out InputAtom? input, product => product == state);
        return candidate is not null && IsInput(input, n.Size, h) && candidate.Input.Size == h.Size && candidate.State.Size == h.Size
            ? Gru(h, z, r, n, candidate, resetAfter: false, null)
            : null;
    }

    private CellMatch? Gru(
        StateAtom h, FunctionAtom z, FunctionAtom r, FunctionAtom n, GateSum? candidate, bool resetAfter, float[]? stateBias)
    {
        GateSum?[] gates = [Gate(r, h), Gate(z, h), candidate];
        if (gates.Contains(null) || _input is null || r.Activation != z.Activation)
        {
            return null;
        }

        var specification = new GruSpecification
        {
            InputSize = _input.Size,
            HiddenSize = h.Size,
            ResetAfter = resetAfter,
            GateActivation = z.Activation,
            CandidateActivation = n.Activation,
        };
        return new CellMatch(specification, Read(gates, stateBias), _input, h, null);
    }

    private CellMatch? Simple((StateAtom State, Polynomial Next) h)
    {
        _input = null;
        if (h.Next.Single is not FunctionAtom function || Gate(function, h.State) is not { } gate || _input is null)
        {
            return null;
        }

        var specification = new SimpleRnnSpecification
        {
            InputSize = _input.Size,
            HiddenSize = h.State.Size,
            Activation = function.Activation,
        };
        return new CellMatch(specification, Read([gate]), _input, h.State, null);
    }

    /// <summary>The sum inside of a gate, which reads the same input as the others; null if it is another one.</summary>
    private GateSum? Gate(FunctionAtom gate, StateAtom h)
    {
        GateSum? sum = GateSum.Find(gate.Argument, out InputAtom? input, product => product.Source.Single == h);
        return sum is not null && IsInput(input, gate.Size, h) && sum.Input.Size == h.Size && sum.State.Size == h.Size ? sum : null;
    }

    private bool IsInput(InputAtom? input, int units, StateAtom h)
    {
        _input ??= input;
        return input is not null && input == _input && units == h.Size;
    }

    private CellWeights Read(GateSum?[] gates, float[]? stateBias = null) =>
        new CellWeightsReader(context, _input!.Size, gates[0]!.Input.Size).Read([.. gates.OfType<GateSum>()], stateBias);
}
