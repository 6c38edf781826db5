using System.Buffers.Binary;

namespace Recurrent.Cli.Data;

/// <summary>The chunk <c>fmt </c> of a WAV file.</summary>
/// <param name="IsFloat">Whether samples are floats instead of whole numbers.</param>
/// <param name="SampleBytes">Bytes of a sample of one channel.</param>
/// <param name="Channels">Channels; their samples alternate.</param>
/// <param name="SampleRate">Samples a second.</param>
internal sealed record WavFormat(bool IsFloat, int SampleBytes, int Channels, int SampleRate)
{
    public const ushort Pcm = 1;
    public const ushort Float = 3;

    private const ushort Extensible = 0xFFFE;
    private const int ShortestChunk = 16;
    private const int SubformatAt = 24;
    private const int MostChannels = 64;
    private const int HighestRate = 10_000_000;

    /// <summary>Bytes of one sample of all channels.</summary>
    public int FrameBytes => SampleBytes * Channels;

    /// <summary>Reads the chunk.</summary>
    /// <param name="chunk">Its contents.</param>
    /// <param name="offset">Where in the file they begin, for messages.</param>
    public static WavFormat Parse(ReadOnlySpan<byte> chunk, int offset)
    {
        if (chunk.Length < ShortestChunk)
        {
            throw new DataFormatException(
                $"byte {offset}: expected a format of at least {ShortestChunk} bytes, found {chunk.Length}.");
        }

        ushort kind = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (kind == Extensible && chunk.Length >= SubformatAt + sizeof(ushort))
        {
            kind = BinaryPrimitives.ReadUInt16LittleEndian(chunk[SubformatAt..]);
        }

        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (!(kind == Pcm && bits is 16 or 24 or 32) && !(kind == Float && bits == 32))
        {
            throw new DataFormatException(
                $"byte {offset}: expected whole numbers of 16, 24 or 32 bits (format 1) or floats of 32 bits (format 3), "
                + $"found format {kind} with {bits} bits.");
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int frame = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        if (channels is < 1 or > MostChannels || rate is < 1 or > HighestRate || frame != channels * bits / 8)
        {
            throw new DataFormatException(
                $"byte {offset + 2}: expected 1 to {MostChannels} channels, a rate of 1 to {HighestRate} and as many bytes a "
                + $"sample as they need, found {channels}, {rate} and {frame}.");
        }

        return new WavFormat(kind == Float, bits / 8, channels, (int)rate);
    }

    /// <summary>The sample that the bytes begin with, full scale being 1.</summary>
    public float Read(ReadOnlySpan<byte> bytes) => (IsFloat, SampleBytes) switch
    {
        (true, _) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        (_, 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32768f,
        // The three bytes are the upper ones of 32 bits, so that the sign is where it should be.
        (_, 3) => ((bytes[0] << 8) | (bytes[1] << 16) | (bytes[2] << 24)) / 2147483648f,
        _ => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2147483648f,
    };
}
