using BenchmarkDotNet.Attributes;

namespace Recurrent.Benchmarks;

/// <summary>Whole sequences, of one stream and of a batch; time per sequence of <see cref="Time"/> steps.</summary>
[MemoryDiagnoser]
public class SequenceBenchmarks
{
    private const int Time = 50;

    private RecurrentModel? _model;
    private Session? _session;
    private float[] _x = [];
    private float[] _y = [];

    [Params(Cell.Lstm, Cell.Gru)]
    public Cell Cell { get; set; }

    [Params(64, 256)]
    public int Hidden { get; set; }

    [Params(1, 32)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _model = RecurrentModel.Create(Models.Layer(Cell, Hidden, Hidden));
        _session = _model.OpenSession(Batch);
        _x = Models.Values(Time * Batch * Hidden);
        _y = new float[_x.Length];
    }

    [Benchmark]
    public void Run() => _session!.Run(_x, _y, Time);

    [GlobalCleanup]
    public void Close()
    {
        _session?.Dispose();
        _model?.Dispose();
    }
}
