using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Recurrent;

/// <summary>XXH64 with the seed 0 over numbers in little endian: fast, and known to every language.</summary>
internal sealed class FingerprintHash
{
    private const ulong Prime1 = 11400714785074694791;
    private const ulong Prime2 = 14029467366897019727;
    private const ulong Prime3 = 1609587929392839161;
    private const ulong Prime4 = 9650029242287828579;
    private const ulong Prime5 = 2870177450012600261;

    private const int StripeBytes = 32;

    private const uint Magnitude = 0x7fffffff;
    private const uint SmallestNormal = 0x00800000;
    private const uint Infinity = 0x7f800000;
    private const uint NaN = 0x7fc00000;

    // In the first-level cache, and a whole number of stripes.
    private readonly byte[] _block = new byte[4096];
    private int _filled;
    private ulong _length;
    private ulong _lane1 = unchecked(Prime1 + Prime2);
    private ulong _lane2 = Prime2;
    private ulong _lane3;
    private ulong _lane4 = unchecked(0 - Prime1);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, _block.Length - _filled);
            bytes[..count].CopyTo(_block.AsSpan(_filled));
            Take(count);
            bytes = bytes[count..];
        }
    }

    public void Append(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Append(bytes);
    }

    /// <summary>A number as it is.</summary>
    public void Append(float value) => Append(BitConverter.SingleToInt32Bits(value));

    /// <summary>Numbers as kernels have them: those below the normal ones are +0, and so is -0. Every NaN is the same.</summary>
    public void AppendFlushed(ReadOnlySpan<float> values)
    {
        while (!values.IsEmpty)
        {
            Span<byte> free = _block.AsSpan(_filled);
            int count = Math.Min(values.Length, free.Length / sizeof(float));
            if (count == 0)
            {
                // Whatever was appended has whole numbers, so that a block ends with one.
                throw new InvalidOperationException("The bytes in front of a number are no whole numbers.");
            }

            Flush(MemoryMarshal.Cast<float, uint>(values[..count]), MemoryMarshal.Cast<byte, uint>(free)[..count]);
            Take(count * sizeof(float));
            values = values[count..];
        }
    }

    /// <summary>The hash of everything; nothing may follow.</summary>
    public ulong Finish()
    {
        ReadOnlySpan<byte> rest = _block.AsSpan(0, _filled);
        ulong total = _length + (ulong)_filled;
        int whole = rest.Length / StripeBytes * StripeBytes;
        Mix(rest[..whole]);
        rest = rest[whole..];

        ulong hash = total >= StripeBytes ? Merged() : Prime5;
        hash += total;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest));
            hash = (BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4;
        }

        if (rest.Length >= sizeof(uint))
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1;
            hash = (BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3;
            rest = rest[sizeof(uint)..];
        }

        foreach (byte last in rest)
        {
            hash ^= last * Prime5;
            hash = BitOperations.RotateLeft(hash, 11) * Prime1;
        }

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong lane, ulong input) =>
        BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private static void Flush(ReadOnlySpan<uint> values, Span<uint> flushed)
    {
        int i = 0;
        for (; i <= values.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            Vector<uint> value = new(values[i..]);
            Vector<uint> magnitude = value & new Vector<uint>(Magnitude);
            value = Vector.ConditionalSelect(
                Vector.LessThan(magnitude, new Vector<uint>(SmallestNormal)), Vector<uint>.Zero, value);
            value = Vector.ConditionalSelect(
                Vector.GreaterThan(magnitude, new Vector<uint>(Infinity)), new Vector<uint>(NaN), value);
            value.CopyTo(flushed[i..]);
        }

        for (; i < values.Length; i++)
        {
            uint magnitude = values[i] & Magnitude;
            flushed[i] = magnitude < SmallestNormal ? 0 : magnitude > Infinity ? NaN : values[i];
        }

        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(flushed, flushed);
        }
    }

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;

    private void Take(int count)
    {
        _filled += count;
        if (_filled == _block.Length)
        {
            Mix(_block);
            _length += (ulong)_filled;
            _filled = 0;
        }
    }

    // Of whole stripes.
    private void Mix(ReadOnlySpan<byte> bytes)
    {
        // Locals stay in registers.
        (ulong lane1, ulong lane2, ulong lane3, ulong lane4) = (_lane1, _lane2, _lane3, _lane4);
        for (; bytes.Length >= StripeBytes; bytes = bytes[StripeBytes..])
        {
            lane1 = Round(lane1, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            lane2 = Round(lane2, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            lane3 = Round(lane3, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            lane4 = Round(lane4, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
        }

        (_lane1, _lane2, _lane3, _lane4) = (lane1, lane2, lane3, lane4);
    }

    private ulong Merged()
    {
        ulong hash = BitOperations.RotateLeft(_lane1, 1) + BitOperations.RotateLeft(_lane2, 7)
            + BitOperations.RotateLeft(_lane3, 12) + BitOperations.RotateLeft(_lane4, 18);
        return Merge(Merge(Merge(Merge(hash, _lane1), _lane2), _lane3), _lane4);
    }
}
