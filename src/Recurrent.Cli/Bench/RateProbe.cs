using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Recurrent.Cli.Bench;

/// <summary>
/// The two loops that a machine's rates are measured with, once for each instruction set. They repeat lines instead of
/// looping over arrays, because the compiler keeps only named values in registers.
/// </summary>
internal abstract unsafe class RateProbe
{
    // A multiply-add takes four clocks and two start in each: eight chains would do, twelve leave room.
    private const int Accumulators = 12;

    // The loop's own counting and jump take a place of a multiply-add on some processors; twice as many share it.
    private const int Repeats = 2;

    /// <summary>Floats of a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Floating-point operations of a round; a multiply-add counts as two.</summary>
    public double OperationsPerRound => 2.0 * Accumulators * Repeats * Lanes;

    /// <summary>The loops of an instruction set that this machine has.</summary>
    public static RateProbe For(InstructionSet isa) => LanesOf(isa) switch
    {
        16 when Avx512F.IsSupported => new Avx512Probe(),
        8 when Fma.IsSupported && Avx2.IsSupported => new Avx2Probe(),
        4 when AdvSimd.Arm64.IsSupported => new NeonProbe(),
        _ => new ScalarProbe(),
    };

    private static int LanesOf(InstructionSet isa) =>
        Machine.KnownInstructionSets.First(set => set.InstructionSet == isa).VectorWidth;

    /// <summary>Multiply-adds on independent accumulators.</summary>
    /// <returns>A number that depends on all of them.</returns>
    public abstract float MultiplyAdd(int rounds);

    /// <summary>Reads memory over and over.</summary>
    /// <param name="data">What is read; aligned to a cache line.</param>
    /// <param name="bytes">A multiple of 512.</param>
    /// <param name="passes">How often.</param>
    /// <returns>A number that depends on all of it.</returns>
    public abstract float Read(byte* data, nint bytes, int passes);
}
