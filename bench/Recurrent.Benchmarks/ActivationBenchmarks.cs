using BenchmarkDotNet.Attributes;
using Recurrent.Cli.Bench;
using Recurrent.Layers;

namespace Recurrent.Benchmarks;

/// <summary>
/// Activations over arrays that stay in the first-level cache, time per element, beside the time of 64 floating-point
/// operations at the multiply-add rate of the same instruction set: about what one is aimed to take with the widest.
/// </summary>
[MemoryDiagnoser]
public class ActivationBenchmarks
{
    // Input and output together fill 24 KiB.
    private const int Count = 3072;
    private const int OperationsPerElement = 64;

    private readonly float[] _x = Models.Values(Count, 8);
    private readonly float[] _y = new float[Count];
    private RateProbe _probe = RateProbe.For(InstructionSet.Scalar);
    private int _rounds;

    public static IEnumerable<InstructionSet> InstructionSets => Machine.InstructionSets;

    [ParamsSource(nameof(InstructionSets))]
    public InstructionSet InstructionSet { get; set; }

    [GlobalSetup]
    public void ChooseProbe()
    {
        _probe = RateProbe.For(InstructionSet);
        _rounds = (int)(Count * OperationsPerElement / _probe.OperationsPerRound);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public float SixtyFourOperations() => _probe.MultiplyAdd(_rounds);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Sigmoid() => Apply(Activation.Sigmoid);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Tanh() => Apply(Activation.Tanh);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Relu() => Apply(Activation.Relu);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Elu() => Apply(new Activation(ActivationKind.Elu, 1, 0));

    [Benchmark(OperationsPerInvoke = Count)]
    public void Softplus() => Apply(new Activation(ActivationKind.Softplus, 1, 0));

    private void Apply(Activation activation) => ActivationFunctions.Apply(activation, _x, _y, InstructionSet);
}
