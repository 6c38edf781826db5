using System.Buffers.Binary;
using Recurrent.Files;

namespace Recurrent.Serving;

/// <summary>The bytes of a file of <see cref="FileStreamStore"/>: docs/serving.md has their order.</summary>
internal static class StateFile
{
    private const uint Version = 1;

    private const int VersionAt = 8;
    private const int KeyLengthAt = 12;
    private const int SequenceAt = 16;
    private const int StateLengthAt = 24;
    private const int ReservedAt = 32;
    private const int ChecksumAt = 36;
    private const int HeaderBytes = 40;

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'R', (byte)'S', (byte)'F', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Writes a file.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> key, long sequence, ReadOnlySpan<byte> state)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[VersionAt..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[KeyLengthAt..], key.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[SequenceAt..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[StateLengthAt..], state.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], ChecksumOf(header, key, state));
        stream.Write(header);
        stream.Write(key);
        stream.Write(state);
    }

    /// <summary>Reads a file; null if there is none.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="key">Whose state it is to have.</param>
    /// <exception cref="IOException">It is damaged, of another version or another key, or cannot be read.</exception>
    public static (long Sequence, byte[] Bytes, int StateAt)? Read(string path, ReadOnlySpan<byte> key)
    {
        byte[] bytes;
        try
        {
            // Whoever replaces or removes it meanwhile leaves this one what it has opened.
            using FileStream stream = new(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (EndOfStreamException e)
        {
            throw new IOException($"'{path}' became shorter while it was read.", e);
        }

        if (WhyUnusable(bytes, key) is { } reason)
        {
            throw new IOException($"'{path}' {reason}. Remove the file to do without the state.");
        }

        return (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(SequenceAt)), bytes, HeaderBytes + key.Length);
    }

    private static string? WhyUnusable(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Magic))
        {
            return $"is no file of a state, or damaged: expected {HeaderBytes} bytes or more that begin with "
                + $"{Convert.ToHexString(Magic)}, found {bytes.Length} that begin with "
                + Convert.ToHexString(bytes[..Math.Min(bytes.Length, Magic.Length)]);
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionAt..]);
        if (version != Version)
        {
            return $"is of version {version}, expected {Version}";
        }

        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[KeyLengthAt..]);
        long stateLength = BinaryPrimitives.ReadInt64LittleEndian(bytes[StateLengthAt..]);
        // None of the three is so large that the sum could overflow unless it is wrong.
        if (keyLength < 0 || keyLength > bytes.Length || stateLength < 0 || stateLength > bytes.Length
            || HeaderBytes + keyLength + stateLength != bytes.Length)
        {
            return $"is damaged: expected {HeaderBytes} + {keyLength} + {stateLength} bytes as it says, found {bytes.Length}";
        }

        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]);
        uint found = ChecksumOf(bytes[..HeaderBytes], bytes.Slice(HeaderBytes, keyLength), bytes[(HeaderBytes + keyLength)..]);
        if (found != checksum)
        {
            return $"is damaged: expected the checksum {checksum:x8}, found {found:x8}";
        }

        return bytes.Slice(HeaderBytes, keyLength).SequenceEqual(key)
            ? null
            : "has the state of another key: it was copied here from somewhere else";
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> key, ReadOnlySpan<byte> state) =>
        Crc32C.Append(Crc32C.Append(Crc32C.Of(header[..ChecksumAt]), key), state);
}
