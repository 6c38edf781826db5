using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;

namespace Recurrent.Benchmarks;

/// <summary>What a call costs beside its arithmetic: the smallest step against a native function that does nothing.</summary>
[MemoryDiagnoser]
public class CallBenchmarks
{
    private readonly float[] _x = new float[1];
    private readonly float[] _y = new float[1];
    private RecurrentModel? _model;
    private Session? _session;
    private Session? _empty;
    private uint _version;

    [GlobalSetup]
    public void Open()
    {
        _model = RecurrentModel.Create(Models.Layer(Cell.SimpleRnn, 1, 1));
        _session = _model.OpenSession();
        _empty = _model.OpenSession(batch: 0);
    }

    [Benchmark(Baseline = true)]
    public void EmptyNativeCall() => _version = NativeVersion();

    /// <summary>Checks, call and return: a step of no rows computes nothing.</summary>
    [Benchmark]
    public void StepOfNoRows() => _empty!.Step([], []);

    [Benchmark]
    public void StepOfOneUnit() => _session!.Step(_x, _y);

    [GlobalCleanup]
    public void Close()
    {
        _empty?.Dispose();
        _session?.Dispose();
        _model?.Dispose();
    }

    [DllImport("recurrent", EntryPoint = "recurrent_abi_version")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern uint NativeVersion();
}
