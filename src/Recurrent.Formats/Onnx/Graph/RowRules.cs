using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// How long rows are, and which of their steps are missing: a model has one rule for all of it, where a graph says it node by
/// node. What would then be something else is refused.
/// </summary>
internal sealed class RowRules
{
    private readonly Interpreter _interpreter;
    private readonly RecurrentNode[] _recurrent;
    private readonly InputNode[] _inputs;

    /// <summary>Finds the rules.</summary>
    /// <param name="interpreter">What has followed the graph.</param>
    /// <param name="nodes">The nodes of the model.</param>
    /// <param name="outputs">What is put out.</param>
    public RowRules(Interpreter interpreter, IReadOnlyCollection<FlowNode> nodes, IEnumerable<(string Name, FlowRead Read)> outputs)
    {
        _interpreter = interpreter;
        _recurrent = [.. nodes.OfType<RecurrentNode>()];
        _inputs = [.. interpreter.Inputs.Where(nodes.OfType<InputNode>().ToHashSet().Contains)];
        (string Name, FlowRead Read)[] reads = [.. outputs];
        Lengths = FindLengths(nodes, reads);
        Masking = FindMasking(nodes, reads);
    }

    /// <summary>The lengths of rows, an input or a count; null if all are as long as the sequence.</summary>
    public FlowNode? Lengths { get; }

    /// <summary>Which steps are missing; null if none are.</summary>
    public Masking? Masking { get; }

    /// <summary>How the lengths are counted; null if they are given.</summary>
    public CountedLengths? Counted => Lengths is LengthsNode counted
        ? new CountedLengths(counted.Input.Name, counted.Missing, Array.IndexOf(_inputs, counted.Input))
        : null;

    /// <summary>Says what a run has to be told.</summary>
    public void Note()
    {
        if (Lengths is not null)
        {
            _interpreter.Note(ImportNoteKind.Assumed, Lengths.Name, "past the end of a row outputs are 0");
        }

        if (Lengths is LengthsNode counted)
        {
            _interpreter.Note(
                ImportNoteKind.Assumed, counted.Name, $"a row is as long as '{counted.Input.Name}' has steps that are not {counted.Missing}; "
                    + "a session is given these lengths, the model alone does not count them");
        }
    }

    /// <summary>Says what a model puts out at missing steps that the graph does not.</summary>
    public void NoteMissing(bool putsOutSteps, bool isRecurrent)
    {
        if (Masking is not null && putsOutSteps && !isRecurrent)
        {
            _interpreter.Note(
                ImportNoteKind.Assumed, "mask", Masking.Output == MissingOutput.Zero
                    ? "a missing step puts out 0; the graph puts out what the layers behind the last recurrent one make of 0"
                    : "missing steps before the first that is there put out 0; the graph puts out what the layers behind the last "
                        + "recurrent one make of 0");
        }
    }

    private FlowNode? FindLengths(IReadOnlyCollection<FlowNode> nodes, (string Name, FlowRead Read)[] outputs)
    {
        RecurrentNode? other = _recurrent.FirstOrDefault(node => node.Lengths != _recurrent[0].Lengths);
        if (other is not null)
        {
            throw new ModelFormatException(
                $"nodes {_recurrent[0]} and {other} differ in sequence_lens: the lengths of rows hold for a whole model.");
        }

        FlowNode? given = _recurrent.FirstOrDefault()?.Lengths;
        FlowNode[] picked = [.. nodes.Where(node => node.StepAt is not null)];
        FlowNode? lengths = given ?? picked.FirstOrDefault()?.StepAt;
        if (Array.Find(picked, node => node.StepAt != lengths) is { } odd)
        {
            throw new ModelFormatException($"the step of {odd} is not at the lengths of the other rows: they hold for a whole model.");
        }

        if (given is not null)
        {
            // Lengths hold for a whole model, and in the graph only from the layer on that is given them.
            FlowNode? before = nodes.FirstOrDefault(node => !node.HasLengths && (!IsCausal(node) || node.HasLastStep));
            return before is null
                ? lengths
                : throw new ModelFormatException(
                    $"node {before}: it is made of steps past the end of a row, and another layer has sequence_lens: lengths hold for a whole model.");
        }

        if (lengths is null)
        {
            return null;
        }

        // The graph computes all steps and takes the last valid one: that is the same if no other is looked at.
        foreach (FlowNode node in picked)
        {
            foreach (FlowNode before in Reachable([node], _ => false).Where(before => !IsCausal(before)))
            {
                throw new ModelFormatException(
                    $"the step of {node} at the lengths of rows: {before} reads steps past the end of a row, which a model with lengths does not.");
            }
        }

        foreach ((string name, FlowRead read) in outputs)
        {
            if (Reads([read], one => one.Kind == FlowKind.LastStep && one.Node.StepAt is not null).Any(IsSequence))
            {
                throw new ModelFormatException(
                    $"output '{name}': it has steps past the end of a row, and others are taken at the lengths of rows, which hold for a whole model.");
            }
        }

        return lengths;
    }

    private Masking? FindMasking(IReadOnlyCollection<FlowNode> nodes, (string Name, FlowRead Read)[] outputs)
    {
        RecurrentMask? mask = _recurrent.FirstOrDefault(node => node.Mask is not null)?.Mask;
        foreach ((GraphNode node, StepMaskNode required) in _interpreter.RequiredMasks)
        {
            if (mask is null || mask.Steps.Input != required.Input || !mask.Steps.Missing.Equals(required.Missing))
            {
                throw node.Refuse("an input times its mask is read by layers that know of no missing steps");
            }
        }

        if (mask is null)
        {
            return null;
        }

        if (Array.Find(_recurrent, node => node.Lengths is not null || !mask.IsSame(node.Mask)) is { } odd)
        {
            throw new ModelFormatException($"node {odd}: missing steps hold for a whole model, and not all of its layers skip the same.");
        }

        // A graph sees what is put out at a missing step, and a model does not.
        if (nodes.FirstOrDefault(node => node is not RecurrentNode && !IsOfOneStep(node)) is { } several)
        {
            throw new ModelFormatException($"node {several}: it is made of several steps, of which some are missing.");
        }

        if (nodes.OfType<InputNode>().FirstOrDefault(input => input != mask.Steps.Input && IsSequence(input)) is { } second)
        {
            throw new ModelFormatException($"input '{second.Name}': a model of several sequences cannot have missing steps of one of them.");
        }

        foreach ((string name, FlowRead read) in outputs)
        {
            if (Reads([read], one => one.Node is RecurrentNode).Any(IsSequence))
            {
                throw new ModelFormatException($"output '{name}': it has missing steps that no recurrent layer skips.");
            }
        }

        return new Masking
        {
            Value = mask.Steps.Missing,
            Output = mask.PutsOutZero ? MissingOutput.Zero : MissingOutput.Repeat,
        };
    }

    private static bool IsSequence(FlowNode node) => node is InputNode input && input.Axes.Any(axis => axis.Role == OnnxAxis.Time);

    private static bool IsCausal(FlowNode node) => node switch
    {
        RecurrentNode recurrent => recurrent.Layer.Specification.Direction == Direction.Forward,
        LayerNode { Layer: ConvolutionLayer convolution } => convolution.Specification.IsCausal,
        _ => IsOfOneStep(node),
    };

    /// <summary>Whether what a node gives at a step follows from that step alone.</summary>
    private static bool IsOfOneStep(FlowNode node) => node switch
    {
        InputNode or ResidualNode => true,
        LayerNode
        {
            Layer: DenseLayer or ActivationLayer or ScaleLayer or SoftmaxLayer or EmbeddingLayer or LayerNormalizationLayer or LogSoftmaxLayer
        } => true,
        StructureNode { Layer: SumLayer or ProductLayer or ConcatenationLayer or SliceLayer } => true,
        StructureNode { Layer: RepeatLayer repeat } => repeat.Specification.Steps == 0,
        _ => false,
    };

    private static HashSet<FlowNode> Reachable(IEnumerable<FlowNode> roots, Func<FlowRead, bool> ends) =>
        Reads(roots.Select(root => new FlowRead(root, FlowKind.Sequence)), ends);

    /// <summary>All nodes from which some values come, without those behind reads at which one ends.</summary>
    private static HashSet<FlowNode> Reads(IEnumerable<FlowRead> roots, Func<FlowRead, bool> ends)
    {
        HashSet<FlowNode> seen = [];
        Stack<FlowRead> open = new(roots);
        while (open.TryPop(out FlowRead read))
        {
            if (ends(read) || !seen.Add(read.Node))
            {
                continue;
            }

            foreach (FlowRead next in read.Node.Reads)
            {
                open.Push(next);
            }

            if (read.Node is ResidualNode residual)
            {
                open.Push(new FlowRead(residual.Origin, read.Node.Reads[0].Kind));
            }
        }

        return seen;
    }
}
