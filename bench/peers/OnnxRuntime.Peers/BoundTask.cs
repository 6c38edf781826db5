using Microsoft.ML.OnnxRuntime;

namespace Recurrent.Peers;

/// <summary>
/// LSTM and GRU operators of the shared ONNX file, with inputs, outputs and states in memory that is bound once: the
/// fastest way to call ONNX Runtime from C#.
/// </summary>
internal sealed class BoundTask : InferenceTask
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly List<OrtValue> _values = [];
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly float[][] _states;

    // A stream's states go from one set of tensors to the other, and back in the next step.
    private readonly OrtIoBinding[] _bindings;
    private int _turn;

    public BoundTask(BenchTask task)
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
        _input = new float[task.Time * task.Batch * task.Input];
        task.Inputs[.._input.Length].CopyTo(_input);
        _output = new float[task.Time * task.Batch * task.Output];
        OrtValue x = Bind(_input, task.Time, task.Batch, task.Input);
        OrtValue y = Bind(_output, task.Time, task.Batch, task.Output);

        string[] names = !task.IsStreaming ? [] : task.Cell == "lstm" ? ["h", "c"] : ["h"];
        int size = task.Directions * task.Batch * task.Hidden;
        _states = [.. names.SelectMany(_ => new[] { new float[size], new float[size] })];
        OrtValue[] states = [.. _states.Select(state => Bind(state, task.Directions, task.Batch, task.Hidden))];
        _bindings = new OrtIoBinding[names.Length == 0 ? 1 : 2];
        for (int turn = 0; turn < _bindings.Length; turn++)
        {
            OrtIoBinding binding = _session.CreateIoBinding();
            binding.BindInput("x", x);
            binding.BindOutput("y", y);
            for (int i = 0; i < names.Length; i++)
            {
                binding.BindInput(names[i] + "0", states[(2 * i) + turn]);
                binding.BindOutput(names[i] + "n", states[(2 * i) + 1 - turn]);
            }

            _bindings[turn] = binding;
        }
    }

    public override void Call()
    {
        _session.RunWithBinding(_options, _bindings[_turn]);
        _turn = _bindings.Length - 1 - _turn;
    }

    public override void Dispose()
    {
        foreach (OrtIoBinding binding in _bindings)
        {
            binding.Dispose();
        }

        _values.ForEach(value => value.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    protected override void Reset()
    {
        foreach (float[] state in _states)
        {
            Array.Clear(state);
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
