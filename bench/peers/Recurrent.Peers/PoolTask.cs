namespace Recurrent.Peers;

/// <summary>A step of streams of a pool.</summary>
internal sealed class PoolTask : InferenceTask
{
    private readonly RecurrentModel _model;
    private readonly StreamPool _pool;
    private readonly StreamId[] _streams;
    private readonly float[] _input;
    private readonly float[] _output;

    public PoolTask(BenchTask task)
        : base(task)
    {
        _model = RecurrentModel.Create(task.CreateLayers());
        _pool = _model.OpenPool(task.Batch);
        _streams = new StreamId[task.Batch];
        foreach (ref StreamId stream in _streams.AsSpan())
        {
            stream = _pool.Open();
        }

        // As streams come and go, the order of a call is not that of the memory.
        new Random(1).Shuffle(_streams);
        _input = new float[task.Batch * task.Input];
        task.Inputs[.._input.Length].CopyTo(_input);
        _output = new float[task.Batch * task.Output];
    }

    public override void Call() => _pool.Step(_streams, _input, _output);

    public override void Dispose()
    {
        _pool.Dispose();
        _model.Dispose();
    }

    protected override void Reset() => _pool.Reset(_streams);

    protected override void SetInput(ReadOnlySpan<float> x) => x.CopyTo(_input);

    protected override ReadOnlySpan<float> Outputs() => _output;
}
