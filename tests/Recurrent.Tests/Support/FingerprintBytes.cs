using System.Buffers.Binary;
using System.Numerics;

namespace Recurrent.Tests.Support;

/// <summary>The bytes of a fingerprint as docs/serving.md lists them, and their XXH64 straight from its definition.</summary>
internal sealed class FingerprintBytes
{
    private readonly List<byte> _bytes = [];

    public FingerprintBytes(string name)
    {
        _bytes.AddRange(name.Select(letter => (byte)letter));
        Add(1);
    }

    public FingerprintBytes Add(params int[] values)
    {
        foreach (int value in values)
        {
            byte[] bytes = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            _bytes.AddRange(bytes);
        }

        return this;
    }

    public FingerprintBytes AddFloats(params float[] values) => Add(Array.ConvertAll(values, BitConverter.SingleToInt32Bits));

    public ulong Hash() => XxHash64([.. _bytes]);

    public static ulong XxHash64(byte[] bytes)
    {
        const ulong p1 = 0x9E3779B185EBCA87, p2 = 0xC2B2AE3D27D4EB4F, p3 = 0x165667B19E3779F9, p4 = 0x85EBCA77C2B2AE63,
            p5 = 0x27D4EB2F165667C5;
        ulong hash = p5;
        int at = 0;
        if (bytes.Length >= 32)
        {
            ulong[] lanes = [unchecked(p1 + p2), p2, 0, unchecked(0UL - p1)];
            for (; at + 32 <= bytes.Length; at += 32)
            {
                for (int lane = 0; lane < 4; lane++)
                {
                    lanes[lane] = Round(lanes[lane], BitConverter.ToUInt64(bytes, at + (8 * lane)));
                }
            }

            int[] turns = [1, 7, 12, 18];
            hash = 0;
            for (int lane = 0; lane < 4; lane++)
            {
                hash += BitOperations.RotateLeft(lanes[lane], turns[lane]);
            }

            foreach (ulong lane in lanes)
            {
                hash = ((hash ^ Round(0, lane)) * p1) + p4;
            }
        }

        hash += (ulong)bytes.Length;
        for (; at + 8 <= bytes.Length; at += 8)
        {
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BitConverter.ToUInt64(bytes, at)), 27) * p1) + p4;
        }

        for (; at + 4 <= bytes.Length; at += 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BitConverter.ToUInt32(bytes, at) * p1), 23) * p2) + p3;
        }

        for (; at < bytes.Length; at++)
        {
            hash = BitOperations.RotateLeft(hash ^ (bytes[at] * p5), 11) * p1;
        }

        hash = (hash ^ (hash >> 33)) * p2;
        hash = (hash ^ (hash >> 29)) * p3;
        return hash ^ (hash >> 32);

        static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * p2), 31) * p1;
    }
}
