using System.Buffers.Binary;
using System.Text;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Tests.Data;

public sealed class NpyFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Floats_are_read_in_every_version(int version)
    {
        DataArray array = NpyFile.Parse(File("<f4", "(2, 3)", Singles(1, 2, 3, 4, 5, 6), version));

        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], array.Values);
    }

    [Fact]
    public void Every_type_is_converted()
    {
        Assert.Equal([-1.5f], NpyFile.Parse(File("<f8", "(1,)", BitConverter.GetBytes(-1.5))).Values);
        Assert.Equal([-1.5f], NpyFile.Parse(File("<f2", "(1,)", BitConverter.GetBytes((Half)(-1.5)))).Values);
        Assert.Equal([-7f], NpyFile.Parse(File("<i8", "(1,)", BitConverter.GetBytes(-7L))).Values);
        Assert.Equal([-7f], NpyFile.Parse(File("<i4", "(1,)", BitConverter.GetBytes(-7))).Values);
        Assert.Equal([-7f], NpyFile.Parse(File("<i2", "(1,)", BitConverter.GetBytes((short)-7))).Values);
        Assert.Equal([-7f], NpyFile.Parse(File("|i1", "(1,)", [0xF9])).Values);
        Assert.Equal([249f], NpyFile.Parse(File("|u1", "(1,)", [0xF9])).Values);
    }

    [Fact]
    public void Fortran_order_is_turned_into_row_major_order()
    {
        // numpy.asfortranarray(numpy.arange(12).reshape(2, 3, 2)), as it lies in memory.
        byte[] data = Singles(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11);

        DataArray array = NpyFile.Parse(File("<f4", "(2, 3, 2)", data, fortran: "True"));

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], array.Values);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (int[] shape in new int[][] { [6], [2, 3], [3, 1, 2] })
        {
            using var stream = new MemoryStream();
            NpyFile.Write(stream, new DataArray(shape, [0, -0f, float.NaN, 1e-45f, float.PositiveInfinity, 3]));

            DataArray read = NpyFile.Parse(stream.ToArray());

            Assert.Equal(shape, read.Shape);
            Assert.Equal(
                [0, -0f, float.NaN, 1e-45f, float.PositiveInfinity, 3f], read.Values);
            // NumPy wants the data aligned, and the header to end in a line feed.
            Assert.Equal(0, (stream.Length - (6 * sizeof(float))) % 64);
            Assert.Equal((byte)'\n', stream.ToArray()[^25]);
        }
    }

    [Theory]
    [InlineData(">f4", "(1,)", "False", "expected one of <f4")]
    [InlineData("|O", "(1,)", "False", "found '|O'")]
    [InlineData("<f4", "(2,)", "False", "expected 8 bytes of data for shape [2] of <f4, found 4")]
    [InlineData("<f4", "(99999, 99999, 99999)", "False", "'shape': expected at most")]
    [InlineData("<f4", "(0, 2147483647, 2147483647)", "False", "'shape': expected at most")]
    [InlineData("<f4", "(-1,)", "False", "'shape': expected the size of an axis")]
    [InlineData("<f4", "(99999999999,)", "False", "'shape': expected the size of an axis")]
    [InlineData("<f4", "(1", "False", "expected")]
    [InlineData("<f4", "(1,)", "Maybe", "expected True or False")]
    [InlineData("<f4", "(1,), 'more': 1", "False", "found 'more'")]
    public void What_is_not_supported_is_refused_with_the_place(
        string type, string shape, string fortran, string expected)
    {
        DataFormatException e = Assert.Throws<DataFormatException>(
            () => NpyFile.Parse(File(type, shape, Singles(1), fortran: fortran)));

        Assert.Contains(expected, e.Message);
        Assert.Contains("byte ", e.Message);
    }

    [Fact]
    public void A_length_of_the_header_beyond_the_file_is_refused()
    {
        byte[] bytes = File("<f4", "(1,)", Singles(1), version: 2);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), uint.MaxValue);

        Assert.Contains("byte 8", Assert.Throws<DataFormatException>(() => NpyFile.Parse(bytes)).Message);
    }

    [Fact]
    public void Damage_gives_numbers_or_a_refusal() =>
        Damage.Try(File("<f4", "(2, 3)", Singles(1, 2, 3, 4, 5, 6), 1, "True"), bytes => NpyFile.Parse(bytes));

    private static byte[] File(string type, string shape, byte[] data, int version = 1, string fortran = "False")
    {
        byte[] header =
            Encoding.Latin1.GetBytes($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }} \n");
        byte[] length = version == 1
            ? BitConverter.GetBytes((ushort)header.Length)
            : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. header, .. data];
    }

    private static byte[] Singles(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
