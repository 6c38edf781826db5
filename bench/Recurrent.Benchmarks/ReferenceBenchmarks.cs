using BenchmarkDotNet.Attributes;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Benchmarks;

/// <summary>The managed reference beside the kernels, for scale: the same bits, one chain at a time.</summary>
[MemoryDiagnoser]
public class ReferenceBenchmarks
{
    private const int Hidden = 64;

    private readonly float[] _x = Models.Values(Hidden);
    private readonly float[] _y = new float[Hidden];
    private RecurrentModel? _model;
    private Session? _session;
    private ReferenceSession<float>? _reference;

    [GlobalSetup]
    public void Open()
    {
        RecurrentLayer layer = Models.Layer(Cell.Lstm, Hidden, Hidden);
        _model = RecurrentModel.Create(layer);
        _session = _model.OpenSession();
        _reference = ReferenceModel<float>.Create(layer).OpenSession();
    }

    [Benchmark(Baseline = true)]
    public void NativeStep() => _session!.Step(_x, _y);

    [Benchmark]
    public void ReferenceStep() => _reference!.Step(_x, _y);

    [GlobalCleanup]
    public void Close()
    {
        _session?.Dispose();
        _model?.Dispose();
    }
}
