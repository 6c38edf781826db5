using BenchmarkDotNet.Attributes;

namespace Recurrent.Benchmarks;

/// <summary>
/// What a prediction of one window costs over a session's reset and run, and a batch of windows over a session of as many
/// rows; time per call.
/// </summary>
[MemoryDiagnoser]
public class PredictBenchmarks
{
    private const int Time = 10;

    private RecurrentModel? _model;
    private Session? _session;
    private float[] _x = [];
    private float[] _y = [];

    [Params(1, 20, 128)]
    public int Hidden { get; set; }

    [Params(1, 64)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _model = RecurrentModel.Create(Models.Layer(Cell.Lstm, 1, Hidden));
        _session = _model.OpenSession(Batch);
        _x = Models.Values(Time * Batch);
        _y = new float[Time * Batch * Hidden];
    }

    [Benchmark(Baseline = true)]
    public void ResetAndRun()
    {
        _session!.Reset();
        _session.Run(_x, _y, Time);
    }

    [Benchmark]
    public void Predict() => _model!.Predict(_x, Batch, Time, _y);

    [Benchmark]
    public float[] PredictToNewArray() => _model!.Predict(_x, Batch, Time);

    [GlobalCleanup]
    public void Close()
    {
        _session?.Dispose();
        _model?.Dispose();
    }
}
