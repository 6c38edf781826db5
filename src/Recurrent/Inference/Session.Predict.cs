using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>What a session computes for the model that keeps it.</content>
public sealed unsafe partial class Session
{
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
        NativeStatus status = Compute(x, indices, y, time, mask, layout, batch);
        long bytes = 0;
        _ = NativeMethods.SessionGetBytes(_native, &bytes);
        _handle.Weigh(bytes);
        Leave(status);
    }
}
