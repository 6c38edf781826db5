using Microsoft.ML.OnnxRuntime;

namespace Recurrent.Peers;

/// <summary>
/// Streams that come and go: the states of each are where it has them, and are copied into a batch for every step, and back.
/// Inputs and outputs are a batch already.
/// </summary>
internal sealed class GatheredTask : OnnxTask
{
    private readonly OrtIoBinding _binding;
    // For each state: of the batch before and after the step, and of each stream.
    private readonly (float[] Before, float[] After, float[][] Streams)[] _states;

    public GatheredTask(BenchTask task)
        : base(task)
    {
        _binding = Session.CreateIoBinding();
        _binding.BindInput("x", X);
        _binding.BindOutput("y", Y);
        string[] names = StatesOf(task);
        _states = [.. names.Select(_ => (
            new float[task.Batch * task.Hidden],
            new float[task.Batch * task.Hidden],
            Enumerable.Range(0, task.Batch).Select(_ => new float[task.Hidden]).ToArray()))];
        for (int i = 0; i < names.Length; i++)
        {
            _binding.BindInput(names[i] + "0", Bind(_states[i].Before, 1, task.Batch, task.Hidden));
            _binding.BindOutput(names[i] + "n", Bind(_states[i].After, 1, task.Batch, task.Hidden));
        }
    }

    public override void Call()
    {
        int size = Task.Hidden;
        foreach ((float[] before, _, float[][] streams) in _states)
        {
            for (int i = 0; i < streams.Length; i++)
            {
                streams[i].CopyTo(before, i * size);
            }
        }

        Session.RunWithBinding(Options, _binding);
        foreach ((_, float[] after, float[][] streams) in _states)
        {
            for (int i = 0; i < streams.Length; i++)
            {
                after.AsSpan(i * size, size).CopyTo(streams[i]);
            }
        }
    }

    public override void Dispose()
    {
        _binding.Dispose();
        base.Dispose();
    }

    protected override void Reset()
    {
        foreach ((_, _, float[][] streams) in _states)
        {
            Array.ForEach(streams, Array.Clear);
        }
    }
}
