namespace Recurrent.Formats.Onnx;

/// <summary>
/// What a body carries from step to step, taken apart: numbers of steps, the states of a cell, the last output where
/// steps may be missing.
/// </summary>
internal sealed class LoopStates
{
    private readonly NodeContext _context;
    private readonly LoopBody _body;
    private readonly List<(StateAtom State, Polynomial Next)> _states = [];
    private readonly List<StateAtom> _outputs = [];
    private readonly MaskAtom? _mask;
    private CellMatch? _cell;

    public LoopStates(NodeContext context, LoopBody body)
    {
        _context = context;
        _body = body;
        for (int i = 0; i < body.CarriedCount; i++)
        {
            if (body.States.TryGetValue(i, out StateAtom? state))
            {
                _states.Add((state, Rows(body.Next(i), state.Size, $"'{state.Name}'")));
            }
            else if (!body.IsInvariant(i) && body.Next(i) is not StepValue)
            {
                throw LoopBody.Refuse(context, $"it carries {body.Next(i)}");
            }
        }

        RequireCounters();
        Polynomial[] scans = [.. Scans()];
        MaskAtom[] masks = [.. _states.Select(state => state.Next).Concat(scans).SelectMany(sum => sum.Atoms).OfType<MaskAtom>().Distinct()];
        if (masks.Length > 1)
        {
            throw LoopBody.Refuse(context, "it has several masks");
        }

        _mask = masks.FirstOrDefault();
    }

    /// <summary>Which steps are there, and what is put out at others; null if all are.</summary>
    public RecurrentMask? Mask { get; private set; }

    /// <summary>The cell.</summary>
    public CellMatch Match()
    {
        Polynomial[] scans = [.. Scans()];
        List<(StateAtom State, Polynomial Next)> states = [.. _states];
        Polynomial[] outputs = scans;
        if (_mask is not null)
        {
            states = [.. states.Select(state => (state.State, Present(state.State, state.Next)))];
            outputs = [.. scans.Select(scan => _body.Algebra.Where(scan, _mask, isThere: true))];
        }

        // A value that is as the new state, and that no other one is made of, is the last output.
        _outputs.AddRange(states.Where(state => states.Any(other => other.State != state.State && other.Next.Same(state.Next)
            && !IsUsed(state.State, states))).Select(state => state.State));
        states.RemoveAll(state => _outputs.Contains(state.State));
        _cell = new CellMatcher(_context).Find(states) ?? throw LoopBody.Refuse(
            _context, string.Join("; ", states.Select(state => $"the next {state.State} is {state.Next}")));
        Polynomial hidden = states.First(state => state.State == _cell.Hidden).Next;
        if (Array.Find(outputs, output => !output.Same(hidden)) is { } other)
        {
            throw LoopBody.Refuse(_context, $"it collects {other}, which is not the next state");
        }

        Mask = _mask is null ? null : new RecurrentMask(_mask.Mask, PutsOutZero(scans));
        return _cell;
    }

    public bool IsCell(int carried) => _cell?.Cell?.Index == carried;

    /// <summary>Refuses a last output that does not begin as the state does: they would differ until a step is there.</summary>
    public void RequireBegin()
    {
        foreach (StateAtom output in _outputs.Prepend(_cell!.Hidden))
        {
            if (_outputs.Count > 0 && !IsZero(_context.Required(2 + output.Index)))
            {
                throw _context.Refuse($"expected '{output.Name}' to begin with zeros, found {_context.Required(2 + output.Index)}");
            }
        }
    }

    private static bool IsZero(Value value) =>
        value is ConstantValue constant && !constant.Singles().Span.ContainsAnyExcept(0f);

    // A state is in a sum, or in one that a function or a product is of.
    private static bool IsUsed(StateAtom state, List<(StateAtom State, Polynomial Next)> states)
    {
        HashSet<Atom> seen = [];
        Stack<Atom> open = new(states.SelectMany(one => one.Next.Atoms));
        while (open.TryPop(out Atom? atom))
        {
            if (atom == state)
            {
                return true;
            }

            if (seen.Add(atom))
            {
                foreach (Atom inner in atom switch
                {
                    FunctionAtom function => function.Argument.Atoms,
                    ProductAtom product => product.Source.Atoms,
                    _ => [],
                })
                {
                    open.Push(inner);
                }
            }
        }

        return false;
    }

    private IEnumerable<Polynomial> Scans()
    {
        int units = _states.Count == 0 ? 0 : _states[0].State.Size;
        return Enumerable.Range(0, _body.ScanCount).Select(i => Rows(_body.Scan(i), units, "what is collected"));
    }

    private Polynomial Rows(Value value, int size, string what) => value is RowsValue { Dimensions: [BodyDimension.Batch or BodyDimension.One, _] } rows
        && rows.Sum.Size == size
        ? rows.Sum
        : throw LoopBody.Refuse(_context, $"{what} is {value}");

    /// <summary>The next value where the step is there; where it is missing, the old one has to stay.</summary>
    private Polynomial Present(StateAtom state, Polynomial next)
    {
        Polynomial missing = _body.Algebra.Where(next, _mask!, isThere: false);
        return missing.Single == state
            ? _body.Algebra.Where(next, _mask!, isThere: true)
            : throw LoopBody.Refuse(_context, $"the next '{state.Name}' is {missing} where a step is missing, and not the old one");
    }

    private bool PutsOutZero(Polynomial[] scans)
    {
        bool? isZero = null;
        foreach (Polynomial scan in scans)
        {
            Polynomial missing = _body.Algebra.Where(scan, _mask!, isThere: false);
            bool repeats = missing.Single is StateAtom state && (state == _cell!.Hidden || _outputs.Contains(state));
            if ((!repeats && missing.Terms.Count > 0) || (isZero is { } before && before == repeats))
            {
                throw LoopBody.Refuse(_context, $"it collects {missing} where a step is missing");
            }

            // What repeats a state that does not begin with zeros differs until a step is there.
            if (repeats && _outputs.Count == 0)
            {
                _outputs.Add((StateAtom)missing.Single!);
            }

            isZero = !repeats;
        }

        return isZero ?? false;
    }

    /// <summary>Numbers of steps have to count steps.</summary>
    private void RequireCounters()
    {
        for (int i = 0; i < _body.CarriedCount; i++)
        {
            if (!_body.IsInvariant(i) && !_body.States.ContainsKey(i) && _body.Next(i) is StepValue next
                && _context.Required(2 + i) is ConstantValue begin && begin.Integers().Span[0] != next.Offset - 1)
            {
                throw LoopBody.Refuse(_context, $"it counts {next}, beginning with {begin.Integers().Span[0]}");
            }
        }
    }
}
