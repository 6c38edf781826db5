using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A recurrent layer.</summary>
internal sealed class RecurrentNode : FlowNode
{
    private StructureNode? _cellState;

    /// <summary>A layer.</summary>
    /// <param name="name">The name of its node.</param>
    /// <param name="read">The sequence.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="lengths">How long each row is.</param>
    /// <param name="mask">Which steps are missing.</param>
    /// <param name="states">What other layers have computed and it starts from: hidden states, cell states.</param>
    public RecurrentNode(
        string name,
        FlowRead read,
        RecurrentLayer layer,
        FlowNode? lengths,
        RecurrentMask? mask = null,
        params IReadOnlyList<FlowRead> states)
        : base(name, [read, .. states])
    {
        Layer = layer;
        Lengths = lengths;
        Mask = mask;
        HasLengths = HasLengths || lengths is not null;
        Rows = layer.Specification.Direction == Direction.Bidirectional
            ? [new FlowRow(this, Direction.Forward), new FlowRow(this, Direction.Reverse)]
            : [new FlowRow(this, layer.Specification.Direction)];
    }

    public RecurrentLayer Layer { get; }

    /// <summary>What says how long each row is, an input or a count of its steps; null if all are as long as the sequence.</summary>
    public FlowNode? Lengths { get; }

    public override IReadOnlyList<FlowRow> Rows { get; }

    public override FlowKind Kind => FlowKind.Sequence;

    /// <summary>Whether it starts from states that other layers have computed.</summary>
    public bool StartsFromLayers => Reads.Count > 1;

    /// <summary>The final cell states of all directions as a value that layers read. It is no part of another layer from then on.</summary>
    public FlowRead CellState => new(
        _cellState ??= new StructureNode(
            $"{Name}.cell_state",
            new FinalCellStateLayer(
                Layer.Specification.OutputSize, Layer.Specification.DirectionCount * Layer.Specification.HiddenSize),
            FlowKind.FinalState,
            new FlowRead(this, FlowKind.Cell)),
        FlowKind.FinalState);

    /// <summary>The layer of both directions that this one has become a part of.</summary>
    public RecurrentNode? MergedInto { get; private set; }

    /// <summary>One layer of two that read the same sequence in opposite directions.</summary>
    /// <returns>The layer; null if they are none.</returns>
    public static RecurrentNode? Merge(RecurrentNode forward, RecurrentNode reverse)
    {
        if (forward.MergedInto is not null && forward.MergedInto == reverse.MergedInto)
        {
            return forward.MergedInto;
        }

        if (!CanMerge(forward, reverse))
        {
            return null;
        }

        RecurrentSpecification first = forward.Layer.Specification;
        RecurrentSpecification second = reverse.Layer.Specification;
        RecurrentLayer layer = new(WithReverse(first, second), forward.Layer.Forward!, reverse.Layer.Reverse!);
        RecurrentNode merged = new($"{forward.Name} + {reverse.Name}", forward.Reads[0], layer, forward.Lengths, forward.Mask);
        forward.MergedInto = merged;
        reverse.MergedInto = merged;
        return merged;
    }

    /// <summary>Whether two layers read the same sequence in opposite directions, and are not parts of a layer yet.</summary>
    public static bool CanMerge(RecurrentNode forward, RecurrentNode reverse)
    {
        RecurrentSpecification first = forward.Layer.Specification;
        RecurrentSpecification second = reverse.Layer.Specification;
        return forward.MergedInto is null && reverse.MergedInto is null
            && !forward.StartsFromLayers && !reverse.StartsFromLayers && forward._cellState is null && reverse._cellState is null
            && first.Direction == Direction.Forward && second.Direction == Direction.Reverse
            && ReferenceEquals(forward.Parent, reverse.Parent) && forward.Lengths == reverse.Lengths
            && (forward.Mask is null ? reverse.Mask is null : forward.Mask.IsSame(reverse.Mask))
            && WithReverse(first, second) == WithReverse(second, second);
    }

    /// <summary>A specification of both directions, with the activations of the reverse one.</summary>
    private static RecurrentSpecification WithReverse(
        RecurrentSpecification specification, RecurrentSpecification reverse) => specification with
        {
            Direction = Direction.Bidirectional,
            ReverseActivations = reverse.GetActivations(Direction.Reverse),
        };
}
