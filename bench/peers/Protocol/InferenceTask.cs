namespace Recurrent.Peers;

/// <summary>A sequence or a step from inputs and into outputs that stay where they are.</summary>
/// <remarks>A stream carries its states from call to call; a sequence starts every call from zero.</remarks>
internal abstract class InferenceTask(BenchTask task) : PreparedTask
{
    protected BenchTask Task { get; } = task;

    /// <summary>The output of the first and of the last step, from zero states: <c>[2, batch, output]</c>.</summary>
    public override float[] Ends()
    {
        int size = Task.Batch * Task.Output;
        int features = Task.Batch * Task.Input;
        var ends = new float[2 * size];
        Reset();
        if (!Task.IsStreaming)
        {
            Call();
            Outputs()[..size].CopyTo(ends);
            Outputs()[^size..].CopyTo(ends.AsSpan(size));
            return ends;
        }

        for (int step = 0; step < Task.Steps; step++)
        {
            SetInput(Task.Inputs.Slice(step * features, features));
            Call();
            Outputs().CopyTo(ends.AsSpan(step == 0 ? 0 : size));
        }

        return ends;
    }

    /// <summary>Puts the states of a stream to zero.</summary>
    protected abstract void Reset();

    /// <summary>Replaces the input of a call.</summary>
    protected abstract void SetInput(ReadOnlySpan<float> x);

    /// <summary>The output of the last call, <c>[time, batch, output]</c>.</summary>
    protected abstract ReadOnlySpan<float> Outputs();
}
