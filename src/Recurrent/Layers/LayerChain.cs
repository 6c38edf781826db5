namespace Recurrent.Layers;

/// <summary>
/// Layers that follow each other, checked to fit: what the native and the reference model have in common.
/// </summary>
internal sealed class LayerChain
{
    public const int MaxLayers = 1024;

    public LayerChain(
        IReadOnlyList<Layer> layers,
        ModelOutput output,
        Masking? masking,
        SequenceLayout layout,
        EmptyRow emptyRow,
        string argument)
    {
        ArgumentNullException.ThrowIfNull(layers, argument);
        if (layers.Count is < 1 or > MaxLayers)
        {
            throw new ArgumentException(
                $"{argument}: expected 1 to {MaxLayers} layers, found {layers.Count}.", argument);
        }

        Layers = [.. layers];
        for (int i = 0; i < Layers.Count; i++)
        {
            ArgumentNullException.ThrowIfNull(Layers[i], $"{argument}[{i}]");
            RequireFit(i, argument);
        }

        Specifications = [.. Layers.Select(layer => layer.Specification)];
        Output = Require.Defined(output, nameof(output));
        Masking = masking;
        Layout = Require.Defined(layout, nameof(layout));
        EmptyRow = Require.Defined(emptyRow, nameof(emptyRow));
        VocabularySize = Specifications[0] is EmbeddingSpecification embedding ? embedding.InputSize : 0;
        InputSize = VocabularySize > 0 ? 1 : Specifications[0].InputSize;
        OutputSize = Specifications[^1].OutputSize;
        Recurrent = [.. Specifications.OfType<RecurrentSpecification>()];
        CanStep = Recurrent.All(specification => specification.Direction == Direction.Forward);
        StateSize = TotalStateSize(argument);
        TailBegin = FindTail();
        RequireFinalState(nameof(output));
        RequireMaskValue(nameof(masking));
    }

    public IReadOnlyList<Layer> Layers { get; }

    public IReadOnlyList<LayerSpecification> Specifications { get; }

    public int InputSize { get; }

    public int OutputSize { get; }

    public ModelOutput Output { get; }

    public Masking? Masking { get; }

    public SequenceLayout Layout { get; }

    public EmptyRow EmptyRow { get; }

    /// <summary>Indices that the model knows; 0 if it takes features.</summary>
    public int VocabularySize { get; }

    /// <summary>
    /// Elements of state of one batch row, in all layers and directions, and the output that is repeated at missing steps.
    /// </summary>
    public int StateSize { get; }

    /// <summary>Elements of a row's state that are the output to repeat at missing steps; they are its last ones.</summary>
    public int RepeatedSize => Masking is { Output: MissingOutput.Repeat } ? OutputSize : 0;

    /// <summary>
    /// The first of the layers that have no state and need nothing from before them: they can be computed for a single
    /// step of a sequence. The number of layers if there are none.
    /// </summary>
    public int TailBegin { get; }

    /// <summary>Whether a sequence gives a single step of output.</summary>
    public bool PutsOutOneStep => Output != ModelOutput.EveryStep;

    /// <summary>Whether every layer runs forward.</summary>
    public bool CanStep { get; }

    private IReadOnlyList<RecurrentSpecification> Recurrent { get; }

    /// <summary>The recurrent layer at an index, refused with the reason if there is none.</summary>
    public RecurrentSpecification RecurrentAt(int layer, string argument)
    {
        Require.Within(layer, 0, Specifications.Count - 1, argument);
        return Specifications[layer] as RecurrentSpecification
            ?? throw new ArgumentException(
                $"{argument}: expected the index of a recurrent layer, found {layer}, a layer without state.",
                argument);
    }

    public void RequireStep()
    {
        if (!CanStep)
        {
            throw new NotSupportedException(
                $"Step: {FirstWithReverse()}, which needs the whole sequence. Use Run with whole sequences.");
        }
    }

    /// <summary>The refusal of a second piece of a sequence by a model with a reverse direction.</summary>
    public NotSupportedException SecondPiece() =>
        new($"Run: {FirstWithReverse()}, which needs the whole sequence, so a sequence cannot be continued. "
            + "Call Reset or LoadState for all rows, or SetState, before the next sequence.");

    private string FirstWithReverse()
    {
        for (int i = 0; i < Specifications.Count; i++)
        {
            if (Specifications[i] is RecurrentSpecification { Direction: not Direction.Forward } specification)
            {
                return $"layer {i} has the direction {specification.Direction}";
            }
        }

        return "no layer has a reverse direction";
    }

    private int FindTail()
    {
        int begin = 0;
        for (int i = 0; i < Specifications.Count; i++)
        {
            if (Specifications[i] is RecurrentSpecification or EmbeddingSpecification)
            {
                begin = i + 1;
            }
        }

        // A residual connection that starts before the tail keeps itself and all before it out of it.
        for (int i = begin; i < Specifications.Count; i++)
        {
            if (Specifications[i] is ResidualSpecification residual && i - residual.Span < begin)
            {
                begin = i + 1;
            }
        }

        return begin;
    }

    private void RequireFinalState(string argument)
    {
        if (Output == ModelOutput.FinalState
            && (TailBegin == 0 || Specifications[TailBegin - 1] is not RecurrentSpecification))
        {
            throw new ArgumentException(
                $"{argument}: expected EveryStep or LastStep, because "
                + (Recurrent.Count == 0
                    ? "no layer has a state"
                    : "a residual connection around the last recurrent layer needs its steps")
                + $"; found {Output}.",
                argument);
        }
    }

    private void RequireMaskValue(string argument)
    {
        if (VocabularySize > 0 && Masking is { Value: var value } && !float.IsNaN(value)
            && !(value >= 0 && value < VocabularySize && float.IsInteger(value)))
        {
            throw new ArgumentException(
                $"{argument}: expected an index from 0 to {VocabularySize - 1} as Value, or NaN for none, found {value}.",
                argument);
        }
    }

    private void RequireFit(int i, string argument)
    {
        if (i > 0 && Layers[i] is EmbeddingLayer)
        {
            throw new ArgumentException(
                $"{argument}[{i}]: expected a layer that takes features, because only the first one can be an "
                + "embedding; found an EmbeddingLayer.",
                argument);
        }

        if (Layers[i] is ResidualLayer residual)
        {
            RequireResidual(i, residual.Specification, argument);
        }

        if (i > 0 && Layers[i].Specification.InputSize != Layers[i - 1].Specification.OutputSize)
        {
            throw new ArgumentException(
                $"{argument}[{i}]: expected InputSize {Layers[i - 1].Specification.OutputSize}, the OutputSize of the "
                + $"layer before, found {Layers[i].Specification.InputSize}.",
                argument);
        }
    }

    private void RequireResidual(int i, ResidualSpecification residual, string argument)
    {
        if (residual.Span > i)
        {
            throw new ArgumentException(
                $"{argument}[{i}]: expected a residual Span of at most {i}, the layers before, found {residual.Span}.",
                argument);
        }

        LayerSpecification source = Layers[i - residual.Span].Specification;
        if (source is EmbeddingSpecification || source.InputSize < residual.InputSize)
        {
            throw new ArgumentException(
                $"{argument}[{i}]: expected a residual connection from at least {residual.InputSize} features, found "
                + (source is EmbeddingSpecification ? "an index" : $"{source.InputSize}")
                + $", the input of layer {i - residual.Span}.",
                argument);
        }
    }

    private int TotalStateSize(string argument)
    {
        long size = Recurrent.Sum(specification =>
            (long)specification.DirectionCount
            * (specification.StateSize + (specification.HasCellState ? specification.HiddenSize : 0)));
        return Require.Elements(1, size + RepeatedSize, "[1, state size]", argument);
    }
}
