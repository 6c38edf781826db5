namespace Recurrent.Layers;

/// <summary>One update of all parameters. What an optimizer does not have is unused.</summary>
public readonly ref struct OptimizerStep
{
    /// <summary>The optimizer.</summary>
    public required OptimizerKind Kind { get; init; }

    /// <summary>Learning rate.</summary>
    public required double Rate { get; init; }

    /// <summary>Which update it is, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>Momentum of SGD and RMSprop; 0 for none.</summary>
    public double Momentum { get; init; }

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Adam's decay of the mean.</summary>
    public double Decay1 { get; init; }

    /// <summary>Decay of the mean square of Adam and RMSprop.</summary>
    public double Decay2 { get; init; }

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; init; }

    /// <summary>AdamW's.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Gradients are multiplied by this first: clipping by norm. 1 for nothing.</summary>
    public required double GradientScale { get; init; }

    /// <summary>Gradients are then bounded to plus and minus this; 0 for none: clipping by value.</summary>
    public double GradientBound { get; init; }

    /// <summary>Which blocks are trained, one value a block; empty if all are.</summary>
    public ReadOnlySpan<bool> Trained { get; init; }

    /// <summary>
    /// Tables of embeddings of which only those rows are moved that have been read since the gradients began, one value a
    /// block; empty for none (PyTorch <c>sparse=True</c>). What is remembered of other rows stays too. For SGD without
    /// momentum, and for Adam, by the rule of PyTorch's <c>SparseAdam</c>: epsilon is added to the root of the mean square
    /// before the correction of its bias.
    /// </summary>
    public ReadOnlySpan<bool> Sparse { get; init; }

    /// <summary>
    /// Whether the gradients have served: the next that are added begin anew, as if these had been zeroed. Until then they
    /// can be read.
    /// </summary>
    public bool Renews { get; init; }
}
