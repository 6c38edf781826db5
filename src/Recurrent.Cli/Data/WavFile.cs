using System.Buffers.Binary;
using System.Text;

namespace Recurrent.Cli.Data;

/// <summary>
/// WAV: a RIFF file with a chunk <c>fmt </c> and a chunk <c>data</c>; samples of 16, 24 or 32 bits or 32-bit floats.
/// </summary>
internal static class WavFile
{
    private const int ChunkHeader = 8;
    private const uint UnknownLength = uint.MaxValue;

    /// <summary>Takes the contents of a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="channel">The channel that is taken, from 1; null for all of them.</param>
    /// <returns>Samples of shape [samples, channels], full scale being 1.</returns>
    /// <exception cref="DataFormatException">The contents are damaged or not supported.</exception>
    public static DataArray Parse(ReadOnlySpan<byte> bytes, int? channel = null)
    {
        if (bytes.Length < 12 || !bytes.StartsWith("RIFF"u8) || !bytes[8..].StartsWith("WAVE"u8))
        {
            throw new DataFormatException("byte 0: expected the beginning of a WAV file, RIFF, a length and WAVE.");
        }

        WavFormat? format = null;
        int at = 12;
        while (bytes.Length - at >= ChunkHeader)
        {
            ReadOnlySpan<byte> name = bytes.Slice(at, 4);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            int begin = at + ChunkHeader;
            bool isData = name.SequenceEqual("data"u8);
            if (isData && length == UnknownLength)
            {
                // Written by a program that could not go back to fill the length in.
                length = (uint)(bytes.Length - begin);
            }

            if (length > (uint)(bytes.Length - begin))
            {
                throw new DataFormatException(
                    $"byte {at + 4}: the chunk says that it has {length} bytes, and {bytes.Length - begin} are left.");
            }

            ReadOnlySpan<byte> content = bytes.Slice(begin, (int)length);
            if (name.SequenceEqual("fmt "u8))
            {
                format = WavFormat.Parse(content, begin);
            }
            else if (isData)
            {
                return Samples(
                    content, format ?? throw new DataFormatException($"byte {at}: the data come before their format."),
                    begin, channel);
            }

            // Chunks begin at even bytes.
            at = (int)Math.Min(bytes.Length, begin + (long)length + (length & 1));
        }

        throw new DataFormatException($"byte {at}: the file ends without a chunk of data.");
    }

    /// <summary>Writes a file.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="array">The samples, [samples, channels], and how many a second.</param>
    /// <param name="asPcm">Whether samples are whole numbers of 16 bits instead of floats.</param>
    /// <returns>How many samples had to be clipped.</returns>
    public static long Write(Stream stream, DataArray array, bool asPcm)
    {
        int size = asPcm ? sizeof(short) : sizeof(float);
        int channels = array.Shape[^1];
        long dataBytes = (long)array.Values.Length * size;
        if (dataBytes > int.MaxValue)
        {
            throw new UnusableInputException("A WAV file holds at most 2 GB; write a .npy file.");
        }

        int sampleRate = array.SampleRate ?? throw new UnusableInputException("A WAV file needs a sample rate.");
        using var writer = new BinaryWriter(stream, Encoding.Latin1, leaveOpen: true);
        writer.Write("RIFF"u8);
        writer.Write((uint)(36 + dataBytes));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write(asPcm ? WavFormat.Pcm : WavFormat.Float);
        writer.Write((ushort)channels);
        writer.Write(sampleRate);
        writer.Write(sampleRate * channels * size);
        writer.Write((ushort)(channels * size));
        writer.Write((ushort)(8 * size));
        writer.Write("data"u8);
        writer.Write((uint)dataBytes);
        return WriteSamples(writer, array.Values, asPcm);
    }

    private static long WriteSamples(BinaryWriter writer, float[] samples, bool asPcm)
    {
        long clipped = 0;
        foreach (float sample in samples)
        {
            if (asPcm)
            {
                float scaled = MathF.Round(32768 * sample);
                clipped += scaled is >= short.MinValue and <= short.MaxValue ? 0 : 1;
                writer.Write(float.IsNaN(scaled) ? (short)0 : (short)Math.Clamp(scaled, short.MinValue, short.MaxValue));
            }
            else
            {
                writer.Write(sample);
            }
        }

        return clipped;
    }

    private static DataArray Samples(ReadOnlySpan<byte> data, WavFormat format, int offset, int? channel)
    {
        if (channel > format.Channels)
        {
            throw new DataFormatException($"--channel: expected 1 to {format.Channels}, found {channel}.");
        }

        if (data.Length % format.FrameBytes != 0)
        {
            throw new DataFormatException(
                $"byte {offset}: expected samples of {format.FrameBytes} bytes, found {data.Length} bytes in all.");
        }

        int first = (channel ?? 1) - 1;
        int taken = channel is null ? format.Channels : 1;
        int frames = data.Length / format.FrameBytes;
        var values = new float[frames * taken];
        for (int i = 0; i < values.Length; i++)
        {
            int sample = (i / taken * format.Channels) + first + (i % taken);
            values[i] = format.Read(data[(sample * format.SampleBytes)..]);
        }

        return new DataArray([frames, taken], values) { SampleRate = format.SampleRate, HasChannels = true };
    }
}
