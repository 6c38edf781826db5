using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recurrent.Cli.Bench;

/// <summary>The loops with 512-bit vectors.</summary>
internal sealed unsafe class Avx512Probe : RateProbe
{
    public override int Lanes => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float MultiplyAdd(int rounds)
    {
        Vector512<float> factor = Vector512.Create(0.999f);
        Vector512<float> addend = Vector512.Create(0.001f);
        Vector512<float> a0 = Vector512.Create(2f);
        Vector512<float> a1 = Vector512.Create(3f);
        Vector512<float> a2 = Vector512.Create(4f);
        Vector512<float> a3 = Vector512.Create(5f);
        Vector512<float> a4 = Vector512.Create(6f);
        Vector512<float> a5 = Vector512.Create(7f);
        Vector512<float> a6 = Vector512.Create(8f);
        Vector512<float> a7 = Vector512.Create(9f);
        Vector512<float> a8 = Vector512.Create(10f);
        Vector512<float> a9 = Vector512.Create(11f);
        Vector512<float> a10 = Vector512.Create(12f);
        Vector512<float> a11 = Vector512.Create(13f);
        for (int round = 0; round < rounds; round++)
        {
            a0 = Avx512F.FusedMultiplyAdd(a0, factor, addend);
            a1 = Avx512F.FusedMultiplyAdd(a1, factor, addend);
            a2 = Avx512F.FusedMultiplyAdd(a2, factor, addend);
            a3 = Avx512F.FusedMultiplyAdd(a3, factor, addend);
            a4 = Avx512F.FusedMultiplyAdd(a4, factor, addend);
            a5 = Avx512F.FusedMultiplyAdd(a5, factor, addend);
            a6 = Avx512F.FusedMultiplyAdd(a6, factor, addend);
            a7 = Avx512F.FusedMultiplyAdd(a7, factor, addend);
            a8 = Avx512F.FusedMultiplyAdd(a8, factor, addend);
            a9 = Avx512F.FusedMultiplyAdd(a9, factor, addend);
            a10 = Avx512F.FusedMultiplyAdd(a10, factor, addend);
            a11 = Avx512F.FusedMultiplyAdd(a11, factor, addend);

            a0 = Avx512F.FusedMultiplyAdd(a0, factor, addend);
            a1 = Avx512F.FusedMultiplyAdd(a1, factor, addend);
            a2 = Avx512F.FusedMultiplyAdd(a2, factor, addend);
            a3 = Avx512F.FusedMultiplyAdd(a3, factor, addend);
            a4 = Avx512F.FusedMultiplyAdd(a4, factor, addend);
            a5 = Avx512F.FusedMultiplyAdd(a5, factor, addend);
            a6 = Avx512F.FusedMultiplyAdd(a6, factor, addend);
            a7 = Avx512F.FusedMultiplyAdd(a7, factor, addend);
            a8 = Avx512F.FusedMultiplyAdd(a8, factor, addend);
            a9 = Avx512F.FusedMultiplyAdd(a9, factor, addend);
            a10 = Avx512F.FusedMultiplyAdd(a10, factor, addend);
            a11 = Avx512F.FusedMultiplyAdd(a11, factor, addend);
        }

        return Vector512.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Read(byte* data, nint bytes, int passes)
    {
        Vector512<byte> s0 = default;
        Vector512<byte> s1 = default;
        Vector512<byte> s2 = default;
        Vector512<byte> s3 = default;
        Vector512<byte> s4 = default;
        Vector512<byte> s5 = default;
        Vector512<byte> s6 = default;
        Vector512<byte> s7 = default;
        byte* end = data + bytes;
        for (int pass = 0; pass < passes; pass++)
        {
            for (byte* next = data; next != end; next += 512)
            {
                s0 |= Vector512.Load(next + 0);
                s1 |= Vector512.Load(next + 64);
                s2 |= Vector512.Load(next + 128);
                s3 |= Vector512.Load(next + 192);
                s4 |= Vector512.Load(next + 256);
                s5 |= Vector512.Load(next + 320);
                s6 |= Vector512.Load(next + 384);
                s7 |= Vector512.Load(next + 448);
            }
        }

        return Vector512.Sum((s0 | s1 | s2 | s3 | s4 | s5 | s6 | s7).AsSingle());
    }
}
