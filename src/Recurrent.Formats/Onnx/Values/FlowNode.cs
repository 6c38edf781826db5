namespace Recurrent.Formats.Onnx;

/// <summary>
/// Something that data flows out of: an input of the graph or a layer. A layer knows what it follows; a model is what is
/// found by going back from its output.
/// </summary>
internal abstract class FlowNode(string name, params IReadOnlyList<FlowRead> reads)
{
    public string Name => name;

    /// <summary>What this reads; nothing for an input of the graph.</summary>
    public IReadOnlyList<FlowRead> Reads => reads;

    /// <summary>What a layer of a chain follows; null for an input of the graph.</summary>
    public FlowNode? Parent => reads.Count > 0 ? reads[0].Node : null;

    /// <summary>What flows out where nobody takes a step or a state of it.</summary>
    public virtual FlowKind Kind => reads.Count > 0 ? reads[0].Kind : FlowKind.Sequence;

    /// <summary>The directions whose values flow out, side by side; none where they have been mixed.</summary>
    public abstract IReadOnlyList<FlowRow> Rows { get; }

    /// <summary>Whether rows may be shorter than the sequence.</summary>
    public bool HasLengths { get; protected init; } = reads.Any(read => read.Node.HasLengths);

    /// <summary>The lengths of rows at whose last step values are taken; null where that is the last step of the sequence.</summary>
    public FlowNode? StepAt { get; private set; }

    /// <summary>Whether the last step of the sequence is taken.</summary>
    public bool HasLastStep { get; private set; }

    /// <summary>The missing steps that layers up to here skip; null if there are none.</summary>
    public RecurrentMask? Mask { get; protected init; } =
        reads.Select(read => read.Node.Mask).FirstOrDefault(mask => mask is not null);

    /// <summary>Says which step of a row is its last one.</summary>
    /// <returns>Whether it was not known to be another one.</returns>
    public bool TakeStep(FlowNode? lengths)
    {
        if (lengths is null ? StepAt is not null : HasLastStep || (StepAt ?? lengths) != lengths)
        {
            return false;
        }

        StepAt = lengths;
        HasLastStep = lengths is null;
        return true;
    }

    public override string ToString() => $"'{name}'";
}
