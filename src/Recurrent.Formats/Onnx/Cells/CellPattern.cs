namespace Recurrent.Formats.Onnx;

/// <summary>
/// One step of a cell that is written out in operators, as PyTorch exports <c>nn.LSTMCell</c>, <c>nn.GRUCell</c> and
/// <c>nn.RNNCell</c>.
/// </summary>
/// <param name="Kind">The operator that it stands for.</param>
/// <param name="Input">What the product with the input's weights is.</param>
/// <param name="Hidden">What the product with the state's weights is.</param>
/// <param name="Cell">The cell state before; null if there is none.</param>
/// <param name="NewHidden">The hidden state behind it.</param>
/// <param name="NewCell">The cell state behind it; null if there is none.</param>
internal sealed record CellPattern(
    string Kind, AffineMatch Input, AffineMatch Hidden, string? Cell, string NewHidden, string? NewCell)
{
    // PyTorch's order of gates, as places in ONNX's: input, output, forget, cell, and update, reset, hidden.
    private static readonly int[] LstmOrder = [0, 3, 1, 2];
    private static readonly int[] GruOrder = [1, 0, 2];
    private static readonly int[] RnnOrder = [0];

    /// <summary>The places of ONNX's gates among those of the weights.</summary>
    public IReadOnlyList<int> Order => Kind switch { "LSTM" => LstmOrder, "GRU" => GruOrder, _ => RnnOrder };

    /// <summary>The activation of a simple RNN that has none.</summary>
    public const string Linear = "Affine";

    /// <summary>The activation of a simple RNN.</summary>
    public string Activation { get; init; } = "Tanh";

    /// <summary>Features of a state.</summary>
    public long Units => Hidden.Inputs;

    /// <summary>Reads how a value is made: a new hidden state; null if it is something else.</summary>
    public static CellPattern? Of(ProtoGraph graph, string name) =>
        (Lstm(graph, name) ?? Gru(graph, name) ?? Rnn(graph, name)) is { } found && found.Fits(graph) ? found : null;

    private bool Fits(ProtoGraph graph) => Hidden.Outputs == Order.Count * Units && Input.Outputs == Hidden.Outputs
        // A cell that is written out for several steps uses its weights as often.
        && graph.Readers(Hidden.Weights).Count() == 1 && graph.Readers(Input.Weights).Count() == 1
        && graph.Origin(Hidden.Value) is not null && (Cell is null || graph.Origin(Cell) is not null);

    /// <summary><c>o * tanh(c')</c> with <c>c' = f * c + i * g</c>.</summary>
    private static CellPattern? Lstm(ProtoGraph graph, string name)
    {
        foreach ((string output, string bent) in graph.Orders(name, "Mul"))
        {
            if (Gate(graph, output, "Sigmoid", 4) is (string whole, 3) && graph.Argument(bent, "Tanh") is { } state)
            {
                foreach ((string kept, string added) in graph.Orders(state, "Add"))
                {
                    if (Kept(graph, kept, whole) is { } cell && IsAdded(graph, added, whole)
                        && (Products(graph, whole, 4, cell) ?? Joined(graph, whole, 4, cell)) is var (input, hidden))
                    {
                        return new CellPattern("LSTM", input, hidden, cell, name, state);
                    }
                }
            }
        }

        return null;
    }

    /// <summary><c>(h - n) * z + n</c> with <c>n = tanh(x_n + r * h_n)</c>.</summary>
    private static CellPattern? Gru(ProtoGraph graph, string name)
    {
        foreach ((string mixed, string candidate) in graph.Orders(name, "Add"))
        {
            foreach ((string difference, string update) in graph.Orders(mixed, "Mul"))
            {
                if (graph.Arguments(difference, "Sub") is not var (state, less) || less != candidate
                    || graph.Argument(candidate, "Tanh") is not { } sum || graph.Argument(update, "Sigmoid") is not { } updateSum)
                {
                    continue;
                }

                foreach ((string plain, string gated) in graph.Orders(sum, "Add"))
                {
                    foreach ((string recurrent, string reset) in graph.Orders(gated, "Mul"))
                    {
                        if (graph.Argument(reset, "Sigmoid") is { } resetSum
                            && graph.Part(plain, 3) is (string inputs, 2) && graph.Part(recurrent, 3) is (string hiddens, 2)
                            && IsSum(graph, resetSum, inputs, hiddens, 0) && IsSum(graph, updateSum, inputs, hiddens, 1)
                            && AffineMatch.Of(graph, inputs) is { } input && AffineMatch.Of(graph, hiddens) is { } hidden
                            && hidden.Value == state)
                        {
                            return new CellPattern("GRU", input, hidden, null, name, null);
                        }
                    }
                }
            }
        }

        return null;
    }

    /// <summary><c>tanh(x' + h')</c> or <c>relu</c> of it, which is an output as it is; without either where x and h are side by side.</summary>
    private static CellPattern? Rnn(ProtoGraph graph, string name)
    {
        if (!graph.IsOutput(name) && !graph.Readers(name).Any(graph.HandsOut))
        {
            return null;
        }

        string? activation = ((string[])["Tanh", "Relu"]).FirstOrDefault(kind => graph.Argument(name, kind) is not null);
        string sum = activation is null ? name : graph.Argument(name, activation)!;
        var products = activation is null ? null : Products(graph, sum, 1, "");

        // In a graph with sequences it would be a dense layer of features that are side by side.
        products ??= graph.HasRowsAlone ? Joined(graph, sum, 1, "") : null;
        return products is var (input, hidden)
            ? new CellPattern("RNN", input, hidden, null, name, null) { Activation = activation ?? Linear }
            : null;
    }

    private static (string Whole, int Index)? Gate(ProtoGraph graph, string name, string function, int count) =>
        graph.Argument(name, function) is { } sum ? graph.Part(sum, count) : null;

    private static string? Kept(ProtoGraph graph, string name, string whole) => graph.Orders(name, "Mul")
        .Where(order => Gate(graph, order.First, "Sigmoid", 4) is var (gates, index) && gates == whole && index == 1)
        .Select(order => order.Second).FirstOrDefault();

    private static bool IsAdded(ProtoGraph graph, string name, string whole) => graph.Orders(name, "Mul").Any(order =>
        Gate(graph, order.First, "Sigmoid", 4) is var (gates, index) && gates == whole && index == 0
        && Gate(graph, order.Second, "Tanh", 4) is var (others, candidate) && others == whole && candidate == 2);

    private static bool IsSum(ProtoGraph graph, string name, string inputs, string hiddens, int index) =>
        graph.Orders(name, "Add").Any(order => graph.Part(order.First, 3) is var (first, one) && first == inputs && one == index
            && graph.Part(order.Second, 3) is var (second, other) && second == hiddens && other == index);

    /// <summary>Which of two products is that of the hidden state: both are alike, so what they come from decides.</summary>
    private static (AffineMatch Input, AffineMatch Hidden)? Products(ProtoGraph graph, string whole, int gates, string cell)
    {
        if (graph.Arguments(whole, "Add") is not var (one, other)
            || AffineMatch.Of(graph, one) is not { } first || AffineMatch.Of(graph, other) is not { } second)
        {
            return null;
        }

        bool Can(AffineMatch product) => product.Outputs == gates * product.Inputs && graph.Origin(product.Value) is not null;
        if (Can(first) != Can(second))
        {
            return Can(first) ? (second, first) : (first, second);
        }

        if (!Can(first))
        {
            return null;
        }

        // Both may be: the one that comes in with the cell state is, or the one whose weights PyTorch calls so.
        bool IsBeside(AffineMatch product) => cell.Length > 0 && graph.Origin(product.Value) == graph.Origin(cell);
        bool IsNamed(AffineMatch product) => product.Weights.Contains("weight_hh", StringComparison.Ordinal);
        foreach (Func<AffineMatch, bool> holds in (Func<AffineMatch, bool>[])[IsBeside, IsNamed])
        {
            if (holds(first) != holds(second))
            {
                return holds(first) ? (second, first) : (first, second);
            }
        }

        return null;
    }

    /// <summary>One product with the input and the hidden state side by side, in either order.</summary>
    private static (AffineMatch Input, AffineMatch Hidden)? Joined(ProtoGraph graph, string whole, int gates, string cell)
    {
        if (AffineMatch.Of(graph, whole) is not { } both || both.Outputs % gates != 0 || graph.Joined(both.Value) is not var (first, second))
        {
            return null;
        }

        long units = both.Outputs / gates;
        long rest = both.Inputs - units;
        bool Can(string value, string other) => graph.Origin(value) is not null
            && (graph.FeaturesOf(value) ?? units) == units && (graph.FeaturesOf(other) ?? rest) == rest;
        bool IsBeside(string value) => cell.Length > 0 && graph.Origin(value) == graph.Origin(cell);
        bool isFirst = Can(first, second);
        bool isSecond = Can(second, first);
        if (isFirst && isSecond)
        {
            (isFirst, isSecond) = (IsBeside(first), IsBeside(second));
        }

        return rest < 1 || isFirst == isSecond ? null
            : isSecond ? (both.Part(first, 0, rest, hasBias: true), both.Part(second, rest, units, hasBias: false))
            : (both.Part(second, units, rest, hasBias: true), both.Part(first, 0, units, hasBias: false));
    }
}
