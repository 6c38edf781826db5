using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The dropout of a layer for one batch.</summary>
internal sealed class LayerDropoutMasks
{
    private readonly DropoutMask _elements;
    private readonly DropoutMask _input;
    private readonly DropoutMask _forwardState;
    private readonly DropoutMask _reverseState;

    /// <summary>Drops what the rates say.</summary>
    public LayerDropoutMasks(ulong seed, int layer, LayerDropout rates)
    {
        DropsInput = rates.Elements > 0 || rates.Input > 0;
        _elements = new(seed, layer, DropoutPurpose.Elements, isReverse: false, rates.Elements);
        _input = new(seed, layer, DropoutPurpose.Input, isReverse: false, rates.Input);
        _forwardState = new(seed, layer, DropoutPurpose.State, isReverse: false, rates.State);
        _reverseState = new(seed, layer, DropoutPurpose.State, isReverse: true, rates.State);
    }

    /// <summary>Whether anything is dropped of what the layer reads.</summary>
    public bool DropsInput { get; }

    /// <summary>Applies both masks of the input to a step, or to its gradient.</summary>
    /// <param name="values">The features of one step of one row.</param>
    /// <param name="step">Index of the step in <c>[time, batch]</c>, the caller's time.</param>
    /// <param name="row">The row.</param>
    public void ApplyInput<T>(Span<T> values, int step, int row)
        where T : IFloatingPointIeee754<T>
    {
        _elements.Apply(values, (long)step * values.Length);
        _input.Apply(values, (long)row * values.Length);
    }

    /// <summary>Applies the mask of the state to a row, or to its gradient.</summary>
    public void ApplyState<T>(Span<T> values, Direction direction, int row)
        where T : IFloatingPointIeee754<T> =>
        (direction == Direction.Forward ? _forwardState : _reverseState).Apply(values, (long)row * values.Length);
}
