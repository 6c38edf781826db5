using System.Runtime.CompilerServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Forward and backward of a model of several inputs or outputs.</content>
public sealed unsafe partial class GradientSession
{
    // Made by the first call with lists.
    private NativeBuffers? _forwardBuffers;
    private NativeBuffers? _backwardBuffers;

    /// <summary>Computes the outputs of a batch of a model of several inputs or outputs, and keeps what <c>Backward</c> needs.</summary>
    /// <param name="batch">The batch, with <see cref="GradientBatch{T}.Inputs"/>.</param>
    /// <param name="outputs">
    /// Receive the outputs that are wanted, by their names or positions: sequences <c>[steps, batch, size]</c>, or as the layout
    /// says, and rows <c>[batch, size]</c>. Must not overlap the inputs or each other.
    /// </param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>; empty if they are not wanted.</param>
    /// <exception cref="ArgumentException">
    /// A part of the batch does not fit the model, a name is not known or given twice, a length is wrong, or memory overlaps.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    [OverloadResolutionPriority(-1)]
    public void Forward(
        in GradientBatch<float> batch, ReadOnlySpan<OutputBuffer<float>> outputs, Span<float> finalStates = default)
    {
        _guard.ThrowIfClosed(this);
        GradientArguments.RequireForward(Definition.Graph, batch, outputs, finalStates);
        Enter();
        _shape = default;
        _forwardBuffers ??= new NativeBuffers(Definition.Graph.InputNames, Definition.Graph.OutputNames);
        NativeStatus status = Invoke(batch, outputs, finalStates);
        if (status == NativeStatus.Ok)
        {
            _shape = new GradientShape(batch.Time, batch.Batch);
        }

        Leave(status);
    }

    /// <summary>
    /// Adds the gradients of a loss to those of all parameters, for a model of several inputs or outputs: backpropagation
    /// through time of the last forward pass. Once for each of them.
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
    /// There is no forward pass, it has been gone back through, or the parameters have changed since; or another call is
    /// running.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, a length is wrong, or the gradient of an index is asked for.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    [OverloadResolutionPriority(-1)]
    public void Backward(
        ReadOnlySpan<InputBuffer<float>> dOutputs,
        ReadOnlySpan<float> dFinalStates = default,
        ReadOnlySpan<OutputBuffer<float>> dInputs = default,
        Span<float> dInitialStates = default)
    {
        Enter();
        NativeStatus status = NativeStatus.Ok;
        try
        {
            GradientArguments.RequireBackward(
                Definition.Graph, _shape, dOutputs, dFinalStates, dInputs, dInitialStates);
            _shape = default;
            _backwardBuffers ??= new NativeBuffers(Definition.Graph.OutputNames, Definition.Graph.InputNames);
            status = Invoke(dOutputs, dFinalStates, dInputs, dInitialStates);
        }
        finally
        {
            Leave(status);
        }
    }

    private NativeStatus Invoke(
        in GradientBatch<float> batch, ReadOnlySpan<OutputBuffer<float>> outputs, Span<float> finalStates)
    {
        fixed (float* initial = batch.InitialStates, final = finalStates)
        fixed (int* lengths = batch.Lengths)
        fixed (bool* present = batch.Present)
        {
            NativeForwardArgs arguments = ArgumentsOf(batch, lengths, present, initial, final) with
            {
                InputCount = Definition.Graph.Inputs.Count,
                OutputCount = Definition.Graph.Outputs.Count,
            };
            ForwardCall call = new(this, arguments);
            return _forwardBuffers!.Invoke(batch.Inputs, outputs, ref call);
        }
    }

    private NativeStatus Invoke(
        ReadOnlySpan<InputBuffer<float>> dOutputs,
        ReadOnlySpan<float> dFinalStates,
        ReadOnlySpan<OutputBuffer<float>> dInputs,
        Span<float> dInitialStates)
    {
        fixed (float* final = dFinalStates, initial = dInitialStates)
        {
            NativeBackwardArgs arguments = new()
            {
                DfinalStates = final,
                DinitialStates = initial,
                OutputGradientCount = Definition.Graph.Outputs.Count,
                InputGradientCount = Definition.Graph.Inputs.Count,
            };
            BackwardCall call = new(this, arguments);
            return _backwardBuffers!.Invoke(dOutputs, dInputs, ref call);
        }
    }

    // What the arguments of both point to has been pinned by the caller.
    private readonly struct ForwardCall(GradientSession session, NativeForwardArgs arguments) : INativeCall
    {
        public NativeStatus Invoke(NativeInputBuffer* inputs, NativeOutputBuffer* outputs)
        {
            NativeForwardArgs complete = arguments with { Inputs = inputs, Outputs = outputs };
            return NativeMethods.TrainerForward(session._native, &complete);
        }
    }

    private readonly struct BackwardCall(GradientSession session, NativeBackwardArgs arguments) : INativeCall
    {
        public NativeStatus Invoke(NativeInputBuffer* inputs, NativeOutputBuffer* outputs)
        {
            NativeBackwardArgs complete = arguments with { OutputGradients = inputs, InputGradients = outputs };
            return NativeMethods.TrainerBackward(session._native, &complete);
        }
    }
}
