using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recurrent.Files;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// A stream's state as bytes, which a stream on another machine goes on from: the floats that <see cref="Session"/> and
/// <see cref="StreamPool"/> save for one row or stream, how many steps are behind them, and what they belong to. The bytes are
/// the same on every machine; docs/serving.md has their order.
/// </summary>
/// <remarks>
/// Bytes are not trusted. Damaged ones, those of another version and those of another model are refused, and nothing has been
/// written then. All members may be called from several threads.
/// </remarks>
/// <example>
/// <code>
/// byte[] bytes = new byte[StreamState.SizeOf(model.StateSize)];
/// session.SaveState(0, 1, floats);
/// StreamState.Write(model.Fingerprints, steps, floats, bytes);
/// ...
/// long steps = StreamState.Read(bytes, other.Fingerprints, floats);
/// pool.LoadState([stream], floats);
/// </code>
/// </example>
public static class StreamState
{
    /// <summary>Bytes before the floats.</summary>
    public const int HeaderSize = 64;

    private const uint Version = 1;

    private const int VersionAt = 8;
    private const int ReservedAt = 12;
    private const int LengthAt = 16;
    private const int SequenceAt = 24;
    private const int LayoutAt = 32;
    private const int ModelAt = 40;
    private const int WeightFormatAt = 48;
    private const int StateSizeAt = 56;
    private const int ChecksumAt = 60;

    private const int MaxStateSize = (int.MaxValue - HeaderSize) / sizeof(float);

    // As of a model file: a transfer as text would damage it.
    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'R', (byte)'S', (byte)'T', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Bytes of a state.</summary>
    /// <param name="stateSize">Floats of state: <see cref="RecurrentModel.StateSize"/>; 0 or more.</param>
    /// <returns>64 bytes, and 4 for each float.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative, or more than an array of bytes can hold.</exception>
    public static int SizeOf(int stateSize) =>
        HeaderSize + (sizeof(float) * Require.Within(stateSize, 0, MaxStateSize, nameof(stateSize)));

    /// <summary>Writes a state.</summary>
    /// <param name="fingerprints">What it belongs to: <see cref="RecurrentModel.Fingerprints"/>.</param>
    /// <param name="sequence">How many steps are behind it, 0 or more.</param>
    /// <param name="state">The floats of one row of a session or of one stream.</param>
    /// <param name="destination">Receives the bytes, <see cref="SizeOf"/> of <paramref name="state"/> exactly.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sequence number is negative.</exception>
    /// <exception cref="ArgumentException">The length of the destination is wrong.</exception>
    public static void Write(
        StateFingerprints fingerprints, long sequence, ReadOnlySpan<float> state, Span<byte> destination)
    {
        Require.Within(sequence, 0, long.MaxValue, nameof(sequence));
        int size = SizeOf(state.Length);
        if (destination.Length != size)
        {
            throw new ArgumentException(
                $"{nameof(destination)}: expected {size} bytes for {state.Length} floats, found {destination.Length}.",
                nameof(destination));
        }

        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[VersionAt..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ReservedAt..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(destination[LengthAt..], size);
        BinaryPrimitives.WriteInt64LittleEndian(destination[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[LayoutAt..], fingerprints.Layout);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[ModelAt..], fingerprints.Model);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[WeightFormatAt..], fingerprints.WeightFormat);
        BinaryPrimitives.WriteInt32LittleEndian(destination[StateSizeAt..], state.Length);
        ReadOnlySpan<uint> floats = MemoryMarshal.Cast<float, uint>(state);
        Span<byte> bytes = destination[HeaderSize..];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(floats).CopyTo(bytes);
        }
        else
        {
            for (int i = 0; i < floats.Length; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * sizeof(float))..], floats[i]);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumAt..], ChecksumOf(destination));
    }

    /// <summary>Reads a state.</summary>
    /// <param name="source">The bytes, of exactly the length that was written.</param>
    /// <param name="fingerprints">Those of the model that is to go on: <see cref="RecurrentModel.Fingerprints"/>.</param>
    /// <param name="state">Receives the floats: <see cref="RecurrentModel.StateSize"/> of them exactly.</param>
    /// <param name="match">How much of the fingerprints has to be that of the state.</param>
    /// <returns>How many steps are behind the state.</returns>
    /// <exception cref="StreamStateException">
    /// The bytes are damaged, of another version, or of a state that does not belong to the model. The floats are unchanged.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The match is not defined.</exception>
    public static long Read(
        ReadOnlySpan<byte> source, StateFingerprints fingerprints, Span<float> state, StateMatch match = StateMatch.Model)
    {
        Require.Defined(match, nameof(match));
        StreamStateHeader header = ReadHeader(source);
        if ((WhyForeign(header.Fingerprints, fingerprints, match) ?? WhyOtherSize(header.StateSize, state.Length)) is { } reason)
        {
            throw new StreamStateException(reason);
        }

        ReadOnlySpan<byte> bytes = source[HeaderSize..];
        if (BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(state));
        }
        else
        {
            for (int i = 0; i < state.Length; i++)
            {
                state[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
            }
        }

        return header.Sequence;
    }

    /// <summary>Reads what the bytes of a state say of it, and checks all of them.</summary>
    /// <param name="source">The bytes, of exactly the length that was written.</param>
    /// <returns>What they say.</returns>
    /// <exception cref="StreamStateException">The bytes are damaged, or of another version.</exception>
    public static StreamStateHeader ReadHeader(ReadOnlySpan<byte> source) =>
        WhyUnreadable(source, out StreamStateHeader header) is { } reason
            ? throw new StreamStateException(reason)
            : header;

    /// <summary>Reads what the bytes of a state say of it, and checks all of them.</summary>
    /// <param name="source">Bytes.</param>
    /// <param name="header">What they say; the default value if they are no state.</param>
    /// <returns>Whether they are a state that is not damaged, of a version that is known.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out StreamStateHeader header) =>
        WhyUnreadable(source, out header) is null;

    private static string? WhyUnreadable(ReadOnlySpan<byte> source, out StreamStateHeader header)
    {
        header = default;
        if (source.Length < HeaderSize)
        {
            return $"A state has {HeaderSize} bytes or more, found {source.Length}.";
        }

        if (!source.StartsWith(Magic))
        {
            return $"A state begins with the bytes {Convert.ToHexString(Magic)}, found {Convert.ToHexString(source[..Magic.Length])}.";
        }

        // Before the checksum, which another version may have elsewhere.
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(source[VersionAt..]);
        if (version != Version)
        {
            return $"The state is of version {version}, expected {Version}, the only one that this library knows.";
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(source[LengthAt..]);
        if (length != source.Length)
        {
            return $"The state says that it has {length} bytes, found {source.Length}: it was cut, or something follows.";
        }

        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumAt..]);
        uint found = ChecksumOf(source);
        if (found != checksum)
        {
            return $"The state has the checksum {found:x8}, expected {checksum:x8}: it is damaged.";
        }

        uint reserved = BinaryPrimitives.ReadUInt32LittleEndian(source[ReservedAt..]);
        int stateSize = BinaryPrimitives.ReadInt32LittleEndian(source[StateSizeAt..]);
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(source[SequenceAt..]);
        if (reserved != 0 || sequence < 0 || stateSize is < 0 or > MaxStateSize || SizeOf(stateSize) != length)
        {
            return $"The state says that {sequence} steps are behind it and that it has {stateSize} floats and the reserved "
                + $"number {reserved}; expected 0 steps or more, {(length - HeaderSize) / sizeof(float)} floats and 0.";
        }

        header = new StreamStateHeader(
            new StateFingerprints(
                BinaryPrimitives.ReadUInt64LittleEndian(source[LayoutAt..]),
                BinaryPrimitives.ReadUInt64LittleEndian(source[ModelAt..]),
                BinaryPrimitives.ReadUInt64LittleEndian(source[WeightFormatAt..])),
            sequence,
            stateSize);
        return null;
    }

    private static string? WhyForeign(StateFingerprints found, StateFingerprints expected, StateMatch match)
    {
        if (found.Layout != expected.Layout)
        {
            return "The state is of a model with other layers that have states: expected the layout "
                + $"{expected.Layout:x16}, found {found.Layout:x16}.";
        }

        if (match == StateMatch.Layout)
        {
            return null;
        }

        if (found.Model != expected.Model)
        {
            return $"The state is of another model: expected {expected.Model:x16}, found {found.Model:x16}. "
                + $"{nameof(StateMatch)}.{nameof(StateMatch.Layout)} takes it all the same.";
        }

        return found.WeightFormat == expected.WeightFormat
            ? null
            : "The state is of a model that is computed with another format of weights: expected "
                + $"{expected.WeightFormat:x16}, found {found.WeightFormat:x16}. "
                + $"{nameof(StateMatch)}.{nameof(StateMatch.Layout)} takes it all the same.";
    }

    private static string? WhyOtherSize(int found, int expected) =>
        found == expected ? null : $"state: expected {found} floats, as many as the state has, found {expected}.";

    /// <summary>Of all bytes but its own.</summary>
    private static uint ChecksumOf(ReadOnlySpan<byte> bytes) =>
        Crc32C.Append(Crc32C.Of(bytes[..ChecksumAt]), bytes[HeaderSize..]);
}
