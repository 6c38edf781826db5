using Recurrent.Layers;

namespace Recurrent.Peers;

/// <summary>A sequence or a step through an open session.</summary>
internal sealed class SessionTask : InferenceTask
{
    private readonly RecurrentModel _model;
    private readonly Session _session;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly bool _streaming;
    private readonly int _time;

    public SessionTask(BenchTask task, GemmProvider provider)
        : base(task)
    {
        _streaming = task.IsStreaming;
        _time = task.Time;
        _model = RecurrentModel.Create(task.CreateLayers(), new ModelOptions
        {
            GemmProvider = provider,
            Weights = FormatOf(task.Format),
        });
        _session = _model.OpenSession(new SessionOptions { Batch = task.Batch, Threads = task.Threads });
        _input = task.Inputs[..(task.Time * task.Batch * task.Input)].ToArray();
        _output = new float[task.Time * task.Batch * task.Output];
    }

    public override void Call()
    {
        if (_streaming)
        {
            _session.Step(_input, _output);
        }
        else
        {
            _session.Reset();
            _session.Run(_input, _output, _time);
        }
    }

    public override void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }

    /// <summary>A format by the name that the tool has for it.</summary>
    private static WeightFormat FormatOf(string name) => name switch
    {
        "float32" => WeightFormat.Float32,
        "bfloat16" => WeightFormat.BFloat16,
        "int8" => WeightFormat.Int8,
        "int8-8bit" => WeightFormat.Int8With8BitInputs,
        _ => throw new NotSupportedException($"no format of weights is called {name}"),
    };

    protected override void Reset() => _session.Reset();

    protected override void SetInput(ReadOnlySpan<float> x) => x.CopyTo(_input);

    protected override ReadOnlySpan<float> Outputs() => _output;
}
