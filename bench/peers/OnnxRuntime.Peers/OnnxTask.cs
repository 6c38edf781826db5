using Microsoft.ML.OnnxRuntime;

namespace Recurrent.Peers;

/// <summary>
/// The shared ONNX file in a session of ONNX Runtime, with inputs and outputs in memory that is bound once: the fastest way to
/// call it from C#.
/// </summary>
internal abstract class OnnxTask : InferenceTask
{
    private readonly List<OrtValue> _values = [];
    private readonly float[] _input;
    private readonly float[] _output;

    protected OnnxTask(BenchTask task)
        : base(task)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = task.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        Session = new InferenceSession(task.Model, options);
        _input = new float[task.Time * task.Batch * task.Input];
        task.Inputs[.._input.Length].CopyTo(_input);
        _output = new float[task.Time * task.Batch * task.Output];
        X = Bind(_input, task.Time, task.Batch, task.Input);
        Y = Bind(_output, task.Time, task.Batch, task.Output);
    }

    protected InferenceSession Session { get; }

    protected RunOptions Options { get; } = new();

    protected OrtValue X { get; }

    protected OrtValue Y { get; }

    public override void Dispose()
    {
        _values.ForEach(value => value.Dispose());
        Options.Dispose();
        Session.Dispose();
    }

    protected override void SetInput(ReadOnlySpan<float> x) => x.CopyTo(_input);

    protected override ReadOnlySpan<float> Outputs() => _output;

    /// <summary>Names of a stream's states, in the file with a 0 before the step and an n after it.</summary>
    protected static string[] StatesOf(BenchTask task) => task.Cell == "lstm" ? ["h", "c"] : ["h"];

    protected OrtValue Bind(float[] memory, params long[] shape)
    {
        // The value pins the array for as long as it lives.
        OrtValue value = OrtValue.CreateTensorValueFromMemory(memory, shape);
        _values.Add(value);
        return value;
    }
}
