using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recurrent.Cli.Bench;

/// <summary>The loops with 256-bit vectors.</summary>
internal sealed unsafe class Avx2Probe : RateProbe
{
    public override int Lanes => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float MultiplyAdd(int rounds)
    {
        Vector256<float> factor = Vector256.Create(0.999f);
        Vector256<float> addend = Vector256.Create(0.001f);
        Vector256<float> a0 = Vector256.Create(2f);
        Vector256<float> a1 = Vector256.Create(3f);
        Vector256<float> a2 = Vector256.Create(4f);
        Vector256<float> a3 = Vector256.Create(5f);
        Vector256<float> a4 = Vector256.Create(6f);
        Vector256<float> a5 = Vector256.Create(7f);
        Vector256<float> a6 = Vector256.Create(8f);
        Vector256<float> a7 = Vector256.Create(9f);
        Vector256<float> a8 = Vector256.Create(10f);
        Vector256<float> a9 = Vector256.Create(11f);
        Vector256<float> a10 = Vector256.Create(12f);
        Vector256<float> a11 = Vector256.Create(13f);
        for (int round = 0; round < rounds; round++)
        {
            a0 = Fma.MultiplyAdd(a0, factor, addend);
            a1 = Fma.MultiplyAdd(a1, factor, addend);
            a2 = Fma.MultiplyAdd(a2, factor, addend);
            a3 = Fma.MultiplyAdd(a3, factor, addend);
            a4 = Fma.MultiplyAdd(a4, factor, addend);
            a5 = Fma.MultiplyAdd(a5, factor, addend);
            a6 = Fma.MultiplyAdd(a6, factor, addend);
            a7 = Fma.MultiplyAdd(a7, factor, addend);
            a8 = Fma.MultiplyAdd(a8, factor, addend);
            a9 = Fma.MultiplyAdd(a9, factor, addend);
            a10 = Fma.MultiplyAdd(a10, factor, addend);
            a11 = Fma.MultiplyAdd(a11, factor, addend);

            a0 = Fma.MultiplyAdd(a0, factor, addend);
            a1 = Fma.MultiplyAdd(a1, factor, addend);
            a2 = Fma.MultiplyAdd(a2, factor, addend);
            a3 = Fma.MultiplyAdd(a3, factor, addend);
            a4 = Fma.MultiplyAdd(a4, factor, addend);
            a5 = Fma.MultiplyAdd(a5, factor, addend);
            a6 = Fma.MultiplyAdd(a6, factor, addend);
            a7 = Fma.MultiplyAdd(a7, factor, addend);
            a8 = Fma.MultiplyAdd(a8, factor, addend);
            a9 = Fma.MultiplyAdd(a9, factor, addend);
            a10 = Fma.MultiplyAdd(a10, factor, addend);
            a11 = Fma.MultiplyAdd(a11, factor, addend);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Read(byte* data, nint bytes, int passes)
    {
        Vector256<byte> s0 = default;
        Vector256<byte> s1 = default;
        Vector256<byte> s2 = default;
        Vector256<byte> s3 = default;
        Vector256<byte> s4 = default;
        Vector256<byte> s5 = default;
        Vector256<byte> s6 = default;
        Vector256<byte> s7 = default;
        byte* end = data + bytes;
        for (int pass = 0; pass < passes; pass++)
        {
            for (byte* next = data; next != end; next += 256)
            {
                s0 |= Vector256.Load(next + 0);
                s1 |= Vector256.Load(next + 32);
                s2 |= Vector256.Load(next + 64);
                s3 |= Vector256.Load(next + 96);
                s4 |= Vector256.Load(next + 128);
                s5 |= Vector256.Load(next + 160);
                s6 |= Vector256.Load(next + 192);
                s7 |= Vector256.Load(next + 224);
            }
        }

        return Vector256.Sum((s0 | s1 | s2 | s3 | s4 | s5 | s6 | s7).AsSingle());
    }
}
