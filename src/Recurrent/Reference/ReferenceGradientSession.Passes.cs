using System.Runtime.CompilerServices;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>Forward and backward.</content>
public sealed partial class ReferenceGradientSession<T>
{
    /// <summary>Computes the outputs of a batch and keeps what <c>Backward</c> needs.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a
    /// model that puts out one step; of exactly that length.
    /// </param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>; empty if they are not wanted.</param>
    /// <exception cref="ArgumentException">A part of the batch does not fit the model, or a length is wrong.</exception>
    public void Forward(in GradientBatch<T> batch, Span<T> y, Span<T> finalStates = default)
    {
        GradientArguments.RequireForward(Definition.Graph, batch, y, finalStates);
        ModelInputs<T> inputs = Definition.Graph.VocabularySize > 0
            ? ModelInputs<T>.Of(batch.Indices)
            : ModelInputs<T>.Of(batch.X);
        Forward(inputs, batch, finalStates)[0].CopyTo(y);
    }

    /// <summary>Computes the outputs of a batch of a model of several inputs or outputs, likewise.</summary>
    /// <param name="batch">The batch, with <see cref="GradientBatch{T}.Inputs"/>.</param>
    /// <param name="outputs">
    /// Receive the outputs that are wanted, by their names or positions: sequences <c>[steps, batch, size]</c>, or as the layout
    /// says, and rows <c>[batch, size]</c>.
    /// </param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>; empty if they are not wanted.</param>
    /// <exception cref="ArgumentException">A part of the batch does not fit the model, or a length is wrong.</exception>
    [OverloadResolutionPriority(-1)]
    public void Forward(
        in GradientBatch<T> batch, ReadOnlySpan<OutputBuffer<T>> outputs, Span<T> finalStates = default)
    {
        GradientArguments.RequireForward(Definition.Graph, batch, outputs, finalStates);
        T[][] computed = Forward(ModelInputs<T>.Of(Definition.Graph, batch.Inputs), batch, finalStates);
        ModelOutputs.Copy(computed, Definition.Graph.OutputNames, outputs);
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
        ModelOutputs.Copy(GoBack([dy.ToArray()], dFinalStates, dInitialStates), dx);
    }

    /// <summary>
    /// Adds the gradients of a loss to those of all parameters, for a model of several inputs or outputs, likewise.
    /// </summary>
    /// <param name="dOutputs">
    /// The gradients of outputs, by their names or positions, each shaped as it is; 0 for those that are left out.
    /// </param>
    /// <param name="dFinalStates">That of the final states, <c>[batch, StateSize]</c>; empty for 0.</param>
    /// <param name="dInputs">
    /// Receive those of inputs that are wanted, by their names or positions, each shaped as it is.
    /// </param>
    /// <param name="dInitialStates">
    /// Receives that of the states that were started from, <c>[batch, StateSize]</c>; empty if it is not wanted.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// There is no forward pass, it has been gone back through, or the parameters have changed since.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, a length is wrong, or the gradient of an index is asked for.
    /// </exception>
    [OverloadResolutionPriority(-1)]
    public void Backward(
        ReadOnlySpan<InputBuffer<T>> dOutputs,
        ReadOnlySpan<T> dFinalStates = default,
        ReadOnlySpan<OutputBuffer<T>> dInputs = default,
        Span<T> dInitialStates = default)
    {
        LayerGraph graph = Definition.Graph;
        GradientArguments.RequireBackward(graph, _shape, dOutputs, dFinalStates, dInputs, dInitialStates);
        T[][] given = new T[graph.Outputs.Count][];
        for (int output = 0; output < given.Length; output++)
        {
            int place = BufferPlaces.Find(dOutputs, graph.OutputNames, output);
            given[output] = place < 0 ? [] : dOutputs[place].Values.ToArray();
        }

        ModelOutputs.Copy(GoBack(given, dFinalStates, dInitialStates), graph.InputNames, dInputs);
    }

    private T[][] Forward(ModelInputs<T> inputs, in GradientBatch<T> batch, Span<T> finalStates)
    {
        SequenceMask mask = new() { Lengths = batch.Lengths, Present = batch.Present };
        SequenceSteps steps = SequenceSteps.Of(
            Definition.Graph, inputs, batch.Time, batch.Batch, mask, batch.Layout ?? Definition.Layout);
        _layers ??= CreateLayers();
        _pass = new SequencePass<T>(Definition.Graph, _layers, CreateMasks(batch.DropoutSeed), steps);
        T[][] outputs = _pass.Forward(inputs, batch.InitialStates, finalStates);
        _shape = new GradientShape(batch.Time, batch.Batch);
        TapeBytes = _pass.Elements * Unsafe.SizeOf<T>();
        return outputs;
    }

    private T[][] GoBack(IReadOnlyList<T[]> outputs, ReadOnlySpan<T> finalStates, Span<T> initialStates)
    {
        BeginGradients();
        T[][] gradients = _pass!.Backward(outputs, finalStates, initialStates);
        _pass = null;
        _shape = default;
        return gradients;
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
