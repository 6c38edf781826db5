using BenchmarkDotNet.Attributes;
using Recurrent.Layers;

namespace Recurrent.Benchmarks;

/// <summary>Activations over arrays that stay in the first-level cache; time per element.</summary>
[MemoryDiagnoser]
public class ActivationBenchmarks
{
    private const int Count = 2048;

    private readonly float[] _x = Models.Values(Count, 8);
    private readonly float[] _y = new float[Count];

    public static IEnumerable<InstructionSet> InstructionSets => Machine.InstructionSets;

    [ParamsSource(nameof(InstructionSets))]
    public InstructionSet InstructionSet { get; set; }

    [Params(ActivationKind.Sigmoid, ActivationKind.Tanh, ActivationKind.Relu, ActivationKind.Elu, ActivationKind.Softplus)]
    public ActivationKind Kind { get; set; }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Activate() => ActivationFunctions.Apply(new Activation(Kind, 1, 0), _x, _y, InstructionSet);
}
