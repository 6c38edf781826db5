using BenchmarkDotNet.Attributes;
using Recurrent.Layers;

namespace Recurrent.Benchmarks;

/// <summary>What comes before the first step: packing the weights, opening a session.</summary>
[MemoryDiagnoser]
public class OpeningBenchmarks
{
    private RecurrentLayer? _layer;
    private RecurrentModel? _model;
    private Session? _session;
    private float[] _states = [];

    [Params(64, 1024)]
    public int Hidden { get; set; }

    [GlobalSetup]
    public void Create()
    {
        _layer = Models.Layer(Cell.Lstm, Hidden, Hidden);
        _model = RecurrentModel.Create(_layer);
        _session = _model.OpenSession();
        _states = new float[_model.StateSize];
    }

    [Benchmark]
    public void PackModel() => RecurrentModel.Create(_layer!).Dispose();

    [Benchmark]
    public void OpenSession() => _model!.OpenSession().Dispose();

    [Benchmark]
    public void SaveAndLoadState()
    {
        _session!.SaveState(_states);
        _session.LoadState(_states);
    }

    [GlobalCleanup]
    public void Close()
    {
        _session?.Dispose();
        _model?.Dispose();
    }
}
