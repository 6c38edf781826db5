using BenchmarkDotNet.Attributes;

namespace Recurrent.Benchmarks;

/// <summary>One step of one stream: the cells, over hidden sizes.</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private RecurrentModel? _model;
    private Session? _session;
    private float[] _x = [];
    private float[] _y = [];

    [Params(Cell.SimpleRnn, Cell.Lstm, Cell.Gru, Cell.GruResetBefore)]
    public Cell Cell { get; set; }

    [Params(16, 64, 256)]
    public int Hidden { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _model = RecurrentModel.Create(Models.Layer(Cell, Hidden, Hidden));
        _session = _model.OpenSession();
        _x = Models.Values(Hidden);
        _y = new float[Hidden];
    }

    [Benchmark]
    public void Step() => _session!.Step(_x, _y);

    [GlobalCleanup]
    public void Close()
    {
        _session?.Dispose();
        _model?.Dispose();
    }
}
