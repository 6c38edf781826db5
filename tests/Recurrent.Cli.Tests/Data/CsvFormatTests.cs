using System.Text;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Tests.Data;

public sealed class CsvFormatTests
{
    [Theory]
    [InlineData("1.5;2\n3;4\n", null, '.')]
    [InlineData("1,5;2\n3,0;4\n", null, ',')]
    [InlineData("1,5\t2\n3\t4\n", null, ',')]
    [InlineData("1.5|2\n3|4\n", '|', '.')]
    public void Separators_and_decimal_commas_are_those_that_are_given_or_found(string text, char? delimiter, char point)
    {
        CsvFormat format = new(delimiter, point);

        Assert.Equal([1.5f, 2, 3, 4], CsvFile.Parse(Encoding.UTF8.GetBytes(text), format).Values);
        Assert.Equal([2, 4], SeriesFile.Parse(Encoding.UTF8.GetBytes(text), ["2"], format).Values);
    }

    [Fact]
    public void A_mark_says_that_a_text_is_UTF16()
    {
        const string Text = "größe\n1\n2.5\n";

        foreach (Encoding encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF8 })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)];

            Assert.Equal([1, 2.5f], CsvFile.Parse(bytes).Values);
            Assert.Equal(["größe"], SeriesFile.Parse(bytes, ["größe"]).Names);
        }
    }

    [Fact]
    public void UTF16_without_a_mark_and_binary_files_are_no_text()
    {
        foreach (byte[] bytes in new byte[][] { Encoding.Unicode.GetBytes("price\n1\n2\n"), [(byte)'1', (byte)'\n', 0, 7] })
        {
            Assert.Contains("UTF-16", Assert.Throws<DataFormatException>(() => CsvFile.Parse(bytes)).Message);
            Assert.Contains("UTF-16", Assert.Throws<DataFormatException>(() => SeriesFile.Parse(bytes, [])).Message);
        }
    }

    [Theory]
    [InlineData("60,7\n53,9\n65,4\n")]
    [InlineData("60,7\n53,9\n65,4\n", "1")]
    [InlineData("1700,5;60,7\n1701,5;53,9\n", "2")]
    public void Commas_that_may_be_those_of_decimals_are_named(string text, params string[] columns)
    {
        string message = Assert.Throws<DataFormatException>(
            () => SeriesFile.Parse(Encoding.UTF8.GetBytes(text), columns)).Message;

        Assert.Contains("--decimal ,", message);
        Assert.Contains("--delimiter", message);
    }

    [Fact]
    public void They_are_read_as_the_options_say()
    {
        byte[] text = Encoding.UTF8.GetBytes("60,7\n53,9\n");

        Assert.Equal([60.7f, 53.9f], SeriesFile.Parse(text, [], new CsvFormat(Decimal: ',')).Values);
        Assert.Equal([7, 9], SeriesFile.Parse(text, ["2"], new CsvFormat(',')).Values);
    }
}
