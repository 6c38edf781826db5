using Microsoft.ML.OnnxRuntime;

namespace Recurrent.Peers;

/// <summary>
/// Streams that come and go: the states of each are where it has them, and are copied into a batch for every step, and back.
/// Inputs and outputs are a batch already, and bound once.
/// </summary>
internal sealed class GatheredTask : InferenceTask
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];
    private readonly float[] _input;
    private readonly float[] _output;
    // For each state: of the batch before and after the step, and of each stream.
    private readonly (float[] Before, float[] After, float[][] Streams)[] _states;

    public GatheredTask(BenchTask task)
        : base(task)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = task.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(task.Model, options);
        _input = new float[task.Batch * task.Input];
        task.Inputs[.._input.Length].CopyTo(_input);
        _output = new float[task.Batch * task.Output];
        _binding = _session.CreateIoBinding();
        _binding.BindInput("x", Bind(_input, 1, task.Batch, task.Input));
        _binding.BindOutput("y", Bind(_output, 1, task.Batch, task.Output));
        string[] names = task.Cell == "lstm" ? ["h", "c"] : ["h"];
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

        _session.RunWithBinding(_options, _binding);
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
        _values.ForEach(value => value.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    protected override void Reset()
    {
        foreach ((_, _, float[][] streams) in _states)
        {
            foreach (float[] stream in streams)
            {
                Array.Clear(stream);
            }
        }
    }

    protected override void SetInput(ReadOnlySpan<float> x) => x.CopyTo(_input);

    protected override ReadOnlySpan<float> Outputs() => _output;

    private OrtValue Bind(float[] memory, params long[] shape)
    {
        // The value pins the array for as long as it lives.
        OrtValue value = OrtValue.CreateTensorValueFromMemory(memory, shape);
        _values.Add(value);
        return value;
    }
}
