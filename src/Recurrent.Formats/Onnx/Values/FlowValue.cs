using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Data that flows through the model: the values of a layer, in an order of axes. Dimensions of a tensor are groups of
/// axes in the order of memory: transposing moves groups, reshaping divides the same axes into other groups.
/// </summary>
internal sealed class FlowValue : Value
{
    /// <summary>The node whose values these are.</summary>
    public required FlowNode Source { get; init; }

    public FlowKind Kind { get; init; }

    /// <summary>The axes of each dimension; none for one of length 1.</summary>
    public required IReadOnlyList<Axis[]> Groups { get; init; }

    /// <summary>The axis of features; null for an input of the graph of which that is not known yet.</summary>
    public Axis? Features { get; init; }

    /// <summary>The directions that the elements of <see cref="RowAxis"/> are, or the one if there is no such axis.</summary>
    public IReadOnlyList<FlowRow> Rows { get; init; } = [];

    /// <summary>Of final hidden and cell states in one tensor, which each of <see cref="Rows"/> is; otherwise nothing.</summary>
    public IReadOnlyList<StateKind> StateKinds { get; init; } = [];

    /// <summary>Whether these are states, which a session has: with all their features, or they are what a layer makes of them.</summary>
    public bool IsState => Kind is FlowKind.Hidden or FlowKind.Cell or FlowKind.States
        && Features is not { Whole: not null } && Picks.Count == 0;

    /// <summary>Which state a row is.</summary>
    public StateKind KindOf(int row) => Kind switch
    {
        FlowKind.States => StateKinds[row],
        FlowKind.Cell => StateKind.Cell,
        _ => StateKind.Hidden,
    };

    /// <summary>The axis that counts <see cref="Rows"/>; null if it has been taken away.</summary>
    public Axis? RowAxis { get; init; }

    /// <summary>Elements that were taken of axes that are gone, of an input of the graph.</summary>
    public IReadOnlyList<(Axis Axis, int Index)> Picks { get; init; } = [];

    /// <summary>How a node reads these.</summary>
    public FlowRead Read => new(Source, Kind);

    public int Rank => Groups.Count;

    /// <summary>The length of each dimension.</summary>
    public IEnumerable<Extent> Shape => Groups.Select(group => Extent.Of(group));

    /// <summary>Whether all values of the layer are there, and none of another.</summary>
    public bool IsComplete =>
        Features is { Whole: null } && AreAllRows && Picks.Count == 0;

    // Two layers may have become one since they were read.
    private bool AreAllRows => Rows.Select(row => row.Merged).SequenceEqual(Source.Rows.Select(row => row.Merged));

    /// <summary>The same in other groups of axes.</summary>
    public FlowValue With(IReadOnlyList<Axis[]> groups) => With(groups, Features, Rows, RowAxis);

    /// <summary>A row of a sequence of one step.</summary>
    public FlowValue AsLastStep() => new()
    {
        Source = Source,
        Kind = FlowKind.LastStep,
        Groups = Groups,
        Features = Features,
        Rows = Rows,
        RowAxis = RowAxis,
        Picks = Picks,
    };

    /// <summary>The same with another axis in a dimension.</summary>
    public FlowValue WithTime(int dimension, Axis time) =>
        With([.. Groups.Select((group, i) => i == dimension ? (Axis[])[time] : group)]);

    /// <summary>A part of this, or the same in another order.</summary>
    public FlowValue With(IReadOnlyList<Axis[]> groups, Axis? features, IReadOnlyList<FlowRow> rows, Axis? rowAxis) => new()
    {
        Source = Source,
        Kind = Kind,
        Groups = groups,
        Features = features,
        Rows = rows,
        RowAxis = rowAxis,
        Picks = Picks,
        StateKinds = StateKinds,
    };

    /// <summary>The same order of axes for another node, which keeps every feature where it is.</summary>
    public FlowValue From(FlowNode node) => new()
    {
        Source = node,
        Kind = Kind,
        Groups = Groups,
        Features = Features,
        Rows = node.Rows,
        RowAxis = RowAxis,
    };

    /// <summary>The same after single elements were taken of axes that are gone.</summary>
    public FlowValue Pick(IReadOnlyList<(Axis Axis, int Index)> picks) => new()
    {
        Source = Source,
        Kind = Kind,
        Groups = Groups,
        Features = Features,
        Rows = Rows,
        RowAxis = RowAxis,
        Picks = picks,
    };

    public override string ToString()
    {
        string what = Kind switch
        {
            FlowKind.Sequence => "the sequence",
            FlowKind.LastStep => "the last step",
            FlowKind.FinalState => "what follows from the final state",
            FlowKind.Hidden => "the final state",
            FlowKind.Cell => "the final cell state",
            _ => "final hidden and cell states",
        };
        return $"{what} of {Source} as [{string.Join(", ", Groups.Select(group => string.Join(" * ", (object[])group)))}]";
    }
}
