using System.Text;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Tests.Data;

public sealed class SeriesFileTests
{
    [Theory]
    [InlineData("1\n2\n3\n")]
    [InlineData("value\n1\n2\n3\n")]
    [InlineData("mean number\n1\n2\n3\n")]
    [InlineData("\uFEFF\"value\"\r\n1\r\n\r\n# a remark\r\n2\r\n3")]
    [InlineData("day,value\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n", "value")]
    [InlineData("day,value\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n", "2")]
    [InlineData("\"Jan, 1949\",1\n\"Feb, 1949\",2\n\"Mar, 1949\",3\n", "2")]
    [InlineData("day\tvalue\tnote\nMo\t1\t\nTu\t2\tx\nWe\t3\t\n", "value")]
    [InlineData("2019,2020\n9,1\n9,2\n9,3\n", "2020")]
    [InlineData("a  1\nb 2 \nc 3\n", "2")]
    public void A_column_is_read_whatever_the_others_hold(string text, params string[] columns) =>
        Assert.Equal([1, 2, 3], Parse(text, columns).Values);

    [Fact]
    public void Columns_come_in_the_order_in_which_they_are_asked_for()
    {
        SeriesTable table = Parse("a,b,c\n1,2,3\n4,5,6\n", "c", "1");

        Assert.Equal([3, 1, 6, 4], table.Values);
        Assert.Equal(["c", "a"], table.Names);
        Assert.Equal((2, 2), (table.Features, table.Steps));
        Assert.Equal(["column 2"], Parse("1,2\n3,4.5\n", "2").Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("na")]
    [InlineData("N/A")]
    [InlineData("null")]
    public void Missing_values_are_counted_and_placed(string cell)
    {
        SeriesTable table = Parse($"day,value\nMo,1\nTu,{cell}\nWe,{cell}\n", "value");

        Assert.Equal([1, float.NaN, float.NaN], table.Values);
        Assert.Equal((2, "line 3, column 2"), (table.Missing, table.FirstMissing));
    }

    [Theory]
    [InlineData("", "expected lines of numbers, found none")]
    [InlineData("value\n", "expected lines of numbers, found none")]
    [InlineData("a,b\n1,2\n", "--column: expected one or more of the 2 columns: a, b")]
    [InlineData("a,b\n1,2\n", "no column 'c'; expected 1 to 2, or a name of the first line: a, b", "c")]
    [InlineData("a,b\n1,2\n", "no column '3'", "3")]
    [InlineData("a,b\n1,2\n", "no column '0'", "0")]
    [InlineData("a,b\n1,2\n", "a column was given twice", "a", "1")]
    [InlineData("a,b\n1,2\n3\n", "line 3: expected 2 values, as in the first line, found 1", "a")]
    [InlineData("price\n60,7\n53,9\n", "line 2: expected 1 value, as in the first line, found 2; if commas are those of decimals, say --decimal ,")]
    [InlineData("a,b\n1,2\n3,x\n", "line 3, column 2: expected a number, found 'x'", "b")]
    [InlineData("a,b\n1,2\n3,1e40\n", "line 3, column 2: expected a number, found '1e40'", "b")]
    [InlineData("1\n2\ninf\n", "line 3, column 1: expected a number, found 'inf'")]
    public void Anything_else_is_refused_with_the_place(string text, string expected, params string[] columns) =>
        Assert.Contains(expected, Assert.Throws<DataFormatException>(() => Parse(text, columns)).Message);

    [Fact]
    public void Damage_gives_numbers_or_a_refusal() => Damage.Try(
        Encoding.UTF8.GetBytes("a,\"b, c\"\n1,2\n3,\n5,6.5\n-7,8e3\n"), bytes =>
        {
            SeriesTable table = SeriesFile.Parse(bytes, ["2"]);
            return new DataArray([table.Steps, table.Features], table.Values);
        });

    private static SeriesTable Parse(string text, params string[] columns) =>
        SeriesFile.Parse(Encoding.UTF8.GetBytes(text), columns);
}
