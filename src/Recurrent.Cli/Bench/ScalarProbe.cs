using System.Runtime.CompilerServices;

namespace Recurrent.Cli.Bench;

/// <summary>The loops without vectors. Products and sums are apart, because not every machine has them in one.</summary>
internal sealed unsafe class ScalarProbe : RateProbe
{
    public override int Lanes => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float MultiplyAdd(int rounds)
    {
        float factor = 0.999f;
        float addend = 0.001f;
        float a0 = 2;
        float a1 = 3;
        float a2 = 4;
        float a3 = 5;
        float a4 = 6;
        float a5 = 7;
        float a6 = 8;
        float a7 = 9;
        float a8 = 10;
        float a9 = 11;
        float a10 = 12;
        float a11 = 13;
        for (int round = 0; round < rounds; round++)
        {
            a0 = (a0 * factor) + addend;
            a1 = (a1 * factor) + addend;
            a2 = (a2 * factor) + addend;
            a3 = (a3 * factor) + addend;
            a4 = (a4 * factor) + addend;
            a5 = (a5 * factor) + addend;
            a6 = (a6 * factor) + addend;
            a7 = (a7 * factor) + addend;
            a8 = (a8 * factor) + addend;
            a9 = (a9 * factor) + addend;
            a10 = (a10 * factor) + addend;
            a11 = (a11 * factor) + addend;

            a0 = (a0 * factor) + addend;
            a1 = (a1 * factor) + addend;
            a2 = (a2 * factor) + addend;
            a3 = (a3 * factor) + addend;
            a4 = (a4 * factor) + addend;
            a5 = (a5 * factor) + addend;
            a6 = (a6 * factor) + addend;
            a7 = (a7 * factor) + addend;
            a8 = (a8 * factor) + addend;
            a9 = (a9 * factor) + addend;
            a10 = (a10 * factor) + addend;
            a11 = (a11 * factor) + addend;
        }

        return a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Read(byte* data, nint bytes, int passes)
    {
        ulong s0 = 0;
        ulong s1 = 0;
        ulong s2 = 0;
        ulong s3 = 0;
        ulong s4 = 0;
        ulong s5 = 0;
        ulong s6 = 0;
        ulong s7 = 0;
        byte* end = data + bytes;
        for (int pass = 0; pass < passes; pass++)
        {
            for (byte* next = data; next != end; next += 64)
            {
                s0 |= *(ulong*)(next + 0);
                s1 |= *(ulong*)(next + 8);
                s2 |= *(ulong*)(next + 16);
                s3 |= *(ulong*)(next + 24);
                s4 |= *(ulong*)(next + 32);
                s5 |= *(ulong*)(next + 40);
                s6 |= *(ulong*)(next + 48);
                s7 |= *(ulong*)(next + 56);
            }
        }

        return s0 | s1 | s2 | s3 | s4 | s5 | s6 | s7;
    }
}
