using System.Runtime.CompilerServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Steps and runs of a model of several inputs or outputs.</content>
public sealed unsafe partial class Session
{
    // Made by the first call with lists.
    private NativeBuffers? _buffers;

    /// <summary>Advances every row by one step.</summary>
    /// <remarks>Nothing is allocated, once there has been such a call.</remarks>
    /// <param name="inputs">
    /// Every input of the model, by its name or its position: features <c>[batch, size]</c>, or indices <c>[batch]</c>.
    /// Inputs that are rows are given with every step.
    /// </param>
    /// <param name="outputs">
    /// Receive the outputs <c>[batch, size]</c>, those that are wanted; must not overlap the inputs or each other.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, an input is left out, a length is wrong, an index is out of range, or memory
    /// overlaps.
    /// </exception>
    /// <exception cref="NotSupportedException">A layer needs the whole sequence.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    [OverloadResolutionPriority(-1)]
    public void Step(ReadOnlySpan<InputBuffer<float>> inputs, ReadOnlySpan<OutputBuffer<float>> outputs)
    {
        BeginStep();
        new BufferShape(Model.Graph, _shape).RequireStep(inputs, outputs);
        Enter();
        StepCall call = new(this);
        Leave(Buffers.Invoke(inputs, outputs, ref call));
    }

    /// <summary>Advances every row by a whole sequence, or by a piece of one if the model can be stepped.</summary>
    /// <remarks>Nothing is allocated, once there has been such a call of the shape.</remarks>
    /// <param name="inputs">
    /// Every input of the model, by its name or its position: sequences <c>[time, batch, size]</c>, or as the layout says,
    /// rows <c>[batch, size]</c>, indices <c>[time, batch]</c>.
    /// </param>
    /// <param name="outputs">
    /// Receive the outputs that are wanted: sequences <c>[steps, batch, size]</c>, or as the layout says, of as many steps as
    /// <see cref="RecurrentModel.OutputSteps"/> says, and rows <c>[batch, size]</c>. Must not overlap the inputs, the mask or
    /// each other.
    /// </param>
    /// <param name="time">Steps of the model's inputs, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths of the rows, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, an input is left out, a length is wrong, an index is out of range, memory overlaps,
    /// or steps are said to be missing and the model has no masking.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    [OverloadResolutionPriority(-1)]
    public void Run(
        ReadOnlySpan<InputBuffer<float>> inputs,
        ReadOnlySpan<OutputBuffer<float>> outputs,
        int time,
        in SequenceMask mask = default,
        SequenceLayout? layout = null)
    {
        ThrowIfDisposed();
        SequenceLayout order = layout ?? Model.Layout;
        BufferShape shape = new(Model.Graph, _shape);
        shape.RequireRun(inputs, outputs, time, order);
        shape.RequireMask(mask, outputs, time, order);
        Enter();
        LeaveRun(Invoke(inputs, outputs, time, mask, order, null));
    }

    /// <summary>
    /// Computes sequences that have nothing to do with the states of this session, which stay as they are. The arguments
    /// have been checked.
    /// </summary>
    internal void Predict(
        ReadOnlySpan<InputBuffer<float>> inputs,
        ReadOnlySpan<OutputBuffer<float>> outputs,
        int batch,
        int time,
        in SequenceMask mask,
        SequenceLayout layout)
    {
        Enter();
        LeavePrediction(Invoke(inputs, outputs, time, mask, layout, batch), batch, time);
    }

    // Of the caller that has entered.
    private NativeBuffers Buffers => _buffers ??= new NativeBuffers(Model.Graph.InputNames, Model.Graph.OutputNames);

    private readonly struct StepCall(Session session) : INativeCall
    {
        public NativeStatus Invoke(NativeInputBuffer* inputs, NativeOutputBuffer* outputs) =>
            NativeMethods.SessionStepBuffers(
                session._native, inputs, session.Model.Inputs.Count, outputs, session.Model.Outputs.Count);
    }

    private NativeStatus Invoke(
        ReadOnlySpan<InputBuffer<float>> inputs,
        ReadOnlySpan<OutputBuffer<float>> outputs,
        int time,
        in SequenceMask mask,
        SequenceLayout layout,
        int? sequences)
    {
        fixed (int* lengths = mask.Lengths)
        fixed (bool* present = mask.Present)
        {
            NativeRunArgs arguments = new()
            {
                Layout = (int)layout,
                Time = time,
                Lengths = lengths,
                LengthsCount = mask.Lengths.Length,
                Present = (byte*)present,
                PresentCount = mask.Present.Length,
                InputCount = Model.Inputs.Count,
                OutputCount = Model.Outputs.Count,
            };
            RunCall call = new(this, arguments, sequences);
            return Buffers.Invoke(inputs, outputs, ref call);
        }
    }

    // What the arguments point to has been pinned by the caller.
    private readonly struct RunCall(Session session, NativeRunArgs arguments, int? sequences) : INativeCall
    {
        public NativeStatus Invoke(NativeInputBuffer* inputs, NativeOutputBuffer* outputs)
        {
            NativeRunArgs complete = arguments with { Inputs = inputs, Outputs = outputs };
            return sequences is { } batch
                ? NativeMethods.SessionPredict(session._native, batch, &complete)
                : NativeMethods.SessionRun(session._native, &complete);
        }
    }
}
