namespace Recurrent.Layers;

/// <summary>
/// Layers that follow each other, checked to fit: what the native and the reference model have in common.
/// </summary>
internal sealed class LayerChain
{
    private const int MaxLayers = 1024;

    public LayerChain(IReadOnlyList<Layer> layers, string argument)
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
        InputSize = Specifications[0].InputSize;
        OutputSize = Specifications[^1].OutputSize;
        Recurrent = [.. Specifications.OfType<RecurrentSpecification>()];
        CanStep = Recurrent.All(specification => specification.Direction == Direction.Forward);
        StateSize = TotalStateSize(argument);
    }

    public IReadOnlyList<Layer> Layers { get; }

    public IReadOnlyList<LayerSpecification> Specifications { get; }

    public int InputSize { get; }

    public int OutputSize { get; }

    /// <summary>Elements of state of one batch row, in all layers and directions.</summary>
    public int StateSize { get; }

    /// <summary>Whether every layer runs forward.</summary>
    public bool CanStep { get; }

    private IReadOnlyList<RecurrentSpecification> Recurrent { get; }

    /// <summary>The recurrent layer at an index, refused with the reason if there is none.</summary>
    public RecurrentSpecification RecurrentAt(int layer, string argument)
    {
        Require.Within(layer, 0, Specifications.Count - 1, argument);
        return Specifications[layer] as RecurrentSpecification
            ?? throw new ArgumentException(
                $"{argument}: expected the index of a recurrent layer, found {layer}, a dense layer without state.",
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

    private void RequireFit(int i, string argument)
    {
        if (i > 0 && Layers[i].Specification.InputSize != Layers[i - 1].Specification.OutputSize)
        {
            throw new ArgumentException(
                $"{argument}[{i}]: expected InputSize {Layers[i - 1].Specification.OutputSize}, the OutputSize of the "
                + $"layer before, found {Layers[i].Specification.InputSize}.",
                argument);
        }
    }

    private int TotalStateSize(string argument)
    {
        long size = Recurrent.Sum(specification =>
            (long)specification.DirectionCount
            * (specification.StateSize + (specification.HasCellState ? specification.HiddenSize : 0)));
        return Require.Elements(1, size, "[1, state size]", argument);
    }
}
