using System.Text;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Tests.Data;

public sealed class CsvFileTests
{
    [Theory]
    [InlineData("1,2\n3,4\n")]
    [InlineData("1,2\r\n3,4")]
    [InlineData("1;2\n3;4\n")]
    [InlineData("1\t2\n3\t4\n")]
    [InlineData("1 2\n 3  4 \n")]
    [InlineData("\uFEFF1, 2\n\n# a remark\n3, 4\n\n")]
    [InlineData("left,\"right side\"\n1e0,+2\n3.0,4\n")]
    public void Numbers_are_read_line_by_line(string text)
    {
        DataArray array = Parse(text);

        Assert.Equal([2, 2], array.Shape);
        Assert.Equal([1, 2, 3, 4], array.Values);
    }

    [Fact]
    public void A_line_of_names_is_left_out_with_a_note() =>
        Assert.Equal("line 2 holds names and was left out", Parse("# data\nx\n1\n2\n").Note);

    [Fact]
    public void Values_that_are_not_finite_are_read() =>
        Assert.Equal(
            [float.NaN, float.PositiveInfinity, float.NegativeInfinity], Parse("NaN,inf,-Infinity\n").Values);

    [Theory]
    [InlineData("1,2\n3\n", "line 2: expected 2 values, as in the lines before, found 1")]
    [InlineData("1,2\n3,x\n", "line 2, column 2: expected a number, found 'x'")]
    [InlineData("1,2\n3,\n", "line 2, column 2: expected a number, found ''")]
    [InlineData("1,1e40\n", "line 1, column 2: expected a number, found '1e40'")]
    [InlineData("1.000,5\n1.000.000,5\n", "line 2, column 1: expected a number, found '1.000.000'")]
    [InlineData("a,b\nc,d\n", "line 2, column 1: expected a number, found 'c'")]
    [InlineData("", "expected lines of numbers, found none")]
    [InlineData("names\n", "expected lines of numbers, found none")]
    public void Anything_else_is_refused_with_the_place(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataFormatException>(() => Parse(text)).Message);

    [Fact]
    public void What_is_written_is_read_again()
    {
        float[] values = [0.1f, float.NaN, -1e-45f, float.PositiveInfinity, 16777217, 3.4028235e38f];
        using var stream = new MemoryStream();

        CsvFile.Write(stream, new DataArray([3, 2], values));

        Assert.StartsWith("0.1,nan\n", Encoding.UTF8.GetString(stream.ToArray()));
        DataArray read = CsvFile.Parse(stream.ToArray().AsSpan());
        Assert.Equal([3, 2], read.Shape);
        Assert.Equal(values, read.Values);
    }

    [Fact]
    public void Damage_gives_numbers_or_a_refusal() =>
        Damage.Try(Encoding.UTF8.GetBytes("a,b\n1,2\n3,4\n5,6.5\n-7,8e3\n"), bytes => CsvFile.Parse(bytes));

    private static DataArray Parse(string text) => CsvFile.Parse(Encoding.UTF8.GetBytes(text));
}
