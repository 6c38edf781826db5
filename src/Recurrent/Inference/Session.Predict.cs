using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>What a session computes for the model that keeps it.</content>
public sealed unsafe partial class Session
{
    // The largest shapes that were predicted. Memory grows with them, so it is asked for only after a larger one: a second
    // call across the boundary would cost a small model a good part of its step.
    private int _mostSequences;
    private long _mostSteps;

    /// <summary>
    /// Computes sequences that have nothing to do with the states of this session, which stay as they are. The arguments
    /// have been checked.
    /// </summary>
    internal void Predict(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> indices,
        Span<float> y,
        int batch,
        int time,
        in SequenceMask mask,
        SequenceLayout layout)
    {
        Enter();
        LeavePrediction(Compute(x, indices, y, time, mask, layout, batch), batch, time);
    }

    private void LeavePrediction(NativeStatus status, int batch, int time)
    {
        long steps = (long)batch * time;
        if (batch > _mostSequences || steps > _mostSteps)
        {
            (_mostSequences, _mostSteps) = (Math.Max(batch, _mostSequences), Math.Max(steps, _mostSteps));
            WeighMemory();
        }

        Leave(status);
    }

    private void WeighMemory()
    {
        long bytes = 0;
        _ = NativeMethods.SessionGetBytes(_native, &bytes);
        _handle.Weigh(bytes);
    }
}
