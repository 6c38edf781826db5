using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Recurrent.Cli.Bench;

/// <summary>The loops with the 128-bit vectors of 64-bit Arm.</summary>
internal sealed unsafe class NeonProbe : RateProbe
{
    public override int Lanes => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float MultiplyAdd(int rounds)
    {
        Vector128<float> factor = Vector128.Create(0.999f);
        Vector128<float> addend = Vector128.Create(0.001f);
        Vector128<float> a0 = Vector128.Create(2f);
        Vector128<float> a1 = Vector128.Create(3f);
        Vector128<float> a2 = Vector128.Create(4f);
        Vector128<float> a3 = Vector128.Create(5f);
        Vector128<float> a4 = Vector128.Create(6f);
        Vector128<float> a5 = Vector128.Create(7f);
        Vector128<float> a6 = Vector128.Create(8f);
        Vector128<float> a7 = Vector128.Create(9f);
        Vector128<float> a8 = Vector128.Create(10f);
        Vector128<float> a9 = Vector128.Create(11f);
        Vector128<float> a10 = Vector128.Create(12f);
        Vector128<float> a11 = Vector128.Create(13f);
        for (int round = 0; round < rounds; round++)
        {
            a0 = AdvSimd.FusedMultiplyAdd(addend, a0, factor);
            a1 = AdvSimd.FusedMultiplyAdd(addend, a1, factor);
            a2 = AdvSimd.FusedMultiplyAdd(addend, a2, factor);
            a3 = AdvSimd.FusedMultiplyAdd(addend, a3, factor);
            a4 = AdvSimd.FusedMultiplyAdd(addend, a4, factor);
            a5 = AdvSimd.FusedMultiplyAdd(addend, a5, factor);
            a6 = AdvSimd.FusedMultiplyAdd(addend, a6, factor);
            a7 = AdvSimd.FusedMultiplyAdd(addend, a7, factor);
            a8 = AdvSimd.FusedMultiplyAdd(addend, a8, factor);
            a9 = AdvSimd.FusedMultiplyAdd(addend, a9, factor);
            a10 = AdvSimd.FusedMultiplyAdd(addend, a10, factor);
            a11 = AdvSimd.FusedMultiplyAdd(addend, a11, factor);

            a0 = AdvSimd.FusedMultiplyAdd(addend, a0, factor);
            a1 = AdvSimd.FusedMultiplyAdd(addend, a1, factor);
            a2 = AdvSimd.FusedMultiplyAdd(addend, a2, factor);
            a3 = AdvSimd.FusedMultiplyAdd(addend, a3, factor);
            a4 = AdvSimd.FusedMultiplyAdd(addend, a4, factor);
            a5 = AdvSimd.FusedMultiplyAdd(addend, a5, factor);
            a6 = AdvSimd.FusedMultiplyAdd(addend, a6, factor);
            a7 = AdvSimd.FusedMultiplyAdd(addend, a7, factor);
            a8 = AdvSimd.FusedMultiplyAdd(addend, a8, factor);
            a9 = AdvSimd.FusedMultiplyAdd(addend, a9, factor);
            a10 = AdvSimd.FusedMultiplyAdd(addend, a10, factor);
            a11 = AdvSimd.FusedMultiplyAdd(addend, a11, factor);
        }

        return Vector128.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Read(byte* data, nint bytes, int passes)
    {
        Vector128<byte> s0 = default;
        Vector128<byte> s1 = default;
        Vector128<byte> s2 = default;
        Vector128<byte> s3 = default;
        Vector128<byte> s4 = default;
        Vector128<byte> s5 = default;
        Vector128<byte> s6 = default;
        Vector128<byte> s7 = default;
        byte* end = data + bytes;
        for (int pass = 0; pass < passes; pass++)
        {
            for (byte* next = data; next != end; next += 128)
            {
                s0 |= Vector128.Load(next + 0);
                s1 |= Vector128.Load(next + 16);
                s2 |= Vector128.Load(next + 32);
                s3 |= Vector128.Load(next + 48);
                s4 |= Vector128.Load(next + 64);
                s5 |= Vector128.Load(next + 80);
                s6 |= Vector128.Load(next + 96);
                s7 |= Vector128.Load(next + 112);
            }
        }

        return Vector128.Sum((s0 | s1 | s2 | s3 | s4 | s5 | s6 | s7).AsSingle());
    }
}
