using System.Numerics;
using System.Runtime.CompilerServices;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>Forward and backward.</content>
public sealed partial class ReferenceGradientSession<T>
{
    /// <summary>Computes the outputs of a batch and keeps what <see cref="Backward"/> needs.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a
    /// model that puts out one step; of exactly that length.
    /// </param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>; empty if they are not wanted.</param>
    /// <exception cref="ArgumentException">A part of the batch does not fit the model, or a length is wrong.</exception>
    public void Forward(in GradientBatch<T> batch, Span<T> y, Span<T> finalStates = default)
    {
        LayerGraph graph = Definition.Graph;
        GradientArguments.RequireForward(graph, batch, y, finalStates);
        if (graph.VocabularySize > 0)
        {
            SequenceSteps steps = StepsOf(batch.Indices, batch);
            Forward([], steps.Gather(batch.Indices, 1), steps, batch, y, finalStates);
        }
        else
        {
            SequenceSteps steps = StepsOf(batch.X, batch);
            Forward(steps.Gather(batch.X, graph.InputSize), [], steps, batch, y, finalStates);
        }
    }

    /// <summary>
    /// Adds the gradients of a loss to those of all parameters: backpropagation through time of the last forward pass. Once
    /// for each of them.
    /// </summary>
    /// <param name="dy">
    /// The gradient of the output, shaped as it is; empty for 0. Steps that are not there have none, whatever it says.
    /// </param>
    /// <param name="dFinalStates">The gradient of the final states, <c>[batch, StateSize]</c>; empty for 0.</param>
    /// <param name="dx">Receives that of the input, shaped as it is; empty if it is not wanted.</param>
    /// <param name="dInitialStates">
    /// Receives that of the states that were started from, <c>[batch, StateSize]</c>; empty if it is not wanted.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// There is no forward pass, it has been gone back through, or the parameters have changed since.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, or the input's gradient is asked for and that is an index.
    /// </exception>
    public void Backward(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> dFinalStates = default,
        Span<T> dx = default,
        Span<T> dInitialStates = default)
    {
        GradientArguments.RequireBackward(Definition.Graph, _shape, dy, dFinalStates, dx, dInitialStates);
        BeginGradients();
        _pass!.Backward(dy, dFinalStates, dx, dInitialStates);
        _pass = null;
        _shape = default;
    }

    private SequenceSteps StepsOf<TInput>(ReadOnlySpan<TInput> input, in GradientBatch<T> batch)
        where TInput : INumberBase<TInput>
    {
        SequenceMask mask = new() { Lengths = batch.Lengths, Present = batch.Present };
        SequenceLayout layout = batch.Layout ?? Definition.Layout;
        return SequenceSteps.Of(
            input, Definition.InputSize, batch.Time, batch.Batch, mask, layout, Definition.Masking);
    }

    private void Forward(
        T[] features,
        int[] indices,
        SequenceSteps steps,
        in GradientBatch<T> batch,
        Span<T> y,
        Span<T> finalStates)
    {
        _layers ??= CreateLayers();
        _pass = new SequencePass<T>(Definition.Graph, _layers, CreateMasks(batch.DropoutSeed), steps);
        _pass.Forward(features, indices, batch.InitialStates, y, finalStates);
        _shape = new GradientShape(batch.Time, batch.Batch);
        TapeBytes = _pass.Elements * Unsafe.SizeOf<T>();
    }

    private LayerGradient<T>[] CreateLayers() =>
    [
        .. Definition.Graph.Specifications.Select((specification, layer) => GradientFactory<T>.Default.Create(
            specification,
            LayerParameters<T>.Of(layer, Blocks, _parameters),
            LayerParameters<double>.Of(layer, Blocks, _gradients, _rows[layer]))),
    ];

    private LayerDropoutMasks?[] CreateMasks(ulong? seed) =>
    [
        .. Enumerable.Range(0, Definition.Layers.Count).Select(layer => seed is { } value && _dropout.Count > 0
            ? new LayerDropoutMasks(value, layer, _dropout[layer])
            : null),
    ];
}
