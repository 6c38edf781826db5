using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Forward and backward.</content>
public sealed unsafe partial class GradientSession
{
    /// <summary>Computes the outputs of a batch and keeps what <c>Backward</c> needs.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says, or <c>[batch, OutputSize]</c> from a
    /// model that puts out one step; of exactly that length.
    /// </param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>; empty if they are not wanted.</param>
    /// <exception cref="ArgumentException">A part of the batch does not fit the model, or a length is wrong.</exception>
    /// <exception cref="InsufficientMemoryException">Memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Forward(in GradientBatch<float> batch, Span<float> y, Span<float> finalStates = default)
    {
        _guard.ThrowIfClosed(this);
        GradientArguments.RequireForward(Definition.Graph, batch, y, finalStates);
        Enter();
        _shape = default;
        NativeStatus status;
        fixed (float* x = batch.X, output = y, initial = batch.InitialStates, final = finalStates)
        fixed (int* indices = batch.Indices, lengths = batch.Lengths)
        fixed (bool* present = batch.Present)
        {
            NativeForwardArgs arguments = ArgumentsOf(batch, lengths, present, initial, final) with
            {
                X = x,
                Indices = indices,
                Y = output,
            };
            status = NativeMethods.TrainerForward(_native, &arguments);
        }

        if (status == NativeStatus.Ok)
        {
            _shape = new GradientShape(batch.Time, batch.Batch);
        }

        Leave(status);
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
    /// There is no forward pass, it has been gone back through, or the parameters have changed since; or another call is
    /// running.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, or the input's gradient is asked for and that is an index.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Backward(
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> dFinalStates = default,
        Span<float> dx = default,
        Span<float> dInitialStates = default)
    {
        Enter();
        NativeStatus status = NativeStatus.Ok;
        try
        {
            GradientArguments.RequireBackward(Definition.Graph, _shape, dy, dFinalStates, dx, dInitialStates);
            _shape = default;
            fixed (float* outputs = dy, final = dFinalStates, inputs = dx, initial = dInitialStates)
            {
                NativeBackwardArgs arguments = new()
                {
                    Dy = outputs,
                    DfinalStates = final,
                    Dx = inputs,
                    DinitialStates = initial,
                };
                status = NativeMethods.TrainerBackward(_native, &arguments);
            }
        }
        finally
        {
            Leave(status);
        }
    }

    // All but the values that a pass reads and outputs. The memory has been pinned by the caller.
    private NativeForwardArgs ArgumentsOf(
        in GradientBatch<float> batch, int* lengths, bool* present, float* initialStates, float* finalStates) => new()
        {
            Layout = (int)(batch.Layout ?? Definition.Layout),
            Time = batch.Time,
            Batch = batch.Batch,
            Lengths = lengths,
            Present = (byte*)present,
            InitialStates = initialStates,
            FinalStates = finalStates,
            Drops = batch.DropoutSeed is null ? 0 : 1,
            EmptyRow = (int)Definition.EmptyRow,
            Seed = batch.DropoutSeed ?? 0,
        };
}
