namespace Recurrent;

/// <summary>Instruction set that a model's kernels use. All give the same bits.</summary>
public enum InstructionSet
{
    /// <summary>The best one of this machine, or the one that the environment variable RECURRENT_ISA names.</summary>
    Auto = -1,

    /// <summary>Plain C++; any machine.</summary>
    Scalar = 0,

    /// <summary>AVX2 and FMA3.</summary>
    Avx2 = 1,

    /// <summary>AVX-512 F, DQ, BW and VL.</summary>
    Avx512 = 2,

    /// <summary>Advanced SIMD (NEON) of 64-bit Arm.</summary>
    Neon = 3,
}
