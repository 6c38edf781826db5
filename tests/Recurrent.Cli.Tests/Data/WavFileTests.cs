using System.Text;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Tests.Data;

public sealed class WavFileTests
{
    [Fact]
    public void Samples_of_every_width_are_read()
    {
        Assert.Equal([0.5f, -1], Parse(1, 16, 1, [0x00, 0x40, 0x00, 0x80]).Values);
        Assert.Equal([0.5f, -1], Parse(1, 24, 1, [0x00, 0x00, 0x40, 0x00, 0x00, 0x80]).Values);
        Assert.Equal([0.5f, -1], Parse(1, 32, 1, [0, 0, 0, 0x40, 0, 0, 0, 0x80]).Values);
        Assert.Equal([0.25f], Parse(3, 32, 1, BitConverter.GetBytes(0.25f)).Values);
    }

    [Fact]
    public void Rate_and_shape_are_those_of_the_file()
    {
        DataArray array = Parse(1, 16, 1, [0, 0, 0, 0]);

        Assert.Equal(48000, array.SampleRate);
        Assert.Equal([2, 1], array.Shape);
    }

    [Fact]
    public void All_channels_are_read_or_one_on_request()
    {
        byte[] data = [0x00, 0x40, 0x00, 0x20, 0x00, 0x10, 0x00, 0x08];

        DataArray all = Parse(1, 16, 2, data);
        DataArray second = WavFile.Parse(Wav(1, 16, 2, data), channel: 2);

        Assert.Equal([2, 2], all.Shape);
        Assert.Equal([0.5f, 0.25f, 0.125f, 0.0625f], all.Values);
        Assert.Equal([2, 1], second.Shape);
        Assert.Equal([0.25f, 0.0625f], second.Values);
        Assert.True(all.HasChannels && second.HasChannels);
        Assert.Contains("expected 1 to 2, found 3", Refusal(() => WavFile.Parse(Wav(1, 16, 2, data), channel: 3)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Channels_are_written_as_they_are_read(bool asPcm)
    {
        using var stream = new MemoryStream();
        var array = new DataArray([3, 2], [0.5f, -0.25f, 0.125f, 0, -1, 0.75f]) { SampleRate = 44100 };

        Assert.Equal(0, WavFile.Write(stream, array, asPcm));
        DataArray again = WavFile.Parse(stream.ToArray());

        Assert.Equal((44100, true), (again.SampleRate, again.HasChannels));
        Assert.Equal([3, 2], again.Shape);
        Assert.Equal(array.Values, again.Values);
    }

    [Fact]
    public void The_extensible_format_is_read()
    {
        byte[] chunk =
        [
            0xFE, 0xFF, .. Format(1, 16, 1)[2..], 22, 0, 16, 0, 4, 0, 0, 0,
            1, 0, 0, 0, 0, 0, 16, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
        ];

        Assert.Equal([0.5f], WavFile.Parse(Riff(("fmt ", chunk), ("data", [0x00, 0x40]))).Values);
    }

    [Fact]
    public void Other_chunks_are_skipped_and_odd_ones_are_padded() =>
        Assert.Equal(
            [0.5f],
            WavFile.Parse(Riff(("LIST", [1, 2, 3]), ("fmt ", Format(1, 16, 1)), ("cue ", [1]), ("data", [0, 0x40]))).Values);

    [Fact]
    public void A_length_that_was_not_known_stands_for_the_rest()
    {
        byte[] wav = Wav(1, 16, 1, [0x00, 0x40]);
        wav.AsSpan(40, 4).Fill(0xFF);

        Assert.Equal([0.5f], WavFile.Parse(wav).Values);
    }

    [Theory]
    [InlineData(1, 8, 1)]
    [InlineData(3, 64, 1)]
    [InlineData(85, 16, 1)]
    [InlineData(1, 16, 0)]
    [InlineData(1, 16, 65)]
    public void Other_formats_are_refused_with_the_place(int kind, int bits, int channels) =>
        Assert.Contains("byte 2", Refusal(() => Parse(kind, bits, channels, new byte[8])));

    [Fact]
    public void Damaged_chunks_are_refused_with_the_place()
    {
        Assert.Contains("byte 0:", Refusal(() => WavFile.Parse("RIFX"u8)));
        Assert.Contains("ends without a chunk of data", Refusal(() => WavFile.Parse(Riff(("fmt ", Format(1, 16, 1))))));
        Assert.Contains("byte 12: the data come before", Refusal(() => WavFile.Parse(Riff(("data", [0, 0])))));
        Assert.Contains("byte 44: expected samples of 2 bytes, found 3", Refusal(() => Parse(1, 16, 1, new byte[3])));
        byte[] tooLong = Wav(1, 16, 1, [0, 0]);
        tooLong[40] = 200;
        Assert.Contains("byte 40: the chunk says that it has 200 bytes", Refusal(() => WavFile.Parse(tooLong)));
    }

    [Fact]
    public void Floats_that_are_written_are_read_again()
    {
        using var stream = new MemoryStream();
        var array = new DataArray([3, 1], [0.1f, -2, float.NaN]) { SampleRate = 44100 };

        Assert.Equal(0, WavFile.Write(stream, array, asPcm: false));

        DataArray read = WavFile.Parse(stream.ToArray());
        Assert.Equal(array.Values, read.Values);
        Assert.Equal(44100, read.SampleRate);
        Assert.Equal(stream.Length, BitConverter.ToUInt32(stream.ToArray().AsSpan(4)) + 8);
    }

    [Fact]
    public void Samples_of_16_bits_are_rounded_and_clipped()
    {
        using var stream = new MemoryStream();
        var array = new DataArray([4, 1], [0.5f, 1.5f, -1, float.NaN]) { SampleRate = 8000 };

        Assert.Equal(2, WavFile.Write(stream, array, asPcm: true));
        Assert.Equal([0.5f, 32767f / 32768, -1, 0], WavFile.Parse(stream.ToArray()).Values);
    }

    [Fact]
    public void Damage_gives_numbers_or_a_refusal() =>
        Damage.Try(Wav(1, 24, 2, new byte[60]), bytes => WavFile.Parse(bytes));

    private static string Refusal(Func<DataArray> parse) => Assert.Throws<DataFormatException>(parse).Message;

    private static DataArray Parse(int kind, int bits, int channels, byte[] data) =>
        WavFile.Parse(Wav(kind, bits, channels, data));

    private static byte[] Wav(int kind, int bits, int channels, byte[] data) =>
        Riff(("fmt ", Format(kind, bits, channels)), ("data", data));

    private static byte[] Format(int kind, int bits, int channels) =>
    [
        (byte)kind, 0, (byte)channels, 0, .. BitConverter.GetBytes(48000), 0, 0, 0, 0,
        (byte)(channels * bits / 8), 0, (byte)bits, 0,
    ];

    private static byte[] Riff(params (string Name, byte[] Data)[] chunks)
    {
        byte[] content =
        [
            .. "WAVE"u8,
            .. chunks.SelectMany(chunk => (byte[])
            [
                .. Encoding.ASCII.GetBytes(chunk.Name), .. BitConverter.GetBytes(chunk.Data.Length),
                .. chunk.Data, .. new byte[chunk.Data.Length % 2],
            ]),
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(content.Length), .. content];
    }
}
